import type { Database } from '../database/database.ts';
import { ledger } from './settled.ts';
import { QUEUE_STATES, type QueueState } from '../model/state.ts';

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

/** Counts what is in the ledger. */
export async function readStats(database: Database, schema: string): Promise<QueueStats> {
  const counted = await database.query(
    `SELECT account, state, count(*)::int AS count, (count(*) FILTER (WHERE needs_person))::int AS needs_person,
       (count(*) FILTER (WHERE lease_until > clock_timestamp()))::int AS in_flight
     FROM ${ledger(schema)} c GROUP BY account, state`,
  );
  const paused = await database.query(
    `SELECT name, paused_until, paused_because FROM ${schema}.account WHERE paused_until > clock_timestamp()`,
  );
  const states = Object.fromEntries(QUEUE_STATES.map((state) => [state, 0]));
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
    account.inFlight += Number(row['in_flight']);
    account.needsPerson += Number(row['needs_person']);
    states[String(row['state'])] = (states[String(row['state'])] ?? 0) + count;
    needsPerson += Number(row['needs_person']);
  }
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

function complete(counts: Readonly<Record<string, number>>): Record<QueueState, number> {
  const of = (state: QueueState): number => counts[state] ?? 0;
  return {
    planned: of('planned'),
    intent: of('intent'),
    sent: of('sent'),
    requested: of('requested'),
    scheduled: of('scheduled'),
    completed: of('completed'),
    already_cancelled: of('already_cancelled'),
    refused: of('refused'),
    unknown: of('unknown'),
  };
}

function isoOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
