import { isProviderError } from '../../contract/provider-error.ts';
import { NO_TLS } from './database-advice.ts';

/** A row as a driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** What statements are run on: a connection, or a transaction. Both drivers' clients fit. */
export interface QueryClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

/** The database of a queue, the same whether PGlite or PostgreSQL stands behind it. */
export interface Database extends QueryClient {
  readonly kind: 'pglite' | 'postgres';

  /**
   * Runs the work in a transaction.
   *
   * @throws DatabaseFailure
   */
  transaction<Value>(work: (client: QueryClient) => Promise<Value>): Promise<Value>;

  /** Runs several statements without values. */
  script(text: string): Promise<{ readonly rows: Row[] }>;

  close(): Promise<void>;
}

/** A failure of the database. Holds the code alone: a driver's own error may hold values and addresses. */
export class DatabaseFailure extends Error {
  /** `no`: nothing was stored; `unknown`: the connection was lost while a transaction was being committed. */
  readonly committed: 'no' | 'unknown';
  /** SQLSTATE, or the code of the system's error. */
  readonly code: string;

  constructor(error: unknown, committed: 'no' | 'unknown') {
    const code = codeOf(error);
    super(`the queue’s database failed (${code})`);
    this.name = 'DatabaseFailure';
    this.committed = committed;
    this.code = code;
  }
}

/**
 * Waits for statements of a transaction that were sent together. The first one that failed is the reason: those after
 * it only say that the transaction has failed.
 *
 * @param statements in the order in which they were sent.
 */
export async function allInOrder(statements: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(statements)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Turns whatever a driver throws into a failure; passes on our own errors. */
export async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw asFailure(error);
  }
}

/** The same for what is done without waiting. */
export function guardedSync<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw asFailure(error);
  }
}

function asFailure(error: unknown): Error {
  return error instanceof DatabaseFailure || isProviderError(error) ? error : new DatabaseFailure(error, 'no');
}

function codeOf(error: unknown): string {
  if (error instanceof DatabaseFailure) return error.code;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^[\w-]{1,40}$/.test(code)) return code;
  // The driver gives these no code.
  if (error instanceof Error && /does not support SSL/.test(error.message)) return NO_TLS;
  if (error instanceof Error && /timeout/i.test(error.message)) return 'timeout';
  return 'no connection';
}
