import type { QueryClient, Row } from '../database/database.ts';
import type { AccountLimit, Limit } from '../model/limits.ts';
import { FOLLOWED_STATES, type QueueState, sqlList } from '../model/state.ts';
import { DUE_SINCE, WAITS_FOR_WORKER } from './claim.ts';
import { HOURS, hourOf } from './tally.ts';

/** How an account stands. */
export interface AccountStats {
  readonly states: Readonly<Partial<Record<QueueState, number>>>;
  /** How many are being sent or read back at this moment. */
  readonly inFlight: number;
  /** How many wait for a person. */
  readonly needsPerson: number;
  /** It rests until then (ISO 8601), and the code of the error that made it rest. */
  readonly pausedUntil?: string;
  readonly pausedBecause?: string;
  /**
   * Since when the provider has turned the account away (ISO 8601), and after how many rests in a row. A person has to
   * correct its credentials, or the addresses that the provider allows. Left out once it was let in, or resumed.
   */
  readonly turnedAwaySince?: string;
  readonly turnedAwayTimes?: number;
  /**
   * Since when the one has been due that has waited longest for a worker (ISO 8601). Left out: none is due. A reading
   * of one that is followed counts once it has waited for a day.
   */
  readonly oldestDueAt?: string;
  /** How many were settled within the last 60 minutes, to the minute. */
  readonly settledLastHour: number;
  /**
   * How many were settled in each of the last 24 hours of the clock (UTC), oldest first; the last one has not ended.
   * `bad`: refused. One that is retried and settled again counts twice.
   */
  readonly hours: readonly SettledInHour[];
  /** What this process was given, or takes for this provider. Left out for an account that it does not have. */
  readonly limit?: AccountLimit;
}

/** How many were settled in an hour. */
export interface SettledInHour {
  readonly good: number;
  readonly bad: number;
}

/** A worker that is alive. */
export interface WorkerStats {
  readonly id: string;
  /** Its last sign of life (ISO 8601). */
  readonly seenAt: string;
  /** Until when it counts as alive without another one (ISO 8601). */
  readonly aliveUntil: string;
}

/** What `stats` tells. */
export interface QueueStats {
  /** All states, over all accounts. */
  readonly states: Readonly<Record<QueueState, number>>;
  readonly needsPerson: number;
  readonly accounts: Readonly<Record<string, AccountStats>>;
  /** The oldest `oldestDueAt` of all accounts. */
  readonly oldestDueAt?: string;
  /** The workers that are alive, over all processes. */
  readonly workers: readonly WorkerStats[];
}

/**
 * Counts what is in the ledger, without reading its rows.
 *
 * @param limits of the accounts that this process has.
 */
export async function readStats(
  database: QueryClient,
  schema: string,
  limits: readonly Limit[] = [],
): Promise<QueueStats> {
  const counted = await database.query(
    `SELECT account, state, sum(change)::bigint AS count,
       COALESCE(sum(change) FILTER (WHERE needs_person), 0)::bigint AS needs_person
     FROM ${schema}.tally GROUP BY account, state HAVING sum(change) <> 0`,
  );
  const leased = await database.query(
    `SELECT account, count(*) AS in_flight FROM ${schema}.cancellation
     WHERE lease_until IS NOT NULL AND lease_until > clock_timestamp() GROUP BY account`,
  );
  const paused = await database.query(
    `SELECT name, CASE WHEN paused_until > clock_timestamp() THEN paused_until END AS paused_until, paused_because,
       turned_away, turned_away_since FROM ${schema}.account WHERE paused_until > clock_timestamp() OR turned_away > 0`,
  );
  const states: Record<string, number> = {};
  const accounts = new Map<string, Draft>();
  const accountOf = (name: string): Draft => {
    const account = accounts.get(name) ?? {
      states: {},
      inFlight: 0,
      needsPerson: 0,
      settledLastHour: 0,
      hours: noHours(),
    };
    accounts.set(name, account);
    return account;
  };
  let needsPerson = 0;
  for (const row of counted.rows) {
    const account = accountOf(String(row['account']));
    const count = Number(row['count']);
    account.states[String(row['state'])] = count;
    account.needsPerson += Number(row['needs_person']);
    states[String(row['state'])] = (states[String(row['state'])] ?? 0) + count;
    needsPerson += Number(row['needs_person']);
  }
  for (const row of leased.rows) accountOf(String(row['account'])).inFlight = Number(row['in_flight']);
  for (const { name, paused_until, paused_because, turned_away, turned_away_since } of paused.rows) {
    const own = accountOf(String(name));
    own.pausedBecause = String(paused_because);
    if (paused_until !== null) own.pausedUntil = isoOf(paused_until);
    if (Number(turned_away) === 0) continue;
    Object.assign(own, { turnedAwaySince: isoOf(turned_away_since), turnedAwayTimes: Number(turned_away) });
  }
  for (const { account, ago, last_hour, good, bad } of await settledByHour(database, schema)) {
    const own = accountOf(String(account));
    own.settledLastHour += Number(last_hour);
    own.hours[HOURS - 1 - Number(ago)] = { good: Number(good), bad: Number(bad) };
  }
  for (const { account, due } of await oldestDue(database, schema, [...accounts.keys()])) {
    accountOf(String(account)).oldestDueAt = isoOf(due);
  }
  for (const { account, concurrency, rate } of limits) {
    const own = accounts.get(account);
    if (own !== undefined) own.limit = { concurrency, ...(rate === undefined ? {} : { rate }) };
  }
  const [oldestDueAt] = [...accounts.values()].flatMap((own) => own.oldestDueAt ?? []).toSorted();
  return {
    states: complete(states),
    needsPerson,
    accounts: Object.fromEntries(accounts),
    ...(oldestDueAt === undefined ? {} : { oldestDueAt }),
    workers: await workersAlive(database, schema),
  };
}

/** The same while it is put together. */
type Draft = { -readonly [Key in keyof AccountStats]: AccountStats[Key] } & {
  readonly states: Record<string, number>;
  readonly hours: SettledInHour[];
};

function noHours(): SettledInHour[] {
  return Array.from({ length: HOURS }, () => ({ good: 0, bad: 0 }));
}

async function settledByHour(client: QueryClient, schema: string): Promise<readonly Row[]> {
  const { rows } = await client.query(
    `SELECT account, ago, COALESCE(sum(count) FILTER (WHERE good), 0) AS good,
       COALESCE(sum(count) FILTER (WHERE NOT good), 0) AS bad,
       COALESCE(sum(count) FILTER (WHERE at > clock.now - interval '60 minutes'), 0) AS last_hour
     FROM (SELECT clock_timestamp() AS now OFFSET 0) clock, ${schema}.settled_count,
       LATERAL (SELECT extract(epoch FROM ${hourOf('clock.now')} - ${hourOf('at')})::int / 3600 AS ago) hours
     WHERE at > clock.now - interval '${HOURS} hours' AND at <= clock.now AND ago < ${HOURS}
     GROUP BY account, ago`,
  );
  return rows;
}

// Readings of what was accepted come after everything else, and nobody waits for them by the hour.
const READING_MAY_WAIT = '1 day';

async function oldestDue(client: QueryClient, schema: string, accounts: readonly string[]): Promise<readonly Row[]> {
  const { rows } = await client.query(
    `SELECT account, min(due) AS due FROM unnest($1::text[]) AS account, LATERAL (
       (SELECT ${DUE_SINCE} AS due FROM ${schema}.cancellation c
        WHERE c.account = account.account AND ${WAITS_FOR_WORKER} ORDER BY ${DUE_SINCE} LIMIT 1)
       UNION ALL
       (SELECT not_before FROM ${schema}.cancellation c
        WHERE c.account = account.account AND state IN ${sqlList(FOLLOWED_STATES)} AND lease_until IS NULL
          AND not_before <= clock_timestamp() - interval '${READING_MAY_WAIT}' ORDER BY not_before LIMIT 1)
     ) first WHERE due <= clock_timestamp() GROUP BY account`,
    [accounts],
  );
  return rows;
}

async function workersAlive(client: QueryClient, schema: string): Promise<readonly WorkerStats[]> {
  // What lies in the future by this database's clock was written by another clock, and is no sign of life.
  const { rows } = await client.query(
    `SELECT id, seen_at, alive_until FROM ${schema}.worker
     WHERE alive_until > clock_timestamp() AND seen_at <= clock_timestamp() + interval '1 second' ORDER BY id`,
  );
  return rows.map(({ id, seen_at, alive_until }) => ({
    id: String(id),
    seenAt: isoOf(seen_at),
    aliveUntil: isoOf(alive_until),
  }));
}

function complete(counts: Readonly<Record<string, number>>): Record<QueueState, number> {
  const of = (state: QueueState): number => counts[state] ?? 0;
  return {
    proposed: of('proposed'),
    planned: of('planned'),
    intent: of('intent'),
    sent: of('sent'),
    requested: of('requested'),
    scheduled: of('scheduled'),
    completed: of('completed'),
    already_cancelled: of('already_cancelled'),
    refused: of('refused'),
    unknown: of('unknown'),
    lapsed: of('lapsed'),
    overdue: of('overdue'),
  };
}

function isoOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
