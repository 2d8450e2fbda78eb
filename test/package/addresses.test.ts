import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readJson, root } from '../../scripts/manifest.ts';

it('the addresses of the project are set all together, or not yet', () => {
  const manifest = Object.keys(Object(readJson(join(root, 'package.json'))));
  const set = ['repository', 'bugs', 'homepage'].filter((field) => manifest.includes(field));
  expect([0, 3]).toContain(set.length);
});

it('every text that asks for a report says where it goes', () => {
  const files = globSync('{src,providers}/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('report-it.ts'));
  const asking = files.filter((file) => /report it/i.test(readFileSync(join(root, file), 'utf8')));
  expect(asking).toEqual([]);
});
