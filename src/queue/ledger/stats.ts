import type { Database, QueryClient } from '../database/database.ts';
import type { QueueState } from '../model/state.ts';
import { ledger } from './settled.ts';

/** How an account stands. */
export interface AccountStats {
  readonly states: Readonly<Partial<Record<QueueState, number>>>;
  /** How many are being sent or read back at this moment. */
  readonly inFlight: number;
  /** How many wait for a person. */
  readonly needsPerson: number;
  /** It rests until then (ISO 8601), and the error's code that made it. */
  readonly pausedUntil?: string;
  readonly pausedBecause?: string;
}

/** What `stats` tells. */
export interface QueueStats {
  /** All states, over all accounts. */
  readonly states: Readonly<Record<QueueState, number>>;
  readonly needsPerson: number;
  readonly accounts: Readonly<Record<string, AccountStats>>;
}

/** Counts what is in the ledger, without reading its rows. */
export async function readStats(database: Database, schema: string): Promise<QueueStats> {
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
    `SELECT name, paused_until, paused_because FROM ${schema}.account WHERE paused_until > clock_timestamp()`,
  );
  const states: Record<string, number> = {};
  const accounts = new Map<string, { states: Record<string, number>; inFlight: number; needsPerson: number }>();
  const accountOf = (name: string): { states: Record<string, number>; inFlight: number; needsPerson: number } => {
    const account = accounts.get(name) ?? { states: {}, inFlight: 0, needsPerson: 0 };
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
  const pauses = new Map(
    paused.rows.map(({ name, paused_until, paused_because }) => [
      String(name),
      { pausedUntil: isoOf(paused_until), pausedBecause: String(paused_because) },
    ]),
  );
  for (const name of pauses.keys()) accountOf(name);
  return {
    states: complete(states),
    needsPerson,
    accounts: Object.fromEntries([...accounts].map(([name, account]) => [name, { ...account, ...pauses.get(name) }])),
  };
}

/**
 * Adds up what the transactions have added to the counts, if that has become much. What another transaction adds
 * meanwhile stays for the next time.
 */
export async function foldTally(database: Database, schema: string): Promise<void> {
  await database.transaction(async (client) => {
    const { rows } = await client.query(
      `SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine, EXISTS (SELECT 1 FROM ${schema}.tally OFFSET $2) AS much`,
      [tallyOf(schema), MUCH],
    );
    if (rows[0]?.['mine'] !== true || rows[0]['much'] !== true) return;
    await client.query(
      `WITH gone AS (DELETE FROM ${schema}.tally RETURNING account, state, needs_person, change)
       INSERT INTO ${schema}.tally (account, state, needs_person, change)
       SELECT account, state, needs_person, sum(change) FROM gone
       GROUP BY account, state, needs_person HAVING sum(change) <> 0`,
    );
  });
}

const MUCH = 1_000;

/**
 * Counts anew, within a transaction, during which nobody else writes. A restore of the data alone into tables that exist
 * counts twice: the counts are restored, and the triggers count the restored rows.
 */
export async function recount(client: QueryClient, schema: string): Promise<void> {
  await client.query(`LOCK TABLE ${schema}.cancellation, ${schema}.settled IN SHARE ROW EXCLUSIVE MODE`);
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [tallyOf(schema)]);
  await client.query(`DELETE FROM ${schema}.tally`);
  await client.query(
    `INSERT INTO ${schema}.tally (account, state, needs_person, change)
     SELECT account, state, needs_person, count(*) FROM ${ledger(schema)} c GROUP BY account, state, needs_person`,
  );
}

function tallyOf(schema: string): string {
  return `cancelkit tally ${schema}`;
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
