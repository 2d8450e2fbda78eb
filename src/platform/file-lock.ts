import { closeSync, openSync } from 'node:fs';
import { isOwned, writeOwnerRecord } from './owner-record.ts';

/** A lock on a file, held by this process. It ends with the process, however that ends. */
export interface FileLock {
  /**
   * Whether no other process has taken the file since, and the owner's record still exists. Ask before each write:
   * a process that has lost the lock finds out here.
   *
   * @throws the system's error if that cannot be found out at this moment
   */
  readonly isMine: () => boolean;
  readonly release: () => void;
}

/**
 * Why a file could not be locked: another process has it, it cannot be written, or this Node.js is older than 22.13.
 */
export type NotLocked = 'taken' | 'unusable' | 'old_node';

/** The file beside a lock that says which process holds it. */
export function ownerRecordOf(path: string): string {
  return `${path}.owner`;
}

/**
 * Locks a file, which is made if it does not exist, and writes a record of this process beside it, as `<path>.owner`.
 *
 * The lock is the operating system's, taken through SQLite. POSIX drops it silently when this process opens and closes
 * the file elsewhere, as a backup does. The process that gets the lock therefore reads the record as well, and leaves
 * the file to the process that wrote it while that runs. A process that has lost the file sees another record there.
 */
export async function lockFile(path: string): Promise<FileLock | NotLocked> {
  const sqlite = await import('node:sqlite').catch(() => undefined);
  if (sqlite === undefined) return 'old_node';
  let database;
  try {
    makePrivate(path);
    database = new sqlite.DatabaseSync(path);
    database.exec('BEGIN EXCLUSIVE');
    const held = database;
    const record = ownerRecordOf(path);
    if (await isOwned(record)) {
      held.close();
      return 'taken';
    }
    const { isMine, remove } = writeOwnerRecord(record);
    return {
      isMine,
      release: () => {
        try {
          remove();
        } catch {
          // Out of reach: the record of a process that has ended locks nothing.
        } finally {
          held.close();
        }
      },
    };
  } catch (error) {
    database?.close();
    return isBusy(error) ? 'taken' : 'unusable';
  }
}

/** Makes the file for this user alone. One that exists is not opened: closing it would drop a lock of this process. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
