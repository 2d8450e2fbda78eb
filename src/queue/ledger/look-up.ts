import type { QueryClient } from '../database/database.ts';
import type { HistoryEntry } from './history.ts';
import { toRecord, toStoredEntry, UPDATED, type QueuedCancellation } from './record.ts';
import { ENTRY, ledger } from './settled.ts';

/** A cancellation as it stands in the ledger, or `undefined`. */
export async function lookUp(client: QueryClient, schema: string, id: string): Promise<QueuedCancellation | undefined> {
  const { rows } = await client.query(`SELECT *, ${UPDATED} FROM ${ledger(schema)} c WHERE id = $1`, [id]);
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

function entriesOf(history: unknown): readonly unknown[] {
  return Array.isArray(history) ? history : [];
}
