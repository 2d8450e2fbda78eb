import type { Claimed } from './claimed.ts';
import { toClaimed } from './claimed-row.ts';
import type { QueryClient } from './database.ts';
import { writeHistory, type NewEntry } from './history.ts';
import type { Job, Jobs } from './jobs.ts';
import { toJsonb } from './jsonb.ts';
import type { Limit } from './limits.ts';
import type { Settlement } from './settlement.ts';

/** A settlement on its way into the ledger. */
export interface Settled extends Settlement {
  readonly id: string;
  readonly account: string;
  readonly claim: number;
  readonly priority: number;
  /** `send`: the provider's own yes, which stands above an `unknown` that somebody else wrote meanwhile. */
  readonly task: 'send' | 'read';
  /** When a request was handed to the network (ISO 8601). */
  readonly sentAt: string | undefined;
}

/** How many cancellations of an account may be begun now. */
export interface Room {
  readonly account: string;
  readonly room: number;
}

/**
 * Lets one worker at a time find out how much room there is and take it, until its transaction ends. With the count of
 * leases below, this keeps the limits of the accounts exactly, over all processes.
 */
export async function lockClaims(client: QueryClient, schema: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`cancelkit claim ${schema}`]);
}

/** How much room each account has. Needs {@link lockClaims}. */
export async function roomOf(client: QueryClient, schema: string, limits: readonly Limit[]): Promise<readonly Room[]> {
  const wanted = limits.map(({ account, concurrency, rate }) => ({ account, concurrency, ...rate }));
  const { rows } = await client.query(
    `SELECT x.account, CASE WHEN a.paused_until > clock_timestamp() THEN 0 ELSE LEAST(
       x.concurrency - (SELECT count(*) FROM ${schema}.cancellation c
         WHERE c.account = x.account AND c.lease_until > clock_timestamp()),
       x.count - (SELECT count(*) FROM ${schema}.start s
         WHERE s.account = x.account AND s.at > clock_timestamp() - x."perMs" * interval '1 millisecond')
     ) END AS room
     FROM jsonb_to_recordset($1::jsonb) AS x(account text, concurrency bigint, count bigint, "perMs" float8)
     LEFT JOIN ${schema}.account a ON a.name = x.account`,
    [JSON.stringify(wanted)],
  );
  return rows.map(({ account, room }) => ({ account: String(account), room: Math.max(0, Number(room)) }));
}

// Below, states are compared within CASE so that the planner, which knows nothing of a new table, finds the rows by their
// ids, and does not read all that are in a state.

/** Claims cancellations that are due: from here on, and until the lease ends, this worker alone acts on them. */
export async function claim(
  client: QueryClient,
  schema: string,
  ids: readonly string[],
  worker: string,
  leaseMs: number,
): Promise<readonly Claimed[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query(
    `WITH claimed AS (
       UPDATE ${schema}.cancellation SET
         state = CASE state WHEN 'planned' THEN 'intent' ELSE state END,
         claim = claim + 1, tries = tries + 1, worker = $2,
         lease_until = clock_timestamp() + $3 * interval '1 millisecond', updated_at = clock_timestamp()
       WHERE id = ANY($1::text[]) AND lease_until IS NULL
         AND (not_before IS NULL OR not_before <= clock_timestamp())
         AND CASE state WHEN 'planned' THEN true WHEN 'unknown' THEN NOT needs_person ELSE false END
       RETURNING *
     ), noted AS (
       INSERT INTO ${schema}.history (cancellation_id, at, type, data)
       SELECT id, clock_timestamp(), CASE state WHEN 'intent' THEN 'intent' ELSE 'reading' END,
         jsonb_build_object('worker', worker, 'try', tries)
       FROM claimed
     )
     SELECT * FROM claimed`,
    [ids, worker, leaseMs],
  );
  return rows.map(toClaimed);
}

/** Whether anything of these accounts is at work, or waits for nothing but a worker. */
export async function isAnythingDue(
  client: QueryClient,
  schema: string,
  accounts: readonly string[],
): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM ${schema}.cancellation c LEFT JOIN ${schema}.account a ON a.name = c.account
     WHERE c.account = ANY($1::text[]) AND c.state IN ('planned', 'intent', 'sent', 'unknown') AND NOT c.needs_person
       AND (c.lease_until IS NOT NULL OR (
         (c.not_before IS NULL OR c.not_before <= clock_timestamp())
         AND (a.paused_until IS NULL OR a.paused_until <= clock_timestamp())))
     LIMIT 1`,
    [accounts],
  );
  return rows.length > 0;
}

/** Notes that these were begun, for the accounts that are limited by time. */
export async function noteStarts(
  client: QueryClient,
  schema: string,
  limits: readonly Limit[],
  claimed: readonly Claimed[],
): Promise<void> {
  for (const { account, rate } of limits) {
    const begun = claimed.filter(({ request }) => request.account === account).length;
    if (rate === undefined || begun === 0) continue;
    await client.query(
      `DELETE FROM ${schema}.start WHERE account = $1 AND at < clock_timestamp() - $2 * interval '1 millisecond'`,
      [account, rate.perMs],
    );
    await client.query(
      `INSERT INTO ${schema}.start (account, at) SELECT $1, clock_timestamp() FROM generate_series(1, $2::int)`,
      [account, begun],
    );
  }
}

/** Notes that requests have been handed to the network. */
export async function markSent(
  client: QueryClient,
  schema: string,
  marks: readonly { readonly id: string; readonly claim: number; readonly at: string }[],
): Promise<void> {
  if (marks.length === 0) return;
  await client.query(
    `UPDATE ${schema}.cancellation c SET state = CASE c.state WHEN 'intent' THEN 'sent' ELSE c.state END, sent_at = x.at
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, claim bigint, at timestamptz)
     WHERE c.id = x.id AND c.claim = x.claim`,
    [JSON.stringify(marks)],
  );
}

/** Writes settlements, the history that led to them, and the jobs that follow from them. */
export async function settle(
  client: QueryClient,
  schema: string,
  jobs: Jobs,
  settled: readonly Settled[],
  history: readonly NewEntry[] = [],
): Promise<void> {
  if (settled.length === 0) {
    await writeHistory(client, schema, history);
    return;
  }
  const { rows } = await client.query(
    `UPDATE ${schema}.cancellation c SET
       state = x.state, result = x.result, error = x.error, needs_person = x."needsPerson", readings = x.readings,
       not_before = x.next, lease_until = NULL, worker = NULL, updated_at = clock_timestamp(),
       unknown_since = x."unknownSince", first_failed_at = x."firstFailedAt",
       sent_at = CASE x.state WHEN 'planned' THEN NULL ELSE COALESCE(x."sentAt", c.sent_at) END
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, claim bigint, task text, state text, result jsonb, error jsonb,
       next timestamptz, "sentAt" timestamptz, readings integer, "needsPerson" boolean, "unknownSince" timestamptz, "firstFailedAt" timestamptz)
     WHERE c.id = ANY($2::text[]) AND c.id = x.id AND CASE c.state
         WHEN 'unknown' THEN c.claim = x.claim OR (x.task = 'send'
           AND x.state IN ('requested', 'scheduled', 'completed', 'already_cancelled'))
         WHEN 'intent' THEN c.claim = x.claim
         WHEN 'sent' THEN c.claim = x.claim
         ELSE false
       END
     RETURNING c.id`,
    [toJsonb(settled.map(toRow)), settled.map(({ id }) => id)],
  );
  const written = new Set(rows.map(({ id }) => id));
  const entries = settled.map((one) => entryOf(one, written.has(one.id)));
  await writeHistory(client, schema, [...history, ...entries]);
  await jobs.add(client, settled.filter(({ id }) => written.has(id)).flatMap(jobsOf));
  for (const { account, pause } of settled) {
    if (pause !== undefined) await pauseAccount(client, schema, account, pause);
  }
}

/** The job that takes a cancellation up again, where it is to be. */
export function jobsOf({ id, account, priority, state, needsPerson, next }: Settled): readonly Job[] {
  if (state !== 'planned' && (state !== 'unknown' || needsPerson)) return [];
  return [{ id, account, priority, startAfter: toIso(next) }];
}

async function pauseAccount(
  client: QueryClient,
  schema: string,
  account: string,
  { until, because }: NonNullable<Settlement['pause']>,
): Promise<void> {
  await client.query(
    `INSERT INTO ${schema}.account AS a (name, paused_until, paused_because) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET paused_until = GREATEST(a.paused_until, EXCLUDED.paused_until),
       paused_because = EXCLUDED.paused_because`,
    [account, toIso(until), because],
  );
}

function toRow(settled: Settled): Readonly<Record<string, unknown>> {
  const { id, claim: number, task, state, result, error, readings, needsPerson, sentAt } = settled;
  const times = {
    next: toIso(settled.next),
    unknownSince: toIso(settled.unknownSince),
    firstFailedAt: toIso(settled.firstFailedAt),
  };
  return { id, claim: number, task, state, result, error, readings, needsPerson, sentAt, ...times };
}

function entryOf(settled: Settled, written: boolean): NewEntry {
  const { id, state, error, needsPerson, next, result } = settled;
  const data = { state, code: error?.code, needsPerson, next: toIso(next), reconciled: result?.reconciled };
  return { id, at: new Date().toISOString(), type: written ? 'settled' : 'late_outcome', data };
}

function toIso(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
