import type { QueryClient } from '../database/database.ts';
import type { Claimed } from '../model/claimed.ts';
import type { Limit } from '../model/limits.ts';
import { FOLLOWED_STATES, OPEN_STATES, sqlList } from '../model/state.ts';
import { AGES, toClaimed } from './claimed-row.ts';
import { changedAt } from './record.ts';

/** Claims cancellations that are due: from here on, and until the lease ends, this worker alone acts on them. */
export async function claim(
  client: QueryClient,
  schema: string,
  ids: readonly string[],
  worker: string,
  leaseMs: number,
): Promise<readonly Claimed[]> {
  if (ids.length === 0) return [];
  // States are compared within CASE so that the planner, which knows nothing of a new table, finds the rows by their
  // ids, and does not read all that are in a state.
  const { rows } = await client.query(
    `WITH claimed AS (
       UPDATE ${schema}.cancellation SET
         state = CASE state WHEN 'planned' THEN 'intent' ELSE state END,
         claim = claim + 1, tries = tries + 1, worker = $2,
         lease_until = clock_timestamp() + $3 * interval '1 millisecond', updated_at = ${changedAt()}
       WHERE id = ANY($1::text[]) AND lease_until IS NULL
         AND (not_before IS NULL OR not_before <= clock_timestamp())
         AND NOT needs_person AND ${IS_WAITING}
       RETURNING *
     ), noted AS (
       INSERT INTO ${schema}.history (cancellation_id, at, type, data)
       SELECT id, clock_timestamp(), CASE state WHEN 'intent' THEN 'intent' WHEN 'unknown' THEN 'reading' ELSE 'following' END,
         jsonb_build_object('worker', worker, 'try', tries)
       FROM claimed
     )
     SELECT *, ${AGES} FROM claimed`,
    [ids, worker, leaseMs],
  );
  return rows.map(toClaimed);
}

/**
 * The condition for a cancellation that waits for a worker, now or later. Within CASE, so that the planner finds rows
 * by their ids.
 */
export const IS_WAITING = `CASE state WHEN 'planned' THEN true WHEN 'unknown' THEN true
  WHEN 'requested' THEN not_before IS NOT NULL WHEN 'scheduled' THEN not_before IS NOT NULL ELSE false END`;

/**
 * Locks accounts from which no other worker is claiming, until the transaction ends, without waiting for any. With the
 * count of leases below, this keeps the limits of the accounts exactly, over all processes.
 *
 * @param accounts in the order in which they are tried.
 * @param most how many are taken.
 * @returns the accounts that were taken: none while a quarantine runs, or while a worker of a version that has one lock
 * for all accounts claims.
 */
export async function lockAccounts(
  client: QueryClient,
  schema: string,
  accounts: readonly string[],
  most: number = accounts.length,
): Promise<ReadonlySet<string>> {
  // Row by row, until there are enough: an account that is not returned is not locked.
  const { rows } = await client.query(
    `WITH gate AS MATERIALIZED (
       SELECT pg_try_advisory_xact_lock_shared(hashtext($1)) AS open
     )
     SELECT account FROM gate, unnest($2::text[]) AS account
     WHERE CASE WHEN gate.open THEN pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || account, 0)) ELSE false END
     LIMIT $3`,
    [claimsOf(schema), accounts, most],
  );
  return new Set(rows.map(({ account }) => String(account)));
}

/** Waits until no worker claims anything, and lets none claim until the transaction ends. */
export async function lockClaims(client: QueryClient, schema: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [claimsOf(schema)]);
}

// Earlier versions take this lock alone for each claim: the name stays, so that they can work on the same tables.
function claimsOf(schema: string): string {
  return `cancelkit claim ${schema}`;
}

/**
 * How much room each account has. Needs {@link lockAccounts}.
 *
 * Leases and starts are read in the order of their index: such a scan marks the entries of rows that are gone, and
 * leaves them out the next time.
 */
export async function roomOf(client: QueryClient, schema: string, limits: readonly Limit[]): Promise<readonly Room[]> {
  const wanted = limits.map(({ account, concurrency, rate }) => ({ account, concurrency, ...rate }));
  const { rows } = await client.query(
    `SELECT x.account, CASE WHEN a.paused_until > clock_timestamp() THEN 0 ELSE LEAST(
       x.concurrency - (SELECT count(*) FROM (
         SELECT FROM ${schema}.cancellation c WHERE c.account = x.account AND c.lease_until > clock_timestamp()
         ORDER BY c.lease_until LIMIT x.concurrency) leased),
       x.count - (SELECT count(*) FROM (
         SELECT FROM ${schema}.start s WHERE s.account = x.account
           AND s.at > clock_timestamp() - x."perMs" * interval '1 millisecond'
         ORDER BY s.at LIMIT x.count) started)
     ) END AS room
     FROM jsonb_to_recordset($1::jsonb) AS x(account text, concurrency bigint, count bigint, "perMs" float8)
     LEFT JOIN ${schema}.account a ON a.name = x.account`,
    [JSON.stringify(wanted)],
  );
  return rows.map(({ account, room }) => ({ account: String(account), room: Math.max(0, Number(room)) }));
}

/** How many cancellations of an account may be started now. */
export interface Room {
  readonly account: string;
  readonly room: number;
}

/** Notes that these were started, for the accounts that are limited by time. */
export async function noteStarts(
  client: QueryClient,
  schema: string,
  limits: readonly Limit[],
  claimed: readonly Claimed[],
): Promise<void> {
  for (const { account, rate } of limits) {
    const started = claimed.filter(({ request }) => request.account === account).length;
    if (rate === undefined || started === 0) continue;
    await client.query(
      `DELETE FROM ${schema}.start WHERE account = $1 AND at < clock_timestamp() - $2 * interval '1 millisecond'`,
      [account, rate.perMs],
    );
    await client.query(
      `INSERT INTO ${schema}.start (account, at) SELECT $1, clock_timestamp() FROM generate_series(1, $2::int)`,
      [account, started],
    );
  }
}

/** The condition for a cancellation that a worker takes up once it is due. The same as that of its index. */
export const WAITS_FOR_WORKER = `state IN ('planned', 'unknown') AND NOT needs_person AND lease_until IS NULL`;

/** Since when such a one is due. */
export const DUE_SINCE = 'COALESCE(not_before, updated_at)';

/**
 * The cancellations that have been due for longest, as the ledger has it: those that are followed, which have no jobs,
 * and others whose job is gone, since pg-boss's own dashboard can delete, cancel and complete its jobs. What is
 * followed comes last. Needs {@link lockAccounts}; {@link claim} then takes each once, also if there is a job.
 *
 * @param rooms how many of each account.
 * @param forMs those that have been due for so long.
 */
export async function longestDue(
  client: QueryClient,
  schema: string,
  rooms: readonly Room[],
  forMs: DueFor,
): Promise<readonly Due[]> {
  const asked = rooms.filter(({ room }) => room > 0);
  if (asked.length === 0) return [];
  // The time is that of the beginning of the transaction, as for the jobs that were taken in it.
  const { rows } = await client.query(
    `SELECT id, account FROM jsonb_to_recordset($1::jsonb) AS x(account text, room bigint), LATERAL (
       (SELECT id FROM ${schema}.cancellation c
        WHERE c.account = x.account AND ${WAITS_FOR_WORKER} AND ${DUE_SINCE} <= now() - $2 * interval '1 millisecond'
        ORDER BY ${DUE_SINCE} LIMIT x.room)
       UNION ALL
       (SELECT id FROM ${schema}.cancellation c
        WHERE c.account = x.account AND c.state IN ${sqlList(FOLLOWED_STATES)} AND NOT c.needs_person
          AND c.lease_until IS NULL AND c.not_before <= now() - $3 * interval '1 millisecond'
        ORDER BY c.not_before LIMIT x.room)
       LIMIT x.room
     ) due`,
    [JSON.stringify(asked), forMs.waiting, forMs.followed],
  );
  return rows.map(({ id, account }) => ({ id: String(id), account: String(account) }));
}

/** For how long, in milliseconds. */
export interface DueFor {
  /** What is to be sent or read back. */
  readonly waiting: number;
  readonly followed: number;
}

/** A cancellation that is due. */
export interface Due {
  readonly id: string;
  readonly account: string;
}

/** Whether anything of these accounts is at work, or waits for nothing but a worker. */
export async function isAnythingDue(
  client: QueryClient,
  schema: string,
  accounts: readonly string[],
): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM unnest($1::text[]) AS own(account) LEFT JOIN ${schema}.account a ON a.name = own.account
     CROSS JOIN LATERAL (SELECT a.paused_until IS NULL OR a.paused_until <= clock_timestamp() AS is_open) gate
     WHERE EXISTS (SELECT FROM ${schema}.cancellation c WHERE c.account = own.account AND c.lease_until IS NOT NULL)
       OR (gate.is_open AND EXISTS (SELECT FROM ${schema}.cancellation c
         WHERE c.account = own.account AND c.state IN ${sqlList(OPEN_STATES)} AND c.state <> 'proposed' AND NOT c.needs_person
           AND (c.not_before IS NULL OR c.not_before <= clock_timestamp())))
       OR (gate.is_open AND EXISTS (SELECT FROM ${schema}.cancellation c
         WHERE c.account = own.account AND c.state IN ${sqlList(FOLLOWED_STATES)} AND c.not_before <= clock_timestamp()
           AND NOT c.needs_person))
     LIMIT 1`,
    [accounts],
  );
  return rows.length > 0;
}
