/** A lock on a file, held by this process. It ends with the process, however that ends. */
export interface FileLock {
  readonly release: () => void;
}

/** Why a file could not be locked: another process has it, it cannot be opened, or this Node.js is older than 22.13. */
export type NotLocked = 'taken' | 'unusable' | 'old_node';

/**
 * Takes the operating system's exclusive lock on a file, which is made where there is none.
 *
 * It is taken through SQLite, which Node.js brings along and which knows how to lock a file on every system; Node.js
 * itself has no function for it.
 */
export async function lockFile(path: string): Promise<FileLock | NotLocked> {
  const sqlite = await import('node:sqlite').catch(() => undefined);
  if (sqlite === undefined) return 'old_node';
  let database;
  try {
    database = new sqlite.DatabaseSync(path);
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    return isBusy(error) ? 'taken' : 'unusable';
  }
  const held = database;
  return { release: () => held.close() };
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
