import type { QueryClient } from './database.ts';
import { writeHistory, type NewEntry } from './history.ts';
import type { Job, Jobs } from './jobs.ts';
import { toJsonb } from './jsonb.ts';
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
  // States are compared within CASE so that the planner, which knows nothing of a new table, finds the rows by their ids,
  // and does not read all that are in a state.
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
function jobsOf({ id, account, priority, state, needsPerson, next }: Settled): readonly Job[] {
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
