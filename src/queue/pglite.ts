import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { DatabaseFailure, guarded, type Database, type QueryClient, type Row } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { loadPeer } from './peer.ts';

/**
 * Opens the embedded database in a directory, which is made if it is not there.
 *
 * @throws ProviderError `not_configured` if another process holds the directory
 */
export async function openPglite(directory: string): Promise<Database> {
  const { PGlite: Embedded } = await loadPeer('@electric-sql/pglite', () => import('@electric-sql/pglite'));
  await guarded(() => mkdir(directory, { recursive: true }));
  const lock = await lockDirectory(directory);
  try {
    return database(await Embedded.create(join(directory, 'pgdata')), lock.release);
  } catch (error) {
    lock.release();
    throw new DatabaseFailure(error, 'no');
  }
}

function database(pglite: PGlite, release: () => void): Database {
  return {
    kind: 'pglite',
    query: (text, values) => guarded(() => pglite.query<Row>(text, values)),
    script: (text) => guarded(async () => ({ rows: (await pglite.exec(text)).flatMap(({ rows }) => rows) })),
    transaction: (work) => inTransaction(pglite, work),
    close: async () => {
      try {
        await pglite.close();
      } finally {
        release();
      }
    },
  };
}

async function inTransaction<Value>(pglite: PGlite, work: (client: QueryClient) => Promise<Value>): Promise<Value> {
  let worked = false;
  try {
    return await pglite.transaction(async (transaction) => {
      const value = await work(clientOf(transaction));
      worked = true;
      return value;
    });
  } catch (error) {
    // Until the work was done, what it threw is the reason, and everything was rolled back.
    throw worked ? new DatabaseFailure(error, 'unknown') : error;
  }
}

function clientOf(transaction: Transaction): QueryClient {
  return { query: (text, values) => guarded(() => transaction.query<Row>(text, values)) };
}
