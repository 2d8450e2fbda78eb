import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { readJson, root } from '../../scripts/manifest.ts';
import { run } from '../../scripts/run.ts';
import { complaintsAbout, isRunnable, samplesIn } from './markdown-samples.ts';

const documents = globSync(['*.md', 'docs/**/*.md', 'providers/*/README.md', 'examples/**/*.md'], {
  cwd: root,
});

describe('the code samples in Markdown', () => {
  const samples = documents.flatMap((file) => samplesIn(file, readFileSync(join(root, file), 'utf8')));

  it('are all TypeScript, and none is kept from the compiler', () => {
    expect(samples.filter(({ language }) => language !== 'ts')).toEqual([]);
  });

  it('use no syntax that the lowest supported Node.js lacks', () => {
    const newer = samples.filter(({ code }) => /^\s*(await\s+)?using\s|\bwith\s*\{\s*type:/m.test(code));
    expect(newer).toEqual([]);
  });

  it('that start a sandbox run', async () => {
    const runnable = samples.filter(isRunnable);
    expect(runnable.map(({ file }) => file)).toEqual(expect.arrayContaining(['README.md', 'docs/testing.md']));
    mkdirSync(join(root, '.cache'), { recursive: true });
    const directory = mkdtempSync(join(root, '.cache', 'running-'));
    try {
      for (const [index, { file, line, code }] of runnable.entries()) {
        // Imported from the sources, which this Node.js runs: the package may not be built.
        const script = stripTypeScriptTypes(code).replaceAll(/'cancelkit(?:\/(\w+))?'/g, (_, entry?: string) =>
          JSON.stringify(join(root, sourceOf(entry))),
        );
        const path = join(directory, `${index}.mjs`);
        writeFileSync(path, script);
        const { ok, output } = await run(['node', path], { directory });
        expect({ sample: `${file}:${line}`, ok, output: ok ? '' : output }).toEqual({
          sample: `${file}:${line}`,
          ok: true,
          output: '',
        });
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }, 60_000);

  it('are there, and compile', async () => {
    expect(samples.map(({ file }) => file)).toContain('README.md');
    expect(await complaintsAbout(samples)).toEqual([]);
  }, 60_000);
});

describe('what else Markdown shows', () => {
  const texts = documents.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

  it('is JSON if it says so: one value, or one a line', () => {
    const blocks = texts.flatMap(({ file, text }) =>
      [...text.matchAll(/^ *```json\n([^]*?)^ *```/gm)].map(([, block = '']) => ({ file, block })),
    );
    expect(blocks.length).toBeGreaterThan(1);
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    expect(blocks.filter(({ block }) => !isJson(block) && !block.trim().split('\n').every(isJson))).toEqual([]);
  });

  it('names scripts of package.json that exist', () => {
    const { scripts } = v.parse(
      v.object({ scripts: v.record(v.string(), v.string()) }),
      readJson(join(root, 'package.json')),
    );
    const named = texts.flatMap(({ file, text }) =>
      [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, script = '']) => ({ file, script })),
    );
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });
});

function sourceOf(entry: string | undefined): string {
  if (entry === undefined) return 'src/index.ts';
  return ['sandbox', 'conformance', 'queue', 'config', 'provider'].includes(entry)
    ? `src/${entry}/index.ts`
    : `providers/${entry}/index.ts`;
}

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
