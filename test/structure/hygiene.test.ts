import { describe, expect, it } from 'vitest';
import { codeOf, filesOf, textOf, typeScriptFiles } from './source-tree.ts';

const texts = [
  ...typeScriptFiles,
  ...filesOf('*.{md,json,yml}', '.*.json', '.ci/*', 'docs/**/*.md', 'providers/*/*.md'),
];

/** The lines of the files that match, as `file:line`. */
function linesWith(pattern: RegExp, files: readonly string[], read: (file: string) => string): readonly string[] {
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe('the tree', () => {
  it('has no `any`', () => {
    expect(linesWith(/(:|\bas|[<,|&]|=>)\s*any\b(?!['`])/, typeScriptFiles, codeOf)).toEqual([]);
  });

  it('has no unfinished work', () => {
    expect(
      linesWith(
        /\b(TO-?DO|FIX-?ME|X{3})\b/,
        texts.filter((file) => !file.includes('package-lock')),
        textOf,
      ),
    ).toEqual([]);
  });

  it('runs every test', () => {
    expect(linesWith(/\b(it|test|describe|suite)(\.\w+)*\.(only|skip|todo|fails)\b/, typeScriptFiles, codeOf)).toEqual(
      [],
    );
  });

  it('has no empty catch', () => {
    const catching = /\bcatch\s*(\([^)]*\))?\s*\{\s*\}/;
    expect(typeScriptFiles.filter((file) => catching.test(textOf(file)))).toEqual([]);
  });

  it('names no directory of a machine', () => {
    expect(linesWith(/(?<![\w.:/$}-])\/(home|root|Users|work|tmp)\/\w/, texts, textOf)).toEqual([]);
  });

  it('has no comment beyond 120 columns', () => {
    const long = [...typeScriptFiles, ...filesOf('site/*.ts')]
      .flatMap((file) => {
        const code = codeOf(file).split('\n');
        return textOf(file)
          .split('\n')
          .flatMap((line, at) => (line.length > 120 && line !== code[at] ? [`${file}:${at + 1}: ${line.trim()}`] : []));
      })
      // A directive cannot be wrapped.
      .filter((line) => !line.includes('oxlint-disable'));
    expect(long).toEqual([]);
  });
});
