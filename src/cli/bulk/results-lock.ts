import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { lockFile, type FileLock, type NotLocked } from '../../file-lock.ts';
import { isProviderError, type ProviderError } from '../../provider-error.ts';
import { notConfigured, wrongUse } from '../wrong-use.ts';
import { unwritable } from './unwritable.ts';

/** The lock on a results file. */
export interface ResultsLock extends Pick<FileLock, 'release'> {
  /** Whether nobody has removed its file or taken it over: then another process could work with the same results. */
  readonly isHeld: () => boolean;
}

/**
 * Takes the lock on a results file: that on another file beside it, which is removed with it.
 *
 * @throws ProviderError `invalid_request` if another process holds it, or it cannot be written there
 */
export async function lockResults(results: string): Promise<ResultsLock> {
  const path = `${results}.lock`;
  for (;;) {
    const file = fileAt(path);
    const lock = await lockFile(path);
    if (typeof lock === 'string') throw notLocked(lock, results, path);
    // Whoever held it until now has removed it on leaving: then the lock is one of a file that nobody else will find.
    const isHeld = (): boolean => statSync(path, { throwIfNoEntry: false })?.ino === file && lock.isMine();
    if (isHeld()) {
      return {
        isHeld,
        release: () => {
          try {
            // Another process's, where ours was removed.
            if (isHeld()) rmSync(path);
          } catch {
            // Its directory is out of reach; an empty file that is left there locks nothing.
          }
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
    const { ino, size } = statSync(path);
    if (size > 0) throw wrongUse(`${path} is in the way of the lock on the results, and not one. Nothing was sent.`);
    return ino;
  } catch (error) {
    throw isProviderError(error) ? error : unwritable(path, error);
  }
}

function notLocked(reason: NotLocked, results: string, path: string): ProviderError {
  if (reason === 'taken') {
    return wrongUse(`another process works with the same results, ${results}. Wait for it to end. Nothing was sent.`);
  }
  if (reason === 'unusable') return unwritable(path, undefined);
  return notConfigured(`a list needs Node.js 22.13 or later; this is ${process.version}.`);
}
