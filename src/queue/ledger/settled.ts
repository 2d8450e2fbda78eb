import { DatabaseFailure, type QueryClient } from '../database/database.ts';
import { SETTLED_STATES, sqlList } from '../model/state.ts';

/** Every column of the table of cancellations. The table of settled ones has the same, and their history. */
export const COLUMNS: readonly string[] = [
  'id',
  'number',
  'fingerprint',
  'account',
  'provider',
  'service_key',
  'request',
  'asked_by',
  'priority',
  'not_before',
  'state',
  'created_at',
  'updated_at',
  'claim',
  'worker',
  'lease_until',
  'sent_at',
  'tries',
  'first_failed_at',
  'readings',
  'unknown_since',
  'needs_person',
  'result',
  'error',
  'place',
  'other_place',
  'when_absent',
  'sent_again',
  'traceparent',
  'follow',
  'following',
  'followed_since',
  'follow_read_at',
];

const columns = COLUMNS.join(', ');

/**
 * A table expression of all cancellations: those at hand, and the settled ones that have been moved to their months.
 */
export function ledger(schema: string): string {
  return `(SELECT ${columns} FROM ${schema}.cancellation UNION ALL SELECT ${columns} FROM ${schema}.settled)`;
}

/**
 * The condition for a settled cancellation that no worker is processing, and that is not followed any more. The same as
 * that of its index.
 */
export const IS_SETTLED: string = `state IN ${sqlList(SETTLED_STATES)}
  AND NOT needs_person AND lease_until IS NULL AND not_before IS NULL`;

/** A month, as `2026_05`: of the database's clock, in UTC. */
export type Month = string;

/** The oldest month of those that have been settled for long enough to be moved. */
export async function oldestMonthToMove(client: QueryClient, schema: string): Promise<Month | undefined> {
  const { rows } = await client.query(
    `SELECT to_char(updated_at, 'YYYY_MM') AS month FROM ${schema}.cancellation
     WHERE ${IS_SETTLED} AND updated_at < ${MOVED_BEFORE} ORDER BY updated_at LIMIT 1`,
  );
  return rows[0] === undefined ? undefined : String(rows[0]['month']);
}

/** The months that have a partition, oldest first. */
export async function monthsOf(client: QueryClient, schema: string): Promise<readonly Month[]> {
  const { rows } = await client.query(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace
     WHERE n.nspname = $1 AND p.relname = 'settled' ORDER BY c.relname`,
    [schema],
  );
  return rows.map(({ name }) => String(name).replace(/^settled_/, ''));
}

/**
 * Makes the partition of a month. The user needs the right to make tables. Attached, since `PARTITION OF` would wait
 * for readers of the other partitions, such as a backup, and every other statement would wait behind it.
 */
export async function makeMonth(client: QueryClient, schema: string, month: Month): Promise<void> {
  const [from, to] = boundsOf(month);
  await client.query(`CREATE TABLE ${tableOf(schema, month)} (LIKE ${schema}.settled)`);
  await client.query(
    `ALTER TABLE ${schema}.settled ATTACH PARTITION ${tableOf(schema, month)} FOR VALUES FROM ('${from}') TO ('${to}')`,
  );
}

/** How many cancellations are in the partition of a month. */
export async function countOf(client: QueryClient, schema: string, month: Month): Promise<number> {
  const { rows } = await client.query(`SELECT count(*)::int AS count FROM ${tableOf(schema, month)}`);
  return Number(rows[0]?.['count']);
}

/** Drops the partition of a month, and takes its rows out of the counts and the search. */
export async function dropMonth(client: QueryClient, schema: string, month: Month): Promise<void> {
  await client.query(
    `INSERT INTO ${schema}.tally (account, state, needs_person, change)
     SELECT account, state, needs_person, -count(*) FROM ${tableOf(schema, month)} GROUP BY account, state, needs_person`,
  );
  await client.query(`DELETE FROM ${schema}.search WHERE number IN (SELECT number FROM ${tableOf(schema, month)})`);
  await client.query(`DROP TABLE ${tableOf(schema, month)}`);
}

/** The first moment of a month and of the next one, in ISO 8601. */
export function boundsOf(month: Month): readonly [from: string, to: string] {
  const [year = NaN, number = NaN] = month.split('_').map(Number);
  const at = (date: number): string => new Date(date).toISOString();
  return [at(Date.UTC(year, number - 1)), at(Date.UTC(year, number))];
}

function tableOf(schema: string, month: Month): string {
  if (!/^\d{4}_\d{2}$/.test(month)) throw new DatabaseFailure(new Error('a partition of another name'), 'no');
  return `${schema}.settled_${month}`;
}

/**
 * Moves settled cancellations of a month, with their history, into its partition.
 *
 * @returns how many
 */
export async function moveSettled(client: QueryClient, schema: string, month: Month, most: number): Promise<number> {
  const [from, to] = boundsOf(month);
  const { rows } = await client.query(
    `WITH due AS MATERIALIZED (
       SELECT id FROM ${schema}.cancellation
       WHERE ${IS_SETTLED} AND updated_at < ${MOVED_BEFORE} AND updated_at >= $1::timestamptz AND updated_at < $2::timestamptz
       ORDER BY updated_at LIMIT $3 FOR UPDATE SKIP LOCKED
     ), told AS (
       DELETE FROM ${schema}.history h USING due WHERE h.cancellation_id = due.id
       RETURNING h.cancellation_id, h.seq, h.at, h.type, h.data
     ), histories AS (
       SELECT cancellation_id, jsonb_agg(${ENTRY} ORDER BY seq) AS history FROM told GROUP BY cancellation_id
     ), moved AS (
       DELETE FROM ${schema}.cancellation c USING due WHERE c.id = due.id RETURNING c.*
     )
     INSERT INTO ${schema}.settled (${columns}, history)
     SELECT ${columns}, COALESCE(history, '[]') FROM moved LEFT JOIN histories ON cancellation_id = id
     RETURNING id`,
    [from, to, most],
  );
  return rows.length;
}

/**
 * The condition for a cancellation that was refused although it had been sent without a known outcome: read-backs had
 * not found it, a later request was refused, or it was withdrawn. Not by a person's word on what the provider shows.
 */
export const REFUSED_FOR_ABSENCE = `state = 'refused' AND readings > 0`;

/**
 * Moves settled cancellations back to those at hand, so that they can be changed.
 *
 * @param condition which of them.
 * @returns the ids of those that were moved
 */
export async function bringBack(
  client: QueryClient,
  schema: string,
  ids: readonly string[],
  condition: 'true' | typeof REFUSED_FOR_ABSENCE = 'true',
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query(
    `WITH back AS (
       DELETE FROM ${schema}.settled WHERE id = ANY($1::text[]) AND ${condition} RETURNING *
     ), put AS (
       INSERT INTO ${schema}.cancellation (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM back
     ), told AS (
       INSERT INTO ${schema}.history (cancellation_id, at, type, data)
       SELECT back.id, (entry->>'at')::timestamptz, entry->>'type', entry->'data'
       FROM back, jsonb_array_elements(back.history) WITH ORDINALITY AS e(entry, position) ORDER BY position
     )
     SELECT id FROM back`,
    [ids],
  );
  return new Set(rows.map(({ id }) => String(id)));
}

/** One line of history as it is kept beside a settled cancellation. */
export const ENTRY = `jsonb_build_object('at', at, 'type', type, 'data', data)`;

/**
 * Checks that none of these new cancellations has the id of one that was moved at the same moment. A statement of its
 * own: it sees what has been committed meanwhile.
 *
 * @throws DatabaseFailure a serialization failure: the same call can be made again
 */
export async function checkNotMoved(client: QueryClient, schema: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await client.query(
    `SELECT 1 FROM ${ledger(schema)} c WHERE id = ANY($1::text[]) GROUP BY id HAVING count(*) > 1 LIMIT 1`,
    [ids],
  );
  if (rows.length > 0) throw new DatabaseFailure(Object.assign(new Error('moved'), { code: '40001' }), 'no');
}

// A late outcome, and a person who corrects what was just decided, find it at hand.
const MOVED_BEFORE = `clock_timestamp() - interval '1 day'`;
