import type { QueryClient } from './database.ts';
import type { HistoryEntry } from './history.ts';
import type { CheckedList } from './queue-input.ts';
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
  const { rows } = await client.query(
    `SELECT * FROM ${schema}.cancellation
     WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR account = $2)
       AND ($3::boolean IS NULL OR needs_person = $3)
       AND ($4::text IS NULL OR number > (SELECT number FROM ${schema}.cancellation WHERE id = $4))
     ORDER BY number LIMIT $5`,
    [state ?? null, account ?? null, needsPerson ?? null, after ?? null, limit],
  );
  return rows.map(toRecord);
}
