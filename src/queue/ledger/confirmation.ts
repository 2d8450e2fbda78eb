import { ProviderError } from '../../contract/provider-error.ts';
import type { CancelResult, SafeResult } from '../../contract/result.ts';
import type { QueryClient } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { Choice } from '../input/decision-input.ts';
import type { Claimed } from '../model/claimed.ts';
import { toClaimed } from './claimed-row.ts';
import { type DecisionContext, locked, note, write } from './decision.ts';
import { checkNotResting } from './read-now.ts';
import { keepYes } from './record-states.ts';
import { letRest } from './rest.ts';
import { storable, storableError } from './stored-outcome.ts';
import { restAfter } from './when-again.ts';

/**
 * Takes up a cancellation whose token is about to be passed on: until that is over, nobody else acts on it. If this
 * process ends meanwhile, or the outcome cannot be written, the lease ends, and the cancellation is read back as one
 * that may have been carried out.
 *
 * @throws ProviderError `invalid_request` if it does not wait for a confirmation, or another process is working on it;
 * `unavailable` while its account rests
 */
export async function beginConfirmation(
  client: QueryClient,
  context: DecisionContext,
  id: string,
  leaseMs: number,
  decision: Choice,
): Promise<Claimed> {
  const claimed = toClaimed(await locked(client, context, id, decision, ['unknown'], AWAITS));
  if (!awaitsConfirmation(claimed.error)) {
    throw invalidInput([{ path: 'id', expected: `the id of a cancellation that ${AWAITS}` }]);
  }
  await checkNotResting(client, context, claimed.request.account);
  const { provider, request, error } = claimed;
  const doubt = new ProviderError('outcome_unknown', {
    message: `${provider}: the token is being passed on. It may have been confirmed since: it is read back if nothing else is known.`,
    account: request.account,
    provider,
    operation: 'cancel',
    operationId: error?.operationId,
    attempts: error?.attempts ?? 0,
    reason: 'connection_lost',
  });
  await write(client, context, id, { state: 'unknown', error: doubt.toJSON() });
  await client.query(
    `UPDATE ${context.schema}.cancellation SET lease_until = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = $1`,
    [id, leaseMs],
  );
  return { ...claimed, claim: claimed.claim + 1 };
}

/**
 * Writes the outcome of a confirmation. One that may have been carried out is read back; one that was refused waits as
 * before. If the lease has ended meanwhile, only a yes still counts, since the cancellation is being read back; and not
 * for one that has been retried at another place.
 */
export async function endConfirmation(
  client: QueryClient,
  context: DecisionContext,
  { id, claim, request: { account }, priority, error: awaited, place }: Claimed,
  settled: SafeResult<CancelResult>,
  decision: Choice,
): Promise<void> {
  const said = settled.ok ? { outcome: settled.result.outcome } : { code: settled.error.code };
  await note(client, context, id, entryOf(settled), decision, said);
  const { rows } = await client.query(
    `SELECT 1 FROM ${context.schema}.cancellation WHERE id = $1 AND (claim = $2
       OR ($3::boolean AND place IS NOT DISTINCT FROM $4 AND CASE state
         WHEN 'unknown' THEN true WHEN 'planned' THEN true WHEN 'refused' THEN readings > 0 ELSE false END)) FOR UPDATE`,
    [id, claim, settled.ok, place ?? null],
  );
  if (settled.ok) {
    const result = storable(settled.result);
    if (rows.length === 0) {
      const sentTo = place === undefined ? {} : { sentTo: place };
      return await keepYes(client, context.schema, [{ id, task: 'send', state: result.outcome, result, ...sentTo }]);
    }
    await write(client, context, id, { state: result.outcome, result });
    return;
  }
  const pause = restAfter(settled.error);
  // Providers ban who goes on with refused credentials: no other call of the account is made for a while.
  if (pause !== undefined) {
    const rests = `SELECT $1::text AS account, clock_timestamp() AS now, $2::float8 AS "pauseMs", $3::text AS "pauseBecause",
      $4::boolean AS "isTurnedAway"`;
    const { forMs, because, isTurnedAway = false } = pause;
    await client.query(letRest(context.schema, rests), [account, forMs, because, isTurnedAway]);
  }
  if (rows.length === 0) return;
  if (settled.error.code !== 'outcome_unknown') {
    await write(client, context, id, { state: 'unknown', error: awaited?.toJSON() ?? {}, needsPerson: true });
    return;
  }
  const isReadable = context.readable.get(account) === true;
  const error = storableError(settled.error).toJSON();
  await write(client, context, id, { state: 'unknown', error, needsPerson: !isReadable });
  if (isReadable) await context.jobs.add(client, [{ id, account, priority, startAfter: undefined }]);
}

/** What the history says of a token that was passed on: that it confirmed, that it was refused, or neither. */
function entryOf(settled: SafeResult<CancelResult>): string {
  if (settled.ok) return 'confirmed';
  return settled.error.code === 'outcome_unknown' ? 'confirmation_unknown' : 'confirmation_refused';
}

/** The error for an outcome that the ledger did not take: the token was passed on. */
export function unwrittenConfirmation({ id, provider, request: { account } }: Claimed): ProviderError {
  return new ProviderError('outcome_unknown', {
    message:
      `${provider}: the token for ${id} was passed on, and the outcome could not be written into the ledger. ` +
      'It is read back once its lease has ended; do not pass the token on again.',
    account,
    provider,
    operation: 'cancel',
    reason: 'connection_lost',
  });
}

/** Whether a cancellation takes effect only once a person has passed on the provider's token. */
function awaitsConfirmation(error: ProviderError | undefined): boolean {
  return error?.code === 'confirmation_required';
}

const AWAITS = 'waits for a confirmation';
