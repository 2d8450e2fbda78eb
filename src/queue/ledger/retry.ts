import type { QueryClient, Row } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { CheckedRetry } from '../input/decision-input.ts';
import { FOLLOWED_STATES, isFollowedState, OPEN_STATES, sqlList } from '../model/state.ts';
import { toClaimed } from './claimed-row.ts';
import { type DecisionContext, hasBeenInDoubt, locked, note, write } from './decision.ts';
import { isSamePerson } from './same-person.ts';
import { bringBack } from './settled.ts';

/**
 * Plans a cancellation again that was refused, that is held, that has lapsed or is overdue, or that a person has found
 * not to have taken effect.
 *
 * @throws ProviderError `invalid_request` if it is in another state, if it is being read back at this moment, if
 * another cancellation of the service is open or a newer one has been accepted, if there is no new place to accept, or
 * if the person who proposed it accepts one
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
  // With `readings` above 0, a late yes to the earlier request also replaces a refusal of the next one.
  const wasInDoubt = row['state'] === 'unknown' || (await hasBeenInDoubt(client, context, id));
  await write(client, context, id, { state: 'planned', readings: wasInDoubt ? 1 : 0 });
  if (acceptPlace) {
    await client.query(`UPDATE ${context.schema}.cancellation SET place = $2 WHERE id = $1`, [id, newPlace]);
  }
  await note(client, context, id, 'retried', decision, acceptPlace ? { place: newPlace } : {});
  await context.jobs.add(client, [{ id, account: request.account, priority, startAfter: undefined }]);
}

/** Whether it was proposed, and withdrawn before it was approved: retrying it would approve it. */
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
 * Another cancellation of the service may have been sent since a person looked at this one, whose row that does not
 * change.
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

const RETRIED = 'is refused, unknown, lapsed, overdue or held';
