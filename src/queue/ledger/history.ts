import type { OperationEvent } from '../../contract/event.ts';
import type { QueryClient } from '../database/database.ts';

/**
 * One line of a cancellation's history.
 *
 * - `enqueued`, `proposed`, `approved`, `withdrawn`, `retried`, `resolved`: what was asked for, with `by` and `note` if
 *   they were given.
 * - `sent_again`: the last read-back confirmed that it is absent, and it is planned again, as `whenAbsent` says.
 * - `quarantined`: it may have been sent without this ledger's knowledge; with `by`, `since` and the state it `was` in.
 * - `intent`: a worker took it up to send it. `reading`: to read it back; with `by` if a person asked for that.
 *   `following`: to read what was accepted.
 * - `followed`: what that showed (`seen`, as with `settled`), what contradicts the cancellation (`doubt`) and how often
 *   in a row; `ended` if it is not read any more.
 * - `attempt`, `answer`, `retry`, `read_back`: what happened on the wire, as `onEvent` tells it.
 * - `settled`: where that led, with the state, and the error's code where there is one. After a read-back, `seen` is
 *   what it showed: the provider's `state` of it (or `absent`: no such service), with `when` and `effectiveAt`
 *   (`value`, `precision`, and as `source` whether the provider named it or it was computed) if they were shown; or
 *   `failed`, the code of the error.
 * - `late_outcome`: an outcome arrived after the cancellation had been settled otherwise.
 * - `worker_lost`: the worker that had taken it up was gone. `not_sent`: it gave it back without having sent it.
 */
export interface HistoryEntry {
  /** ISO 8601, by the database's clock. */
  readonly at: string;
  readonly type: string;
  /** Without a secret, a body or a reason. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A line that is to be written. */
export interface NewEntry extends Omit<HistoryEntry, 'at'> {
  readonly id: string;
  /** When it happened (`performance.now`). Left out: now. */
  readonly happened?: number;
}

/** The line of history for an event of a call; `undefined` for the end of the call, which another line tells. */
export function toLine(
  id: string,
  { at: _at, type, ...event }: OperationEvent,
): (NewEntry & { readonly happened: number }) | undefined {
  if (type === 'outcome') return undefined;
  const { account: _account, provider: _provider, serviceKey: _key, operation: _operation, ...data } = event;
  return { id, happened: performance.now(), type, data };
}

/**
 * Writes lines of history, in their order. Their times are the database's: each entry says how long ago it happened.
 * The cancellations are held meanwhile, so that none is moved to its month without its lines.
 */
export async function writeHistory(client: QueryClient, schema: string, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const values = [JSON.stringify(entries.map(({ happened, ...entry }) => ({ ...entry, ago: msSince(happened) })))];
  const { rows } = await client.query(
    `WITH held AS MATERIALIZED (
       SELECT id FROM ${schema}.cancellation WHERE id = ANY($2::text[]) ORDER BY id FOR KEY SHARE
     )
     INSERT INTO ${schema}.history (cancellation_id, at, type, data)
     SELECT x.id, ${WHEN}, type, data FROM ${GIVEN} JOIN held ON held.id = x.id ORDER BY position
     RETURNING 1`,
    [...values, [...new Set(entries.map(({ id }) => id))]],
  );
  if (rows.length === entries.length) return;
  // A worker that was suspended for a day reports on what has been moved meanwhile.
  await client.query(
    `UPDATE ${schema}.settled s SET history = s.history || late.history
     FROM (SELECT id, jsonb_agg(jsonb_build_object('at', ${WHEN}, 'type', type, 'data', data) ORDER BY position) AS history
       FROM ${GIVEN} GROUP BY id) late
     WHERE s.id = late.id`,
    values,
  );
}

const WHEN = `clock_timestamp() - ago * interval '1 millisecond'`;
const GIVEN = `ROWS FROM (jsonb_to_recordset($1::jsonb) AS (id text, ago float8, type text, data jsonb))
  WITH ORDINALITY AS x(id, ago, type, data, position)`;

/** How many milliseconds ago a moment of this process (`performance.now`) was; 0 for now. */
export function msSince(moment: number | undefined): number {
  return moment === undefined ? 0 : Math.max(0, performance.now() - moment);
}
