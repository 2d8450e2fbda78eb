import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProviderError, type ErrorCode } from 'cancelkit';
import { expect, it } from 'vitest';
import { readJson, root } from '../../scripts/manifest.ts';
import { DOCS } from '../../src/contract/docs-address.ts';
import { ERROR_CODES } from '../../src/contract/error-code.ts';

it('the addresses of the project are set all together, or not yet', () => {
  const manifest = Object.keys(Object(readJson(join(root, 'package.json'))));
  const set = ['repository', 'bugs', 'homepage'].filter((field) => manifest.includes(field));
  expect([0, 3]).toContain(set.length);
});

it('the link of every error code leads to its heading, below the homepage as soon as there is one', () => {
  const homepage = Object(readJson(join(root, 'package.json')))['homepage'];
  expect(DOCS).toBe(homepage === undefined ? 'cancelkit/docs' : `${homepage}/docs`);
  const headings = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const known = (code: string): code is ErrorCode => code in ERROR_CODES;
  for (const code of Object.keys(ERROR_CODES).filter(known)) {
    const error = new ProviderError(code, { message: 'Something happened.' });
    expect(error.docs).toBe(`${DOCS}/errors.md#${code}`);
    expect(headings).toContain(`\n## \`${code}\`\n`);
  }
});

it('every text that asks for a report says where it goes', () => {
  const files = globSync('{src,providers}/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('report-it.ts'));
  const asking = files.filter((file) => /report it/i.test(readFileSync(join(root, file), 'utf8')));
  expect(asking).toEqual([]);
});
