import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { pictureOf } from '../../scripts/demo-picture.ts';
import { root } from '../../scripts/manifest.ts';

it('the picture of the demo shows what the demo prints', { timeout: 60_000 }, async () => {
  const env = { PATH: process.env['PATH'], FORCE_COLOR: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/demo.ts'], { cwd: root, env });
  expect(readFileSync(join(root, 'docs/images/demo.svg'), 'utf8')).toBe(pictureOf(stdout));
});
