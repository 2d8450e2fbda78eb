import { ProviderError } from '../../contract/provider-error.ts';
import type { QueryClient, Row } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { Quarantine } from '../input/decision-input.ts';
import type { Checked } from '../model/checked.ts';
import { OPEN_STATES, sqlList } from '../model/state.ts';
import { lockClaims } from './claim.ts';
import { toClaimed } from './claimed-row.ts';
import { mendFeed } from './feed.ts';
import { planOf } from './follow.ts';
import { writeHistory } from './history.ts';
import { toJobs } from './jobs.ts';
import { toJsonb } from './jsonb.ts';
import { takeYes } from './record-states.ts';
import { changedAt } from './record.ts';
import type { Recovery } from './recovery.ts';
import { recount } from './tally.ts';

/** What `quarantine` did. */
export interface Quarantined {
  /** How many are `unknown` from now on: read back before anything else happens to them. */
  readonly readBack: number;
  /** How many are `unknown` and wait for a person: their provider cannot be asked, or they had been waiting before. */
  readonly needsPerson: number;
  /** Accounts with open cancellations that this queue does not know. Theirs were left unchanged. */
  readonly otherAccounts: readonly string[];
}

/**
 * Turns every cancellation that may have been sent without this ledger's knowledge into `unknown`: whatever is open and
 * was due, and was in the ledger as it was restored. What is unknown already is read back from the start; what waits
 * for a person goes on waiting, and says what may have happened since. One whose earlier request was accepted is
 * settled by that. The counts of `stats` are made anew.
 *
 * @throws ProviderError `invalid_request` for a time in the future; `unavailable` while a worker is alive
 */
export async function quarantine(
  client: QueryClient,
  recovery: Recovery,
  { since, by, note, whenAbsent }: Checked<Quarantine>,
): Promise<Quarantined> {
  const { schema, jobs, readable, policy } = recovery;
  // No worker claims anything meanwhile.
  await lockClaims(client, schema);
  await checkQuiet(client, schema, since);
  await recount(client, schema);
  await mendFeed(client, schema);
  const accounts = [...readable.keys()];
  await takeKeptYes(client, recovery, accounts);
  const waiting = await warnOfDecisions(client, schema, accounts, since);
  const { rows } = await client.query(
    `WITH clock AS MATERIALIZED (
       SELECT date_trunc('milliseconds', clock_timestamp()) AS now, ${dueBy(schema)} AS due_by
     ), open AS (
       SELECT id, state, clock.now, (a.readable) AS readable FROM ${schema}.cancellation c CROSS JOIN clock
       JOIN jsonb_to_recordset($1::jsonb) AS a(account text, readable boolean) ON a.account = c.account
       WHERE CASE c.state WHEN 'intent' THEN true WHEN 'sent' THEN true WHEN 'unknown' THEN NOT c.needs_person
         WHEN 'planned' THEN c.not_before IS NULL OR c.not_before <= clock.due_by OR c.tries > 0 ELSE false END
       FOR UPDATE OF c
     )
     UPDATE ${schema}.cancellation c SET
       state = 'unknown', claim = c.claim + 1, lease_until = NULL, worker = NULL, updated_at = ${changedAt('c.updated_at')},
       result = NULL, error = CASE open.state WHEN 'unknown' THEN c.error ELSE $2::jsonb || jsonb_build_object(
         'message', c.provider || $3, 'account', c.account, 'provider', c.provider) END,
       readings = 0, unknown_since = open.now, first_failed_at = NULL, needs_person = NOT open.readable,
       not_before = CASE WHEN open.readable THEN open.now + $4 * interval '1 millisecond' END,
       other_place = NULL, when_absent = COALESCE($5, c.when_absent)
     FROM open WHERE c.id = open.id
     RETURNING c.id, c.account, c.priority, c.not_before, c.needs_person, open.state`,
    [
      JSON.stringify([...readable].map(([account, isReadable]) => ({ account, readable: isReadable }))),
      toJsonb(new ProviderError('outcome_unknown', { operation: 'cancel', reason: 'connection_lost', message: '' })),
      `: the ledger was restored or taken over. It may have been sent since ${since}: ${NEXT}`,
      policy.readBackAfterMs[0] ?? 0,
      whenAbsent ?? null,
    ],
  );
  await writeHistory(
    client,
    schema,
    [...rows, ...waiting].map(({ id, state }) => ({
      id: String(id),
      type: 'quarantined',
      data: { by, note, since, whenAbsent, was: state },
    })),
  );
  const read = rows.filter(({ needs_person }) => needs_person === false);
  await jobs.add(client, toJobs(read));
  // A backup may lack the jobs, and one too many does no harm.
  const planned = await client.query(
    `SELECT id, account, priority, state, not_before FROM ${schema}.cancellation
     WHERE state = 'planned' AND NOT needs_person AND account = ANY($1::text[])`,
    [accounts],
  );
  await jobs.add(client, toJobs(planned.rows));
  const others = await client.query(
    `SELECT DISTINCT account FROM ${schema}.cancellation
     WHERE state IN ${sqlList(OPEN_STATES)} AND NOT (account = ANY($1::text[])) ORDER BY account`,
    [accounts],
  );
  return {
    readBack: read.length,
    needsPerson: rows.length - read.length + waiting.filter(({ state }) => state === 'unknown').length,
    otherAccounts: others.rows.map(({ account }) => String(account)),
  };
}

/** Settles what was in flight, and whose earlier request the provider had accepted by then. */
async function takeKeptYes(client: QueryClient, recovery: Recovery, accounts: readonly string[]): Promise<void> {
  const { schema } = recovery;
  const { rows } = await client.query(
    `SELECT * FROM ${schema}.cancellation
     WHERE account = ANY($1::text[]) AND state IN ('intent', 'sent') AND result IS NOT NULL FOR UPDATE`,
    [accounts],
  );
  const taken = rows.map(toClaimed).map((claimed) => {
    const plan = planOf(claimed, recovery);
    return { id: claimed.id, ...(plan === false ? {} : { followInMs: plan.afterMs }) };
  });
  if (taken.length > 0) await takeYes(client, schema, taken);
}

/** A person may have settled what waits for one, sent it again or passed on its token, and the ledger has lost that. */
async function warnOfDecisions(
  client: QueryClient,
  schema: string,
  accounts: readonly string[],
  since: string,
): Promise<readonly Row[]> {
  const warning =
    `The ledger was restored or taken over: what a person has done since ${since} is missing, such as a retry or a ` +
    'token that was passed on. Look it up at the provider first.';
  const { rows } = await client.query(
    `UPDATE ${schema}.cancellation SET updated_at = ${changedAt()},
       error = CASE WHEN position($2 IN error->>'message') > 0 THEN error
         ELSE error || jsonb_build_object('message', (error->>'message') || ' ' || $2) END,
       following = CASE WHEN state = 'unknown' OR position($2 IN following->>'finding') > 0 THEN following
         ELSE COALESCE(following, '{}') || jsonb_build_object('finding', concat_ws(' ', following->>'finding', $2)) END
     WHERE account = ANY($1::text[]) AND needs_person AND state IN ('unknown', 'lapsed', 'overdue') RETURNING id, state`,
    [accounts, warning],
  );
  // An approval may be missing, too.
  const proposals = await client.query(
    `SELECT id, state FROM ${schema}.cancellation WHERE account = ANY($1::text[]) AND state = 'proposed'`,
    [accounts],
  );
  return [...rows, ...proposals.rows];
}

/** The error for a quarantine while workers may act. */
export function workersAlive(how: string): ProviderError {
  const message = `queue: ${how}. Stop all workers, wait a minute, and quarantine again. Nothing was changed.`;
  return new ProviderError('unavailable', { operation: 'queue', message });
}

/** @throws ProviderError */
async function checkQuiet(client: QueryClient, schema: string, since: string): Promise<void> {
  // What lies in the future by this database's clock was written by another clock, and is no sign of life.
  const { rows } = await client.query(
    `SELECT $1::timestamptz > clock_timestamp() AS early,
       EXISTS (SELECT FROM ${schema}.worker WHERE alive_until > clock_timestamp()
         AND seen_at <= clock_timestamp() + interval '1 second') AS seen,
       EXISTS (SELECT FROM ${schema}.cancellation WHERE lease_until > clock_timestamp()
         AND updated_at <= clock_timestamp() + interval '1 second') AS leased`,
    [since],
  );
  const [{ early, seen, leased } = {}] = rows;
  if (early === true) throw invalidInput([{ path: 'quarantine.since', expected: 'a time that is not in the future' }]);
  if (seen === true) throw workersAlive('a worker was at this queue a moment ago');
  if (leased === true) throw workersAlive('a worker may still be at what it has taken up');
}

/**
 * Until when a cancellation counts as due. The clock of the server that is gone may have been ahead of this one: by
 * that of its workers' last sign of life, what seems to be planned for later may have been sent.
 */
function dueBy(schema: string): string {
  const newest = `GREATEST(clock_timestamp(), (SELECT max(seen_at) FROM ${schema}.worker))`;
  // A sign that is further ahead is of a clock that was wrong some time.
  return `LEAST(${newest}, clock_timestamp() + interval '1 day')`;
}

const NEXT = 'it is read back if the provider can be asked, and never sent again by itself.';
