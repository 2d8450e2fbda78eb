import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { lockFile, type FileLock, type NotLocked } from '../../file-lock.ts';
import type { ProviderError } from '../../provider-error.ts';
import { quietly } from '../quietly.ts';
import { notConfigured, wrongUse } from '../wrong-use.ts';
import { unwritable } from './unwritable.ts';

/**
 * Takes the lock on a results file: that on another file beside it, which is removed with it.
 *
 * @throws ProviderError `invalid_request` if another process holds it, or it cannot be written there
 */
export async function lockResults(results: string): Promise<FileLock> {
  const path = `${results}.lock`;
  for (;;) {
    const file = fileAt(path);
    const lock = await quietly(() => lockFile(path));
    if (typeof lock === 'string') throw notLocked(lock, path);
    // Whoever held it until now has removed it on leaving: then the lock is one of a file that nobody else will find.
    if (statSync(path, { throwIfNoEntry: false })?.ino === file) {
      return {
        release: () => {
          rmSync(path, { force: true });
          lock.release();
        },
      };
    }
    lock.release();
  }
}

/** Which file stands there; makes one where there is none. */
function fileAt(path: string): number {
  try {
    closeSync(openSync(path, 'a'));
    return statSync(path).ino;
  } catch (error) {
    throw unwritable(path, error);
  }
}

function notLocked(reason: NotLocked, path: string): ProviderError {
  if (reason === 'taken') {
    return wrongUse(`another process works with the same results: ${path} is locked. Wait for it to end.`);
  }
  if (reason === 'unusable') return unwritable(path, undefined);
  return notConfigured(`a list needs Node.js 22.13 or later; this is ${process.version}.`);
}
