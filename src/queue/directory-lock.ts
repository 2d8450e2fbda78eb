import { join } from 'node:path';
import { ProviderError } from '../provider-error.ts';

/** A lock on a directory, held by this process. */
export interface DirectoryLock {
  readonly release: () => void;
}

/**
 * Takes the exclusive lock on a directory. The lock is one of the operating system, on the file `lock` in it, so it ends
 * with the process that holds it, however that ends.
 *
 * It is taken through SQLite, which Node.js brings along and which knows how to lock a file on every system; Node.js
 * itself has no function for it.
 *
 * @throws ProviderError `not_configured` if the directory is locked, or cannot be
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const { DatabaseSync } = await import('node:sqlite').catch(() => {
    throw refusal('an embedded database needs Node.js 22.13 or later');
  });
  let database;
  try {
    database = new DatabaseSync(join(directory, 'lock'));
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    throw refusal(isBusy(error) ? TAKEN : 'the directory of the queue cannot be locked: is it there, and writable?');
  }
  const held = database;
  return { release: () => held.close() };
}

const TAKEN =
  'another process has the queue’s directory open. An embedded database serves one process: stop the other one, or move to PostgreSQL';

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function refusal(what: string): ProviderError {
  return new ProviderError('not_configured', { operation: 'queue', message: `queue: ${what}.` });
}
