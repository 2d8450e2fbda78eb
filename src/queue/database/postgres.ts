import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { DatabaseFailure, guarded, type Database, type QueryClient, type Row } from './database.ts';
import { loadPeer } from './peer.ts';
import { OWN_TYPES } from './postgres-types.ts';
import { beginWith } from './session-settings.ts';

// A connection that is silently gone must not keep a worker for ever.
const TIMEOUTS = { connectionTimeoutMillis: 10_000, query_timeout: 30_000, keepAlive: true } as const;

interface Server {
  readonly pool: Pool;
  /** What begins each transaction. */
  readonly begin: string;
}

/**
 * Opens a PostgreSQL database by its URL. Connects with the first statement. One connection is enough if no more can be
 * had.
 *
 * @param access `READ ONLY` works on a standby too, and for a user who may not write.
 */
export async function openPostgres(url: string, access: 'READ WRITE' | 'READ ONLY' = 'READ WRITE'): Promise<Database> {
  const { default: pg } = await loadPeer('pg', () => import('pg'));
  const pool = new pg.Pool({
    ...TIMEOUTS,
    connectionString: url,
    max: MOST,
    application_name: 'cancelkit',
    types: OWN_TYPES,
    // A statement is sent when it is asked for, also while the answer to another one is awaited.
    pipeline: true,
  });
  // The pool replaces a connection that breaks while idle; the next statement fails if it can open no other.
  pool.on('error', () => undefined);
  // The pool listens only while a client is idle. Why the server ends a session may arrive in the same packet as the
  // answer before it, or after the client was released: an error that nobody listens to would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const server: Server = { pool, begin: beginWith(access) };
  return {
    kind: 'postgres',
    query: (text, values) => inTransaction(server, (client) => client.query(text, values)).catch(asNotCommitted),
    script: (text) => onConnection(server, (client) => runScript(client, text)),
    transaction: (work) => inTransaction(server, work),
    close: () => pool.end(),
  };
}

async function inTransaction<Value>(server: Server, work: (client: QueryClient) => Promise<Value>): Promise<Value> {
  return await onConnection(server, async (client) => {
    const own: QueryClient = { query: (text, values) => guarded(() => client.query<Row>(text, values)) };
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
    const ownBegin = /^\s*BEGIN\s*;/;
    // Has to be alone, outside of a transaction.
    if (/\bCONCURRENTLY\b/.test(text)) {
      await client.query('COMMIT');
      return await client.query<Row>(text);
    }
    const result = await client.query<Row>(text.replace(ownBegin, ''));
    if (!ownBegin.test(text)) await client.query('COMMIT');
    return result;
  });
}

async function onConnection<Value>(server: Server, work: (client: PoolClient) => Promise<Value>): Promise<Value> {
  const client = await begin(server);
  try {
    const value = await work(client);
    client.release();
    return value;
  } catch (error) {
    // Whatever state the connection is in, the transaction ends with it.
    client.release(true);
    throw error;
  }
}

/**
 * Begins a transaction. The server or a pooler may have ended the connections that waited in the pool
 * (`idle_session_timeout`, for example), and that may show only now: then another one is taken.
 */
async function begin(server: Server): Promise<PoolClient> {
  for (let ended = 0; ; ended += 1) {
    const client = await connect(server.pool);
    try {
      // On its own: a limit on the time of statements applies to all that is sent together.
      await guarded(() => client.query(server.begin));
      return client;
    } catch (error) {
      client.release(true);
      const isEnded = error instanceof DatabaseFailure && ENDED.test(error.code);
      if (!isEnded || ended >= MOST) throw error;
    }
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

// The session (57P01, 57P05) or the connection was ended; the driver’s own error for that has no code.
const ENDED = /^(?:57P0[15]|08[0-9A-Z]{3}|ECONNRESET|EPIPE|no connection)$/;
// Of the process. One more than waited is a new one.
const MOST = 5;
const TOO_MANY_CONNECTIONS = '53300';
const FULL_MS = 50;
