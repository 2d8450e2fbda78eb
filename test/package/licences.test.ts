import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../scripts/manifest.ts';

const text = readFileSync(join(root, 'THIRD-PARTY-LICENSES.md'), 'utf8');
const sections = [...text.matchAll(/^## (?<name>\S+)\n[\s\S]*?```text\n(?<licence>[\s\S]*?)\n```/gm)];

it('every section of THIRD-PARTY-LICENSES.md has the licence as the installed package has it', () => {
  expect(sections.map(({ groups }) => groups!['name'])).toEqual(expect.arrayContaining(['hono', 'commander']));
  for (const { groups } of sections) {
    const directory = join(root, 'node_modules', groups!['name']!);
    const file = readdirSync(directory).find((name) => /^licen[sc]e/i.test(name));
    const installed = readFileSync(join(directory, file!), 'utf8');
    expect(groups!['licence']).toBe(installed.trim().replaceAll('\r\n', '\n'));
  }
});
