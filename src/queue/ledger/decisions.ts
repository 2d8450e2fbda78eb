import type { FollowPlan } from '../model/follow-plan.ts';
import { FOLLOWED_STATES, isFollowedState, OPEN_STATES, sqlList } from '../model/state.ts';
import { ProviderError } from '../../contract/provider-error.ts';
import type { CancelResult } from '../../contract/result.ts';
import { AGES, toClaimed } from './claimed-row.ts';
import type { QueryClient, Row } from '../database/database.ts';
import { writeHistory } from './history.ts';
import { type Jobs, toJobs } from './jobs.ts';
import { toJsonb } from './jsonb.ts';
import type { CheckedChoice, CheckedResolution, CheckedRetry } from '../input/decision-input.ts';
import { checkUnchanged } from './changed.ts';
import { lookUp } from './look-up.ts';
import { changedAt, UPDATED } from './record.ts';
import { isSamePerson } from './same-person.ts';
import { bringBack } from './settled.ts';
import { invalidInput } from '../input/check-input.ts';

/** Where decisions are written. */
export interface DecisionContext {
  readonly schema: string;
  readonly jobs: Jobs;
  /** The accounts that there are here. */
  readonly readable: ReadonlyMap<string, boolean>;
  /** How what the provider accepted is followed, unless its own options say so. */
  readonly follow: FollowPlan | false;
}

/**
 * Takes a proposed or planned cancellation out of the queue: it is `refused`, and is not sent. The code is `aborted`, or `rejected`
 * if it was once sent without a known outcome. Then a late yes of the provider still replaces the refusal.
 *
 * @throws ProviderError `invalid_request` if it is neither any more
 */
export async function withdraw(
  client: QueryClient,
  context: DecisionContext,
  id: string,
  decision: CheckedChoice,
): Promise<void> {
  const row = await locked(client, context, id, decision, ['proposed', 'planned'], 'is still proposed or planned');
  const { provider, request } = toClaimed(row);
  const wasInDoubt = row['sent_again'] === true || (await hasBeenInDoubt(client, context, id));
  const error = new ProviderError(wasInDoubt ? 'rejected' : 'aborted', {
    message: `${provider}: withdrawn from the queue. ${wasInDoubt ? SENT_BEFORE : notTaken(row)}`,
    account: request.account,
    provider,
    operation: 'cancel',
    retryable: false,
  });
  // With a reading, it is a refusal that rests on an absence, as after the last read-back.
  await write(client, context, id, { state: 'refused', error: error.toJSON(), readings: wasInDoubt ? 1 : 0 });
  await note(client, context, id, 'withdrawn', decision);
}

/** Whether it was sent before, or may have been, and no answer said what that led to. */
async function hasBeenInDoubt(client: QueryClient, { schema }: DecisionContext, id: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM ${schema}.history WHERE cancellation_id = $1
       AND (type = 'quarantined' OR (type = 'settled' AND data->>'state' = 'unknown')) LIMIT 1`,
    [id],
  );
  return rows.length > 0;
}

/** Whether it was proposed, and withdrawn before anybody approved it: to retry it would approve it. */
async function isUnapproved(client: QueryClient, { schema }: DecisionContext, id: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM ${schema}.history WHERE cancellation_id = $1 AND type IN ('proposed', 'approved')
     GROUP BY cancellation_id HAVING bool_or(type = 'proposed') AND NOT bool_or(type = 'approved')`,
    [id],
  );
  return rows.length > 0;
}

async function wasProposed(client: QueryClient, { schema }: DecisionContext, id: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM ${schema}.history WHERE cancellation_id = $1 AND type = 'proposed' LIMIT 1`,
    [id],
  );
  return rows.length > 0;
}

/**
 * Another cancellation of the service may have been sent since somebody looked at this one, which that does not change.
 *
 * @throws ProviderError `invalid_request`
 */
async function checkOnlyOne(client: QueryClient, { schema }: DecisionContext, row: Row): Promise<void> {
  const { rows } = await client.query(
    `SELECT id, state FROM ${schema}.cancellation WHERE account = $1 AND service_key = $2 AND id <> $3
       AND state IN ${sqlList(OPEN_STATES)}
     UNION ALL
     SELECT id, state FROM ${schema}.cancellation WHERE account = $1 AND service_key = $2 AND number > $4
       AND followed_since IS NOT NULL AND state IN ${sqlList(FOLLOWED_STATES)}
     LIMIT 1`,
    [row['account'], row['service_key'], row['id'], row['number']],
  );
  const [other] = rows;
  if (other === undefined) return;
  const expected = isFollowedState(String(other['state']))
    ? `a cancellation of whose service no newer one has been accepted; ${String(other['id'])} is ${String(other['state'])}`
    : 'a cancellation of whose service no other one is open';
  throw invalidInput([{ path: 'id', expected }]);
}

/** What is true of one whose requests, if there were any, were all refused. */
function notTaken({ tries }: Row): string {
  return Number(tries) === 0 ? 'Nothing was sent.' : 'Nothing happened at the provider.';
}

/**
 * Plans a cancellation again that was refused, that is held, that has lapsed or is overdue, or that a person has found
 * not to have taken effect.
 *
 * @throws ProviderError `invalid_request` if it is in another state, if it is being read back at this
 * moment, if another cancellation of the service is open or a newer one has been accepted, if there is no new place to
 * accept, or if whoever proposed it accepts one
 */
export async function retry(
  client: QueryClient,
  context: DecisionContext,
  id: string,
  { acceptPlace = false, ...decision }: CheckedRetry,
): Promise<void> {
  await bringBack(client, context.schema, [id]);
  const states = ['refused', 'unknown', 'planned', 'lapsed', 'overdue'];
  const row = await locked(client, context, id, decision, states, RETRIED);
  const isHeld = row['needs_person'] === true;
  if (row['state'] === 'planned' && !isHeld) {
    throw invalidInput([{ path: 'id', expected: `a cancellation that ${RETRIED}; it is planned` }]);
  }
  const newPlace = row['other_place'];
  const isOfProvider = typeof newPlace === 'string' && newPlace.startsWith(`${String(row['provider'])} `);
  if (acceptPlace && !isOfProvider) {
    const expected = 'left out unless the account has been seen to lead to another place of the same provider';
    throw invalidInput([{ path: 'decision.acceptPlace', expected }]);
  }
  const { priority, request } = toClaimed(row);
  if (!context.readable.has(request.account)) {
    throw invalidInput([{ path: 'id', expected: 'a cancellation at one of the accounts of this queue' }]);
  }
  if (await isUnapproved(client, context, id)) {
    throw invalidInput([
      { path: 'id', expected: 'a cancellation that was approved; propose this one again under a new id' },
    ]);
  }
  if (acceptPlace && (await wasProposed(client, context, id)) && isSamePerson(String(row['asked_by']), decision.by)) {
    // What was approved was for its own place.
    throw invalidInput([{ path: 'decision.by', expected: 'another person than the one who proposed it' }]);
  }
  await checkOnlyOne(client, context, row);
  // With a reading, a late yes to what was sent before also replaces what the next request is refused with.
  const wasInDoubt = row['state'] === 'unknown' || (await hasBeenInDoubt(client, context, id));
  await write(client, context, id, { state: 'planned', readings: wasInDoubt ? 1 : 0 });
  if (acceptPlace) {
    await client.query(`UPDATE ${context.schema}.cancellation SET place = $2 WHERE id = $1`, [id, newPlace]);
  }
  await note(client, context, id, 'retried', decision, acceptPlace ? { place: newPlace } : {});
  await context.jobs.add(client, [{ id, account: request.account, priority, startAfter: undefined }]);
}

/**
 * Writes a person's word on a cancellation that is unknown, has lapsed or is overdue.
 *
 * @throws ProviderError `invalid_request` if it is in another state, or is being read back at this moment
 */
export async function resolve(
  client: QueryClient,
  context: DecisionContext,
  id: string,
  { as, effectiveAt, ...decision }: CheckedResolution,
): Promise<void> {
  const row = await locked(client, context, id, decision, ['unknown', 'lapsed', 'overdue'], RESOLVED);
  const { provider, request, error, result: accepted } = toClaimed(row);
  if (effectiveAt !== undefined) await checkNotOver(client, effectiveAt);
  const { account, service, when } = request;
  const { attempts = 0, operationId = crypto.randomUUID() } = error ?? accepted ?? {};
  const origin = { attempts, operationId };
  if (as === 'refused') {
    const message = `${provider}: a person has found that it did not take effect.`;
    const refusal = new ProviderError('rejected', { ...origin, message, account, provider, operation: 'cancel' });
    await write(client, context, id, { state: as, error: refusal.toJSON() });
  } else {
    const result: CancelResult = {
      account,
      provider,
      service,
      when,
      outcome: as,
      reconciled: true,
      // The person read it there.
      ...(effectiveAt === undefined
        ? {}
        : { effectiveAt: { value: effectiveAt, precision: 'date', source: 'provider' } }),
      warnings: [BY_A_PERSON],
      ...origin,
      raw: undefined,
    };
    await write(client, context, id, { state: as, result });
  }
  await note(client, context, id, 'resolved', decision, effectiveAt === undefined ? { as } : { as, effectiveAt });
}

/** @throws ProviderError `invalid_request` for a day that is over everywhere: nothing is scheduled for it */
async function checkNotOver(client: QueryClient, day: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT ((clock_timestamp() AT TIME ZONE 'UTC') - interval '12 hours')::date > $1::date AS over`,
    [day],
  );
  if (rows[0]?.['over'] !== true) return;
  const expected = 'a day that is not over; for one that is, resolve it as completed or requested';
  throw invalidInput([{ path: 'decision.effectiveAt', expected }]);
}

/**
 * Lets an account go on that rests, and immediately those of its cancellations that the provider has not taken so far,
 * and those that were held, or not read, because the account led to another place. They stay pinned to their own, and an
 * unknown one is read back when it was to be.
 */
export async function resume(client: QueryClient, { schema, jobs }: DecisionContext, account: string): Promise<void> {
  await client.query(`DELETE FROM ${schema}.account WHERE name = $1`, [account]);
  const { rows } = await client.query(
    `UPDATE ${schema}.cancellation SET needs_person = false,
       not_before = CASE state WHEN 'unknown' THEN not_before WHEN 'planned' THEN NULL ELSE date_trunc('milliseconds', clock_timestamp()) END,
       other_place = NULL, updated_at = ${changedAt()}
     WHERE account = $1 AND lease_until IS NULL AND CASE state
       WHEN 'planned' THEN first_failed_at IS NOT NULL OR other_place IS NOT NULL
       WHEN 'unknown' THEN other_place IS NOT NULL
       WHEN 'requested' THEN other_place IS NOT NULL AND not_before IS NOT NULL
       WHEN 'scheduled' THEN other_place IS NOT NULL AND not_before IS NOT NULL ELSE false END
     RETURNING id, account, priority, state, not_before`,
    [account],
  );
  await jobs.add(client, toJobs(rows));
}

const SENT_BEFORE =
  'It was sent once before, and nothing shows that it took effect: look it up at the provider if it must not.';

const RESOLVED = 'is unknown, lapsed or overdue';

const RETRIED = 'is refused, unknown, lapsed, overdue or held';

const BY_A_PERSON = {
  code: 'resolved_by_person',
  message: 'A person found this out; the provider did not say it over its API.',
} as const;

/**
 * The row of a cancellation in one of the states, locked; nobody else acts on it.
 *
 * @throws ProviderError `invalid_request`, see {@link hasChanged} for one that is not as the person saw it
 */
export async function locked(
  client: QueryClient,
  { schema }: DecisionContext,
  id: string,
  { ifUpdatedAt }: CheckedChoice,
  states: readonly string[],
  expected: string,
): Promise<Row> {
  const { rows } = await client.query(
    `SELECT *, ${UPDATED}, ${AGES} FROM ${schema}.cancellation WHERE id = $1 FOR UPDATE`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) {
    const settled = await lookUp(client, schema, id);
    if (settled === undefined) throw invalidInput([{ path: 'id', expected: 'the id of a cancellation in the queue' }]);
    checkUnchanged(ifUpdatedAt, settled.updatedAt, settled.state);
    throw invalidInput([{ path: 'id', expected: `a cancellation that ${expected}; it is ${settled.state}` }]);
  }
  checkUnchanged(ifUpdatedAt, row['updated'], row['state']);
  if (!states.includes(String(row['state']))) {
    throw invalidInput([{ path: 'id', expected: `a cancellation that ${expected}; it is ${String(row['state'])}` }]);
  }
  if (row['lease_until'] !== null) {
    throw invalidInput([
      {
        path: 'id',
        expected: 'a cancellation that nobody is at; it is being read back or confirmed, try again in a minute',
      },
    ]);
  }
  return row;
}

/** Writes what was decided. Nothing that an older claim writes counts any more. What was accepted is followed anew. */
export async function write(
  client: QueryClient,
  { schema, readable, follow }: DecisionContext,
  id: string,
  { state, result, error, readings = 0, needsPerson = false }: Decided,
): Promise<void> {
  const { rows } = await client.query(
    `UPDATE ${schema}.cancellation SET state = $2, result = $3, error = $4, claim = claim + 1, needs_person = $6, other_place = NULL,
       lease_until = NULL, worker = NULL, not_before = NULL, readings = $5, unknown_since = CASE $2 WHEN 'unknown' THEN clock_timestamp() END, first_failed_at = NULL, updated_at = ${changedAt()},
       sent_at = CASE $2 WHEN 'planned' THEN NULL ELSE sent_at END,
       followed_since = NULL, following = NULL, follow_read_at = NULL
     WHERE id = $1 RETURNING *`,
    [id, state, json(result), json(error), readings, needsPerson],
  );
  for (const { request, follow: own } of isFollowedState(state) ? rows.map(toClaimed) : []) {
    const plan = readable.get(request.account) === true && (own ?? follow);
    if (plan === false) continue;
    await client.query(
      `UPDATE ${schema}.cancellation SET followed_since = updated_at, following = '{}',
         not_before = date_trunc('milliseconds', updated_at + $2 * interval '1 millisecond')
       WHERE id = $1`,
      [id, plan.afterMs],
    );
  }
}

interface Decided {
  readonly state: string;
  readonly result?: CancelResult;
  readonly error?: object;
  readonly readings?: number;
  readonly needsPerson?: boolean;
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : toJsonb(value);
}

/** Writes who decided what into the history. */
export async function note(
  client: QueryClient,
  { schema }: DecisionContext,
  id: string,
  type: string,
  { by, note: words }: CheckedChoice,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await writeHistory(client, schema, [{ id, type, data: { by, note: words, ...more } }]);
}
