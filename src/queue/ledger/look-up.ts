import type { QueryClient } from '../database/database.ts';
import type { HistoryEntry } from './history.ts';
import type { CheckedList } from '../input/queue-input.ts';
import { toEntry, toRecord, type QueuedCancellation } from './record.ts';

/** A cancellation as it stands in the ledger, or `undefined`. */
export async function lookUp(client: QueryClient, schema: string, id: string): Promise<QueuedCancellation | undefined> {
  const { rows } = await client.query(`SELECT * FROM ${schema}.cancellation WHERE id = $1`, [id]);
  return rows.map(toRecord).at(0);
}

/** All that has happened to a cancellation, in the order in which it was written down: the clock may have been set. */
export async function lookUpHistory(client: QueryClient, schema: string, id: string): Promise<readonly HistoryEntry[]> {
  const { rows } = await client.query(
    `SELECT at, type, data FROM ${schema}.history WHERE cancellation_id = $1 ORDER BY seq`,
    [id],
  );
  return rows.map(toEntry);
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
    ...(after === undefined ? [] : [`number > (SELECT number FROM ${schema}.cancellation WHERE id = ${value(after)})`]),
  ];
  const { rows } = await client.query(
    `SELECT * FROM ${schema}.cancellation ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
     ORDER BY number LIMIT ${value(limit)}`,
    values,
  );
  return rows.map(toRecord);
}
