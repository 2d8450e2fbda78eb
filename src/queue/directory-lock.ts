import { join } from 'node:path';
import { lockFile, type FileLock, type NotLocked } from '../file-lock.ts';
import { ProviderError } from '../provider-error.ts';

/**
 * Takes the exclusive lock on a directory: that on the file `lock` in it.
 *
 * @throws ProviderError `not_configured` if the directory is locked, or cannot be
 */
export async function lockDirectory(directory: string): Promise<FileLock> {
  const lock = await lockFile(join(directory, 'lock'));
  if (typeof lock !== 'string') return lock;
  throw new ProviderError('not_configured', { operation: 'queue', message: `queue: ${REASONS[lock]}.` });
}

const REASONS: { readonly [Reason in NotLocked]: string } = {
  taken:
    'another process has the queue’s directory open. An embedded database serves one process: stop the other one, or move to PostgreSQL',
  unusable: 'the directory of the queue cannot be locked: is it there, and writable?',
  old_node: 'an embedded database needs Node.js 22.13 or later',
};
