import { ProviderError } from '../contract/provider-error.ts';
import type { Call } from '../call/call.ts';
import type { CancellationStatus, When } from '../contract/vocabulary.ts';
import type { Cancellation, CancelFacts } from './cancellation.ts';
import { compare, isShown } from './compare.ts';
import type { WriteInDoubt } from './judge-write.ts';
import { readIfPossible, unreadWords } from './read-status.ts';
import { TIMING_UNKNOWN } from './reconcile-duplicate.ts';

/**
 * Reads back a cancellation whose response was lost or not readable. It is never sent again.
 *
 * A cancellation that is found settles it. That none is found settles it only if the provider is known to be done
 * with the request (`ifAbsent`): after a lost answer it may still be at work.
 *
 * @throws ProviderError `outcome_unknown`, with `lastSeen` if the state could be read
 */
export async function reconcileUnknown(
  { adapter, details, call, context }: Cancellation,
  { error: doubt, ifAbsent }: WriteInDoubt,
): Promise<CancelFacts> {
  if (adapter.status?.() === undefined || doubt.reason === 'aborted' || context.limit.end !== undefined) throw doubt;
  call.emit({ type: 'read_back', because: doubt.reason ?? 'provider_error' });
  const seen = await readIfPossible(adapter, call, context);
  if (seen === undefined) throw withAttempts(doubt, call, undefined);
  if (seen !== 'absent' && seen.state === 'none' && ifAbsent !== undefined) {
    call.writeHadNoEffect();
    throw call.error(ifAbsent);
  }
  const found = seen === 'absent' ? undefined : confirmsCancellation(seen, details.when);
  if (found === undefined) throw withAttempts(doubt, call, seen);
  return found;
}

/** Said if a read-back after a lost answer finds no service, which can be the effect of the cancellation. */
export const NO_SUCH_SERVICE: string =
  'Read back afterwards: absent. The provider has no such service: either the cancellation took effect, or the id was ' +
  'wrong from the start. If the service existed before, it is over.';

/** What a read-back after a lost answer proves, or `undefined` if it does not show the cancellation that was sent. */
export function confirmsCancellation(
  seen: CancellationStatus,
  when: When,
): Omit<CancelFacts, 'providerReference'> | undefined {
  // One with another timing is not the one that was sent, which may have been refused, or still be in flight.
  if (!isShown(seen, when)) return undefined;
  const { state, effectiveAt } = seen;
  return {
    outcome: state,
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
    existing: seen,
    reconciled: true,
    warnings: compare(seen, when) === 'as_asked' ? [] : [TIMING_UNKNOWN],
    raw: seen.raw,
  };
}

function withAttempts(
  doubt: ProviderError,
  call: Call,
  seen: CancellationStatus | 'absent' | undefined,
): ProviderError {
  const { attempts, readBackRefusal } = call;
  if (seen === 'absent') {
    const message = `${doubt.message} ${NO_SUCH_SERVICE}`;
    return new ProviderError('outcome_unknown', { ...doubt, message, attempts, lastSeen: 'absent' });
  }
  const words = seen === undefined ? unreadWords(call) : `Read back afterwards: ${seen.state}.`;
  return new ProviderError('outcome_unknown', {
    ...doubt,
    message: `${doubt.message} ${words}`,
    attempts,
    lastSeen: seen?.state,
    readBackRefusal: seen === undefined ? readBackRefusal?.code : undefined,
    existing: seen?.state === 'none' ? undefined : seen,
  });
}
