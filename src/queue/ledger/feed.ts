import type { Database, QueryClient } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { Cursor } from '../input/queue-input.ts';
import type { FeedChange, QueueChanges } from '../model/change.ts';
import { CHANGE_COLUMNS, toChange } from './changes.ts';

/**
 * Reads the feed: the changes behind a cursor, in the order in which they were committed.
 *
 * A number that a transaction takes says nothing of when it is committed, so a reader that went by numbers would miss
 * the one that commits late. Readers therefore give each change its position once they see it: what commits late comes
 * later. Those who write wait for no lock of the feed.
 *
 * @throws ProviderError `invalid_request` for a cursor of another feed, and for one behind which changes were dropped
 */
export async function readFeed(
  database: Database,
  schema: string,
  { after, limit }: { readonly after: Cursor | 'latest' | undefined; readonly limit: number },
): Promise<QueueChanges> {
  if (after === 'latest') return { changes: [], cursor: toText(await latest(database, schema)) };
  return await database.transaction(async (client) => {
    const start = after ?? (await beginning(client, schema));
    let changes = await page(client, schema, start, limit);
    if (changes.length < limit && (await isAnyUnplaced(client, schema))) {
      await place(client, schema);
      changes = await page(client, schema, start, limit);
    }
    // After reading: what is dropped meanwhile must not be missing in silence.
    if (after !== undefined) await checkCursor(client, schema, after);
    return { changes, cursor: changes.at(-1)?.cursor ?? toText(start) };
  });
}

/** The position of the newest change. */
async function latest(database: Database, schema: string): Promise<Cursor> {
  // Each time in a transaction of its own: there may be months of them.
  let placed = AT_ONCE;
  while (placed === AT_ONCE) placed = await database.transaction((client) => place(client, schema));
  return await database.transaction(async (client) => {
    const { last } = await ends(client, schema);
    return { position: last, key: await keyAt(client, schema, last) };
  });
}

async function page(
  client: QueryClient,
  schema: string,
  { position }: Cursor,
  limit: number,
): Promise<readonly FeedChange[]> {
  const { rows } = await client.query(
    `SELECT position, ${CHANGE_COLUMNS} FROM ${schema}.change WHERE position > $1 ORDER BY position LIMIT $2`,
    [position, limit],
  );
  return rows.map((row) => {
    const change = toChange(row);
    return { ...change, cursor: toText({ position: Number(row['position']), key: change.changeId }) };
  });
}

/** Where the oldest change that is kept follows. */
async function beginning(client: QueryClient, schema: string): Promise<Cursor> {
  const { dropped } = await ends(client, schema);
  return { position: dropped, key: await keyAt(client, schema, dropped) };
}

/** @throws ProviderError `invalid_request` */
async function checkCursor(client: QueryClient, schema: string, after: Cursor): Promise<void> {
  const { dropped } = await ends(client, schema);
  if (after.position < dropped) throw invalidCursor(OLDER);
  if ((await keyAt(client, schema, after.position)) !== after.key) throw invalidCursor(FOREIGN);
}

/**
 * Drops the changes that are older than so many days, some of them at a time.
 *
 * @returns how many
 */
export async function dropChanges(client: QueryClient, schema: string, days: number, most: number): Promise<number> {
  const { rows: old } = await client.query(
    `SELECT 1 FROM (SELECT at FROM ${schema}.change WHERE position IS NULL ORDER BY seq LIMIT 1) c WHERE ${isOlderThan('$1')}`,
    [days],
  );
  // Only what has a position can be missed by a reader that continues, which reports it.
  if (old.length > 0) await place(client, schema);
  await client.query(`SELECT FROM ${schema}.feed FOR UPDATE`);
  const { rows } = await client.query(
    `WITH first AS MATERIALIZED (
       SELECT position, key, ${isOlderThan('$1')} AS is_old FROM ${schema}.change
       WHERE position IS NOT NULL ORDER BY position LIMIT $2
     ), due AS (
       SELECT position, key FROM first
       WHERE position < COALESCE((SELECT min(position) FROM first WHERE NOT is_old), 9223372036854775807)
     ), gone AS (
       DELETE FROM ${schema}.change c USING due WHERE c.position = due.position
     ), noted AS (
       UPDATE ${schema}.feed SET dropped = due.position, dropped_key = due.key
       FROM (SELECT position, key FROM due ORDER BY position DESC LIMIT 1) due
     )
     SELECT count(*)::int AS count FROM due`,
    [days, most],
  );
  return Number(rows[0]?.['count']);
}

/**
 * Makes one feed of two. A restore of the data alone into tables that exist adds its own row of ends, and the trigger
 * notes the restored cancellations as new.
 */
export async function mendFeed(client: QueryClient, schema: string): Promise<void> {
  await client.query(
    `WITH gone AS (DELETE FROM ${schema}.feed RETURNING *)
     INSERT INTO ${schema}.feed (last, dropped, dropped_key)
     SELECT GREATEST(COALESCE(max(last), 0), COALESCE((SELECT max(position) FROM ${schema}.change), 0)),
       COALESCE(max(dropped), 0), (array_agg(dropped_key ORDER BY dropped DESC))[1] FROM gone`,
  );
  await client.query(
    `DELETE FROM ${schema}.change c WHERE position IS NULL AND from_state IS NULL AND EXISTS (
       SELECT FROM ${schema}.change o WHERE o.cancellation_id = c.cancellation_id AND o.from_state IS NULL
         AND (o.at, o.key) < (c.at, c.key))`,
  );
}

/** The positions of the newest change that has one, and of the newest one that was dropped. */
async function ends(client: QueryClient, schema: string): Promise<{ readonly last: number; readonly dropped: number }> {
  const { rows } = await client.query(`SELECT last, dropped FROM ${schema}.feed`);
  return { last: Number(rows[0]?.['last'] ?? 0), dropped: Number(rows[0]?.['dropped'] ?? 0) };
}

async function isAnyUnplaced(client: QueryClient, schema: string): Promise<boolean> {
  const { rows } = await client.query(`SELECT 1 FROM ${schema}.change WHERE position IS NULL ORDER BY seq LIMIT 1`);
  return rows.length > 0;
}

/**
 * Gives positions to changes that have been committed, in the order of their numbers: two changes of one cancellation
 * have theirs in the order in which they were made, and none is seen without the one before it.
 *
 * @returns how many
 */
async function place(client: QueryClient, schema: string): Promise<number> {
  // Others who place wait here, until what this transaction places is committed. The next statement sees what they have
  // placed.
  await client.query(`SELECT FROM ${schema}.feed FOR UPDATE`);
  const { rows } = await client.query(
    `WITH fresh AS MATERIALIZED (
       SELECT seq, key, row_number() OVER (ORDER BY seq) AS number
       FROM (SELECT seq, key FROM ${schema}.change WHERE position IS NULL ORDER BY seq LIMIT ${AT_ONCE}) c
     ), placed AS (
       UPDATE ${schema}.change c SET position = feed.last + fresh.number FROM fresh, ${schema}.feed
       WHERE c.position IS NULL AND c.seq = fresh.seq AND c.key = fresh.key
       RETURNING 1
     ), moved AS (
       UPDATE ${schema}.feed SET last = last + (SELECT count(*) FROM fresh)
     )
     SELECT count(*)::int AS count FROM placed`,
  );
  return Number(rows[0]?.['count']);
}

/** The key of the change at a position; `undefined` without one, as at the beginning of the feed. */
async function keyAt(client: QueryClient, schema: string, position: number): Promise<string | undefined> {
  const { rows } = await client.query(
    `SELECT key FROM ${schema}.change WHERE position = $1
     UNION ALL SELECT dropped_key FROM ${schema}.feed WHERE dropped = $1 AND dropped_key IS NOT NULL`,
    [position],
  );
  const key = rows[0]?.['key'];
  return typeof key === 'string' ? key : undefined;
}

function toText({ position, key }: Cursor): string {
  return key === undefined ? String(position) : `${position}-${key}`;
}

function isOlderThan(days: string): string {
  return `at < clock_timestamp() - ${days}::float8 * interval '1 day'`;
}

function invalidCursor(expected: string): Error {
  return invalidInput([{ path: 'options.after', expected }]);
}

const OLDER =
  'a cursor whose changes are still kept; changes behind this one have been dropped (keepSettledFor). Read the ' +
  'cancellations with list, and continue with after: "latest"';
const FOREIGN =
  'a cursor of this feed as it is now; the database does not know this one, as after a restored backup or a failover ' +
  'that lost the last changes. Read the cancellations with list, and continue with after: "latest"';

// What goes in one statement.
const AT_ONCE = 10_000;
