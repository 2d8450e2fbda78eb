import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { quietly } from '../quietly.ts';
import { notConfigured, wrongUse } from '../wrong-use.ts';
import { unwritable } from './unwritable.ts';

/** A lock that ends with the process that holds it, however that ends. */
export interface FileLock {
  readonly release: () => void;
}

/**
 * Takes the lock that a file stands for: the operating system's own, by way of SQLite, which Node.js brings along.
 *
 * @throws ProviderError `invalid_request` if another process holds it, or it cannot be written there
 */
export async function lockFile(path: string): Promise<FileLock> {
  const { DatabaseSync } = await quietly(() => import('node:sqlite')).catch(() => {
    throw notConfigured(`a list needs Node.js 22.13 or later; this is ${process.version}.`);
  });
  for (;;) {
    const file = fileAt(path);
    const database = new DatabaseSync(path);
    try {
      database.exec('BEGIN EXCLUSIVE');
    } catch {
      database.close();
      throw wrongUse(`another process works with the same results: ${path} is locked. Wait for it to end.`);
    }
    // Whoever held it until now has removed it on leaving: then the lock is one of a file that nobody else will find.
    if (statSync(path, { throwIfNoEntry: false })?.ino === file) {
      return {
        release: () => {
          rmSync(path, { force: true });
          database.close();
        },
      };
    }
    database.close();
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
