import type { QueryClient } from './database.ts';

/**
 * One line of a cancellation's history.
 *
 * - `enqueued`, `withdrawn`, `retried`, `resolved`: what was asked for, with `by` and `note` where they were given.
 * - `intent`: a worker took it up to send it. `reading`: to read it back.
 * - `attempt`, `answer`, `retry`, `read_back`: what happened on the wire, as `onEvent` tells it.
 * - `settled`: where that led, with the state, and the error's code where there is one.
 * - `late_outcome`: an outcome came after somebody else had settled it.
 * - `worker_lost`: the worker that had taken it up was gone. `not_sent`: it gave it back without having sent it.
 */
export interface HistoryEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly type: string;
  /** Without a secret, a body or a reason. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A line that is to be written. */
export interface NewEntry extends HistoryEntry {
  readonly id: string;
}

/** Writes lines of history, in their order. */
export async function writeHistory(client: QueryClient, schema: string, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query(
    `INSERT INTO ${schema}.history (cancellation_id, at, type, data)
     SELECT id, at, type, data FROM jsonb_to_recordset($1::jsonb) AS x(id text, at timestamptz, type text, data jsonb)`,
    [JSON.stringify(entries)],
  );
}
