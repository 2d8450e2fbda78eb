import { expect, it } from 'vitest';
import { filesOf, textOf } from './source-tree.ts';

/** Phrases that are translated word by word and read twice, each with what to write instead. */
const CALQUES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bthere is none\b/i, 'not set, or: does not exist'],
  [/\bwhat (?:became|becomes) of\b/i, 'the outcome of'],
  [/\bwhat came of\b/i, 'the outcome of'],
  [/\b(?:is|are) told\b/i, 'is notified, reports, shown as'],
  [/\bcame to\b/i, 'resulted in; the outcome is'],
  [/\bse(?:en|es) through\b/i, 'allowed to finish'],
];

const files = filesOf(
  '{README,CONTRIBUTING,SECURITY}.md',
  'docs/*.md',
  'providers/*/*.{md,ts}',
  'src/**/*.ts',
  'examples/**/*.{md,ts}',
);

it.each(CALQUES)('nothing is written with %s (%s)', (phrase) => {
  const found = files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, index) => (phrase.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
