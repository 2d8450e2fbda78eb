import { join } from 'node:path';
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { isProviderError } from '../../contract/provider-error.ts';
import { deferred } from '../../platform/deferred.ts';
import { NOT_STARTED } from './database-advice.ts';
import { DatabaseFailure, guarded, type Database, type QueryClient, type Row } from './database.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import { makeNewData } from './new-data.ts';
import { loadPeer } from './peer.ts';
import { compilePglite } from './pglite-modules.ts';
import { makePrivateDirectory } from './private-directory.ts';
import { SETTLE } from './session-settings.ts';

/**
 * Opens the embedded database in a directory, which is made if it is not there.
 *
 * @throws ProviderError `not_configured` if another process holds the directory, or other users may write to it
 */
export async function openPglite(directory: string): Promise<Database> {
  const { PGlite: Embedded } = await loadPeer('@electric-sql/pglite', () => import('@electric-sql/pglite'));
  const data = join(directory, 'pgdata');
  await guarded(async () => makePrivateDirectory(directory, data));
  const lock = await lockDirectory(directory);
  let opened: Database;
  try {
    await makeNewData(data);
    lock.check();
    opened = database(await Embedded.create({ dataDir: data, ...(await compilePglite()) }), lock);
  } catch (error) {
    lock.release();
    // Its errors of the file system have numbers in place of codes.
    const hasCode = error instanceof Error && 'code' in error && typeof error.code === 'string';
    throw isProviderError(error) ? error : new DatabaseFailure(hasCode ? error : { code: NOT_STARTED }, 'no');
  }
  try {
    await opened.query(SETTLE);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/**
 * Every use first checks that the directory still belongs to this process: PGlite keeps pages in its own memory, and
 * writing them would destroy what the next owner has written.
 */
function database(pglite: PGlite, lock: DirectoryLock): Database {
  return {
    kind: 'pglite',
    query: async (text, values) => {
      lock.check();
      return await guarded(() => pglite.query<Row>(text, values));
    },
    script: async (text) => {
      lock.check();
      return await guarded(async () => ({ rows: (await pglite.exec(text)).flatMap(({ rows }) => rows) }));
    },
    transaction: (work) => inTransaction(pglite, lock, work),
    close: async () => {
      try {
        // It would write on closing.
        if (lock.isMine()) await pglite.close();
      } finally {
        lock.release();
      }
    },
  };
}

async function inTransaction<Value>(
  pglite: PGlite,
  lock: DirectoryLock,
  work: (client: QueryClient) => Promise<Value>,
): Promise<Value> {
  lock.check();
  const lost = deferred<never>();
  /** Goes no further once the directory is lost: not even to roll back, which writes as well. */
  const stillMine = async (): Promise<void> => {
    if (lock.isMine()) return;
    lost.reject(lock.lost());
    await new Promise<never>(() => undefined);
  };
  let worked = false;
  const running = pglite.transaction(async (transaction) => {
    const value = await work(clientOf(transaction, stillMine));
    await stillMine();
    worked = true;
    return value;
  });
  try {
    const value = await Promise.race([running, lost.promise]);
    // What is reported as committed is acted on: nothing is sent for a claim that another owner cannot see.
    lock.check();
    return value;
  } catch (error) {
    // Until the work was done, what it threw is the reason, and everything was rolled back.
    throw worked && !isProviderError(error) ? new DatabaseFailure(error, 'unknown') : error;
  }
}

function clientOf(transaction: Transaction, stillMine: () => Promise<void>): QueryClient {
  return {
    query: (text, values) =>
      guarded(async () => {
        await stillMine();
        return await transaction.query<Row>(text, values);
      }),
  };
}
