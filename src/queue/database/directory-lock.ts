import { join } from 'node:path';
import { ProviderError } from '../../contract/provider-error.ts';
import { type NotLocked, lockFile } from '../../platform/file-lock.ts';
import { guardedSync } from './database.ts';

/** The lock on the directory of an embedded queue. */
export interface DirectoryLock {
  /**
   * Whether the directory is still this process's.
   *
   * @throws DatabaseFailure if that cannot be found out at this moment
   */
  readonly isMine: () => boolean;
  /** The error for a directory that is not this process's any more. */
  readonly lost: () => ProviderError;
  /** @throws ProviderError if it is not, or a DatabaseFailure as `isMine` */
  readonly check: () => void;
  readonly release: () => void;
}

/**
 * Takes the exclusive lock on a directory: that on the file `lock` in it.
 *
 * @throws ProviderError `not_configured` if the directory is locked, or cannot be
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const lock = await lockFile(join(directory, 'lock'));
  if (typeof lock === 'string') throw notConfigured(REASONS[lock], lock);
  const isMine = (): boolean => guardedSync(lock.isMine);
  const lost = (): ProviderError => notConfigured(LOST);
  return {
    isMine,
    lost,
    check: () => {
      if (!isMine()) throw lost();
    },
    release: lock.release,
  };
}

const LOST =
  'another process has taken the directory of the queue, or its file lock.owner was removed. This queue has stopped: it writes and sends nothing ' +
  'more. Open it anew once no other process has it open; what was in flight is read back then';

const REASONS: { readonly [Reason in NotLocked]: string } = {
  taken:
    'another process has the queue’s directory open. An embedded database serves one process: stop the other one, or move to PostgreSQL. Reading works meanwhile: queue list, show and stats, or openQueueReader; `cancelkit queue work --ui` shows it in a browser while it works',
  unusable:
    'the directory of the queue cannot be locked: it may not exist or be read-only, its disk may be full, or it may be a network share without locks',
  old_node: 'an embedded database needs Node.js 22.13 or later',
};

function notConfigured(what: string, providerCode?: NotLocked): ProviderError {
  return new ProviderError('not_configured', { operation: 'queue', providerCode, message: `queue: ${what}.` });
}
