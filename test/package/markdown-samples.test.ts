import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/manifest.ts';
import { complaintsAbout, samplesIn } from './markdown-samples.ts';

const documents = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'providers/*/README.md'], { cwd: root });

describe('the code samples in Markdown', () => {
  const samples = documents.flatMap((file) => samplesIn(file, readFileSync(join(root, file), 'utf8')));

  it('are all TypeScript, and none is kept from the compiler', () => {
    expect(samples.filter(({ language }) => language !== 'ts')).toEqual([]);
  });

  it('are there, and compile', async () => {
    expect(samples.map(({ file }) => file)).toContain('README.md');
    expect(await complaintsAbout(samples)).toEqual([]);
  }, 60_000);
});

describe('a wrong code sample', () => {
  it('is found, and its line is named', async () => {
    const markdown = [
      'Text',
      '```ts',
      "import { isProviderError } from 'cancelkit';",
      'const fine: boolean = isProviderError(undefined);',
      '```',
      '1. A list:',
      '   ```ts',
      "   import { nothing } from 'cancelkit';",
      '   ```',
      '```json',
      '{}',
      '```',
      '```ts no-check',
      'const wrong: number = fine;',
      '```',
    ].join('\n');
    const samples = samplesIn('sample.md', markdown);
    expect(samples.map(({ line, language }) => [line, language])).toEqual([
      [3, 'ts'],
      [8, 'ts'],
      [14, 'ts no-check'],
    ]);
    expect(await complaintsAbout(samples)).toEqual([
      expect.stringMatching(/^sample\.md:8:10: error TS2305: .*nothing/),
      expect.stringMatching(/^sample\.md:14:23: error TS2304: .*fine/),
    ]);
  }, 60_000);
});
