import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { DatabaseFailure, guarded, type Database, type QueryClient, type Row } from './database.ts';
import { loadPeer } from './peer.ts';
import { BEGIN } from './session-settings.ts';

// A connection that is silently gone must not keep a worker for ever.
const TIMEOUTS = { connectionTimeoutMillis: 10_000, query_timeout: 30_000, keepAlive: true } as const;

/**
 * Opens a PostgreSQL database by its URL. Connects with the first statement. One connection is enough, if no more can
 * be had.
 */
export async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await loadPeer('pg', () => import('pg'));
  const pool = new pg.Pool({ ...TIMEOUTS, connectionString: url, max: 5, application_name: 'cancelkit' });
  // The pool replaces a connection that breaks while idle; the next statement fails if it can open no other.
  pool.on('error', () => undefined);
  return {
    kind: 'postgres',
    query: (text, values) => inTransaction(pool, (client) => client.query(text, values)).catch(asNotCommitted),
    script: (text) => onConnection(pool, (client) => runScript(client, text)),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}

async function inTransaction<Value>(pool: Pool, work: (client: QueryClient) => Promise<Value>): Promise<Value> {
  return await onConnection(pool, async (client) => {
    const own: QueryClient = { query: (text, values) => guarded(() => client.query<Row>(text, values)) };
    await own.query(BEGIN);
    const value = await work(own);
    await client.query('COMMIT').catch((error: unknown) => {
      throw new DatabaseFailure(error, 'unknown');
    });
    return value;
  });
}

/** For a statement of its own: whether what it reads was committed does not matter. */
function asNotCommitted(error: unknown): never {
  throw error instanceof DatabaseFailure ? new DatabaseFailure(error, 'no') : error;
}

/**
 * Runs statements without values, as pg-boss has them, with the settings of the queue. Some begin and end their own
 * transaction.
 */
async function runScript(client: PoolClient, text: string): Promise<{ readonly rows: Row[] }> {
  return await guarded(async () => {
    // Has to be alone, outside of a transaction.
    if (/\bCONCURRENTLY\b/.test(text)) return await client.query<Row>(text);
    const ownBegin = /^\s*BEGIN\s*;/;
    // Sent on its own: a statement timeout applies to everything that is sent together.
    await client.query(BEGIN);
    const result = await client.query<Row>(text.replace(ownBegin, ''));
    if (!ownBegin.test(text)) await client.query('COMMIT');
    return result;
  });
}

async function onConnection<Value>(pool: Pool, work: (client: PoolClient) => Promise<Value>): Promise<Value> {
  const client = await connect(pool);
  // The pool takes its own listener off a client in use, and a broken connection tells the client as well.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  try {
    const value = await work(client);
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

/** Waits for a connection of the pool if the server allows no more: it may allow fewer than the pool would make. */
async function connect(pool: Pool): Promise<PoolClient> {
  const until = performance.now() + TIMEOUTS.connectionTimeoutMillis;
  for (;;) {
    try {
      return await guarded(() => pool.connect());
    } catch (error) {
      const isFull = error instanceof DatabaseFailure && error.code === TOO_MANY_CONNECTIONS;
      if (!isFull || performance.now() >= until) throw error;
      await delay(FULL_MS);
    }
  }
}

const TOO_MANY_CONNECTIONS = '53300';
const FULL_MS = 50;
