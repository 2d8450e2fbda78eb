import { ProviderError } from '../../contract/provider-error.ts';
import type { QueryClient } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { Choice } from '../input/decision-input.ts';
import type { Claimed } from '../model/claimed.ts';
import { AGES, toClaimed } from './claimed-row.ts';
import { type DecisionContext, locked, note } from './decision.ts';
import type { NextState } from './next-state.ts';
import type { Policy } from './policy.ts';
import { changedAt } from './record.ts';
import { NEXT_IN, readAgain, stillWaits } from './recovery.ts';

/** A cancellation that a person reads back. */
export interface ReadNow {
  readonly claimed: Claimed;
  readonly needsPerson: boolean;
  /** Until the reading that is planned next; `undefined`: one is due, and this is it. */
  readonly nextInMs: number | undefined;
}

/**
 * Takes up an unknown cancellation to read it back now. If this process ends meanwhile, the lease ends, and the
 * cancellation waits for what it waited for.
 *
 * @throws ProviderError `invalid_request` if it is not unknown, cannot be read back, or another process is working on
 * it; `unavailable` while its account rests
 */
export async function beginReadNow(
  client: QueryClient,
  context: DecisionContext,
  id: string,
  leaseMs: number,
  decision: Choice,
): Promise<ReadNow> {
  const row = await locked(client, context, id, decision, ['unknown'], 'is unknown');
  const { account } = toClaimed(row).request;
  if (context.readable.get(account) !== true) {
    const expected =
      'a cancellation at an account of this queue whose provider can be asked; look it up at the provider';
    throw invalidInput([{ path: 'id', expected }]);
  }
  await checkNotResting(client, context, account);
  const { rows } = await client.query(
    `UPDATE ${context.schema}.cancellation c SET claim = c.claim + 1, tries = c.tries + 1, updated_at = ${changedAt('c.updated_at')},
       lease_until = clock_timestamp() + $2 * interval '1 millisecond'
     WHERE id = $1 RETURNING *, ${AGES}, ${NEXT_IN}`,
    [id, leaseMs],
  );
  const [taken = {}] = rows;
  const claimed = toClaimed(taken);
  await note(client, context, id, 'reading', decision, { try: claimed.tries });
  const { needsPerson, nextInMs } = stillWaits(taken);
  return { claimed, needsPerson, nextInMs: needsPerson ? 0 : nextInMs };
}

/** The policy for such a reading: one that no reading was planned for settles nothing by what it does not find. */
export function policyOf({ claimed, nextInMs }: ReadNow, policy: Policy): Policy {
  if (nextInMs === undefined) return policy;
  const more = Array.from({ length: claimed.readBackAttempts + 2 }, () => Number.MAX_SAFE_INTEGER);
  return { ...policy, readBackAfterMs: more };
}

/** What follows from such a reading. What it did not settle goes on as it was planned. */
export function afterReadNow({ claimed, needsPerson, nextInMs }: ReadNow, next: NextState): NextState {
  if (nextInMs === undefined || next.state !== 'unknown') return next;
  // The person has other reasons to decide, which stay when the account leads to its own place again.
  if (needsPerson && next.otherPlace !== undefined) return { ...readAgain(claimed), needsPerson };
  const { nextInMs: _, error = claimed.error, ...rest } = next;
  // A person still has to pass on the token.
  const kept = claimed.error?.code === 'confirmation_required' ? claimed.error : error;
  return {
    ...rest,
    ...(kept === undefined ? {} : { error: kept }),
    readBackAttempts: claimed.readBackAttempts,
    needsPerson: needsPerson || next.otherPlace !== undefined,
    // Also for one that is held now: once it is resumed, it is read when it was to be.
    ...(needsPerson ? {} : { nextInMs }),
  };
}

/** @throws ProviderError `unavailable` while the account rests */
export async function checkNotResting(
  client: QueryClient,
  { schema }: DecisionContext,
  account: string,
): Promise<void> {
  const { rows } = await client.query(
    `SELECT paused_until, paused_because FROM ${schema}.account WHERE name = $1 AND paused_until > clock_timestamp()`,
    [account],
  );
  const [{ paused_until: until, paused_because: because } = {}] = rows;
  if (!(until instanceof Date)) return;
  throw new ProviderError('unavailable', {
    operation: 'queue',
    account,
    message:
      `queue: the account ${account} rests until ${until.toISOString()} (${String(because)}), and is asked for nothing. ` +
      'Correct what made it rest and resume it, or wait. Nothing was done.',
    retryAt: until.toISOString(),
  });
}
