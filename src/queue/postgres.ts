import type { Pool, PoolClient } from 'pg';
import { DatabaseFailure, guarded, type Database, type QueryClient, type Row } from './database.ts';
import { loadPeer } from './peer.ts';

// A connection that is silently gone must not keep a worker for ever.
const TIMEOUTS = { connectionTimeoutMillis: 10_000, query_timeout: 30_000, keepAlive: true } as const;

/** Opens a PostgreSQL database by its URL. Connects with the first statement. */
export async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await loadPeer('pg', () => import('pg'));
  const pool = new pg.Pool({ ...TIMEOUTS, connectionString: url, max: 5, application_name: 'cancelkit' });
  // A connection that breaks while nobody uses it is replaced by the pool; the next statement tells if none can be had.
  pool.on('error', () => undefined);
  return {
    kind: 'postgres',
    query: (text, values) => guarded(() => pool.query<Row>(text, values)),
    script: (text) => guarded(() => pool.query<Row>(text)),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}

async function inTransaction<Value>(pool: Pool, work: (client: QueryClient) => Promise<Value>): Promise<Value> {
  const client = await guarded(() => pool.connect());
  // The pool takes its own listener off a client in use, and a broken connection tells the client as well.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  try {
    const value = await begun(client, work);
    await client.query('COMMIT').catch((error: unknown) => {
      throw new DatabaseFailure(error, 'unknown');
    });
    client.release();
    return value;
  } catch (error) {
    // Whatever state the connection is in, the transaction ends with it.
    client.release(true);
    throw error;
  } finally {
    client.off('error', ignore);
  }
}

async function begun<Value>(client: PoolClient, work: (client: QueryClient) => Promise<Value>): Promise<Value> {
  const own: QueryClient = { query: (text, values) => guarded(() => client.query<Row>(text, values)) };
  await own.query('BEGIN');
  return await work(own);
}
