import { closeSync, lstatSync, openSync, rmSync, statSync } from 'node:fs';
import type { ProviderError } from '../../contract/provider-error.ts';
import { type FileLock, type NotLocked, lockFile } from '../../platform/file-lock.ts';
import { systemCode } from '../terminal/system-code.ts';
import { notConfigured, wrongUse } from '../terminal/wrong-use.ts';
import { unwritable } from './unwritable.ts';

/** The lock on a results file. */
export interface ResultsLock extends Pick<FileLock, 'release'> {
  /**
   * Whether its file still exists and belongs to this process. Otherwise another process could work with the same
   * results.
   */
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
    const file = fileAt(path, results);
    const lock = await lockFile(path);
    if (typeof lock === 'string') throw notLocked(lock, results);
    // An earlier holder has perhaps removed it on leaving: then the lock belongs to a file that no other process can
    // find.
    const isHeld = (): boolean => statSync(path, { throwIfNoEntry: false })?.ino === file && lock.isMine();
    if (isHeld()) {
      return {
        isHeld,
        release: () => {
          try {
            // If ours was removed, it is the file of another process.
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

/**
 * The inode of the file, which is made if it does not exist, and not opened otherwise: closing would drop the lock on
 * it.
 */
function fileAt(path: string, results: string): number {
  const inTheWay = `${path} is in the way of the lock on the results, and not one. Nothing was sent.`;
  for (;;) {
    try {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found?.isFile() === true && found.size === 0) return found.ino;
      if (found === undefined) closeSync(openSync(path, 'wx', 0o600));
      else throw wrongUse(inTheWay);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') continue;
      throw isSystemError(error) ? unwritable(results, error) : error;
    }
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function notLocked(reason: NotLocked, results: string): ProviderError {
  if (reason === 'taken') {
    return wrongUse(`another process works with the same results, ${results}. Wait for it to end. Nothing was sent.`);
  }
  if (reason === 'unusable') {
    return wrongUse(
      `${results} cannot be locked: its directory may be read-only or a network share without locks, or the disk full. Keep the results of a new list on a local disk with --results; move those of an earlier run there together, and go on with --resume. Nothing was sent.`,
    );
  }
  return notConfigured(`a list needs Node.js 22.13 or later; this is ${process.version}.`);
}
