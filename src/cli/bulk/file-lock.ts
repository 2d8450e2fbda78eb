import { rmSync } from 'node:fs';
import { quietly } from '../quietly.ts';
import { notConfigured, wrongUse } from '../wrong-use.ts';

/** A lock that ends with the process that holds it, however that ends. */
export interface FileLock {
  readonly release: () => void;
}

/**
 * Takes the lock that a file stands for: the operating system's own, by way of SQLite, which Node.js brings along.
 *
 * @throws ProviderError `invalid_request` if another process holds it
 */
export async function lockFile(path: string): Promise<FileLock> {
  const { DatabaseSync } = await quietly(() => import('node:sqlite')).catch(() => {
    throw notConfigured(`a list needs Node.js 22.13 or later; this is ${process.version}.`);
  });
  const database = new DatabaseSync(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw wrongUse(`another process works with the same results: ${path} is locked. Wait for it to end.`);
  }
  return {
    release: () => {
      // Removed while it is still held: whoever opens it later makes a new one.
      rmSync(path, { force: true });
      database.close();
    },
  };
}
