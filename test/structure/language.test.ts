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
  [/\bunder way\b/i, 'in flight, started'],
  [/\bat once\b/i, 'concurrently, or: immediately'],
  [/\bparted by\b/i, 'separated by'],
];

// The list itself, and a provider's own words.
const QUOTING: readonly string[] = ['test/structure/language.test.ts', 'test/outcome/judge-write.test.ts'];

const files = filesOf(
  '{README,CONTRIBUTING,SECURITY}.md',
  'docs/**/*.md',
  'providers/*/*.{md,ts}',
  '{src,test,scripts,bench}/**/*.{ts,tsx}',
  'examples/**/*.{md,ts}',
).filter((file) => !QUOTING.includes(file));

/** A file's text on one line, so that a phrase is found where it is wrapped, in comments too. */
function flowing(file: string): string {
  return textOf(file).replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');
}

it.each(CALQUES)('nothing is written with %s (%s)', (phrase) => {
  const found = files.flatMap((file) => {
    const text = flowing(file);
    const at = text.search(phrase);
    return at < 0 ? [] : [`${file}: …${text.slice(Math.max(0, at - 60), at + 40)}…`];
  });
  expect(found).toEqual([]);
});
