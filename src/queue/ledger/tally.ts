import type { Database, QueryClient } from '../database/database.ts';
import { fillSearch } from './search.ts';
import { ledger } from './settled.ts';

/**
 * Adds up what the transactions have added to the counts, if that has become much. What another transaction adds
 * meanwhile stays for the next time.
 */
export async function foldTally(database: Database, schema: string): Promise<void> {
  await database.transaction(async (client) => {
    const { rows } = await client.query(
      `SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine, EXISTS (SELECT 1 FROM ${schema}.tally OFFSET $2) AS much,
         EXISTS (SELECT 1 FROM ${schema}.settled_count WHERE NOT is_folded OFFSET $2) AS much_settled`,
      [tallyOf(schema), MUCH],
    );
    if (rows[0]?.['mine'] !== true) return;
    if (rows[0]['much_settled'] === true) await foldSettled(client, schema);
    if (rows[0]['much'] !== true) return;
    await client.query(
      `WITH gone AS (DELETE FROM ${schema}.tally RETURNING account, state, needs_person, change)
       INSERT INTO ${schema}.tally (account, state, needs_person, change)
       SELECT account, state, needs_person, sum(change) FROM gone
       GROUP BY account, state, needs_person HAVING sum(change) <> 0`,
    );
  });
}

const MUCH = 1_000;

/** Adds up what was settled by the minute, by the hour once that is old, and forgets what is no longer shown. */
async function foldSettled(client: QueryClient, schema: string): Promise<void> {
  await client.query(
    `WITH gone AS (DELETE FROM ${schema}.settled_count RETURNING account, at, good, count)
     INSERT INTO ${schema}.settled_count (account, at, good, count, is_folded)
     SELECT account, folded, good, sum(count), true FROM gone, LATERAL (
       SELECT CASE WHEN at > clock_timestamp() - interval '62 minutes' THEN date_trunc('minute', at)
         ELSE ${hourOf('at')} END AS folded) AS f
     WHERE at > clock_timestamp() - interval '${HOURS + 1} hours' GROUP BY account, folded, good`,
  );
}

/**
 * Counts anew, and adds what the search lacks, within a transaction during which nobody else writes. A restore of the
 * data alone into tables that exist counts twice: the counts are restored, and the triggers count the restored rows.
 */
export async function recount(client: QueryClient, schema: string): Promise<void> {
  await client.query(`LOCK TABLE ${schema}.cancellation, ${schema}.settled IN SHARE ROW EXCLUSIVE MODE`);
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [tallyOf(schema)]);
  await client.query(`DELETE FROM ${schema}.tally`);
  await client.query(
    `INSERT INTO ${schema}.tally (account, state, needs_person, change)
     SELECT account, state, needs_person, count(*) FROM ${ledger(schema)} c GROUP BY account, state, needs_person`,
  );
  await fillSearch(client, schema);
}

function tallyOf(schema: string): string {
  return `cancelkit tally ${schema}`;
}

/** How many hours of what was settled are shown. */
export const HOURS = 24;

/** The hour of a time, in SQL. */
export function hourOf(time: string): string {
  return `date_trunc('hour', ${time}, 'UTC')`;
}
