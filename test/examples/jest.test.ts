import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from '../../scripts/manifest.ts';

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

it('the example for NestJS with Jest passes there, with the built package', { timeout: 60_000 }, async () => {
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--experimental-vm-modules', jest, '--config', 'examples/jest/jest.config.json'],
    { cwd: root, env: { PATH: process.env['PATH'] } },
  );
  expect(stderr).toContain('1 passed, 1 total');
});
