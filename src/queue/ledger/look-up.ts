import type { QueryClient } from '../database/database.ts';
import type { HistoryEntry } from './history.ts';
import type { CheckedList } from '../input/queue-input.ts';
import { toRecord, toStoredEntry, type QueuedCancellation } from './record.ts';
import { ENTRY, ledger } from './settled.ts';

/** A cancellation as it stands in the ledger, or `undefined`. */
export async function lookUp(client: QueryClient, schema: string, id: string): Promise<QueuedCancellation | undefined> {
  const { rows } = await client.query(`SELECT * FROM ${ledger(schema)} c WHERE id = $1`, [id]);
  return rows.map(toRecord).at(0);
}

/** All that has happened to a cancellation, in the order in which it was written down: the clock may have been set. */
export async function lookUpHistory(client: QueryClient, schema: string, id: string): Promise<readonly HistoryEntry[]> {
  const { rows } = await client.query(
    `SELECT jsonb_agg(${ENTRY} ORDER BY seq) AS history FROM ${schema}.history WHERE cancellation_id = $1
     UNION ALL SELECT history FROM ${schema}.settled WHERE id = $1`,
    [id],
  );
  return rows.flatMap(({ history }) => entriesOf(history)).map(toStoredEntry);
}

/** The cancellations that a filter leaves, oldest first. */
export async function lookUpAll(
  client: QueryClient,
  schema: string,
  { state, account, needsPerson, limit = 100, after }: CheckedList,
): Promise<readonly QueuedCancellation[]> {
  const values: unknown[] = [];
  const value = (one: unknown): string => `$${values.push(one)}`;
  // Only what is asked for is in the statement, so that the planner sees which index serves it.
  const conditions = [
    ...(state === undefined ? [] : [`state = ${value(state)}`]),
    ...(account === undefined ? [] : [`account = ${value(account)}`]),
    ...(needsPerson === undefined ? [] : [needsPerson ? 'needs_person' : 'NOT needs_person']),
    ...(after === undefined ? [] : [`number > (SELECT number FROM ${ledger(schema)} a WHERE id = ${value(after)})`]),
  ];
  // What waits for a person is never moved to the settled ones.
  const table = needsPerson === true ? `${schema}.cancellation` : ledger(schema);
  const { rows } = await client.query(
    `SELECT * FROM ${table} c ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
     ORDER BY number LIMIT ${value(limit)}`,
    values,
  );
  return rows.map(toRecord);
}

function entriesOf(history: unknown): readonly unknown[] {
  return Array.isArray(history) ? history : [];
}
