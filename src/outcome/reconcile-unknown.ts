import { ProviderError } from '../contract/provider-error.ts';
import type { Call } from '../call/call.ts';
import type { CancellationStatus, AnyWhen } from '../contract/vocabulary.ts';
import type { Cancellation, CancelFacts } from './cancellation.ts';
import { compare, isShown } from './compare.ts';
import type { WriteInDoubt } from './judge-write.ts';
import { readIfPossible, unreadWords } from './read-status.ts';
import { TIMING_UNKNOWN } from './reconcile-duplicate.ts';

/**
 * Reads back a cancellation whose response was lost or not readable. It is never sent again.
 *
 * A cancellation that is found settles it. That none is found settles it only where the provider is known to be done
 * with the request (`ifAbsent`): after a lost answer it may still be at work.
 *
 * @throws ProviderError `outcome_unknown`, with `lastSeen` where the state could be read
 */
export async function reconcileUnknown(
  { service, details, call, route }: Cancellation,
  { error: doubt, ifAbsent }: WriteInDoubt,
): Promise<CancelFacts> {
  if (service.status?.() === undefined || doubt.reason === 'aborted' || route.limit.end !== undefined) throw doubt;
  call.emit({ type: 'read_back', because: doubt.reason ?? 'provider_error' });
  const seen = await readIfPossible(service, call, route);
  if (seen === undefined) throw withAttempts(doubt, call, undefined);
  if (typeof seen === 'string') {
    if (seen === 'gone' && call.serviceSeen) return GONE;
    throw withAttempts(doubt, call, 'absent');
  }
  if (seen.state === 'none' && ifAbsent !== undefined) {
    call.writeHadNoEffect();
    throw call.error(ifAbsent);
  }
  const found = confirmsCancellation(seen, details.when, call.asksFor);
  if (found === undefined) throw withAttempts(doubt, call, seen);
  return found;
}

/** This call has read the service, has sent its write, and now the service is gone. */
const GONE: CancelFacts = { outcome: 'completed', reconciled: true, warnings: [], raw: null };

/** Said where a read-back after a lost answer finds no service, which can be the effect of the cancellation. */
export const NO_SUCH_SERVICE: string =
  'Read back afterwards: absent. The provider has no such service: either the cancellation took effect, or the id was ' +
  'wrong from the start. If the service existed before, it is over.';

/**
 * What a read-back after a lost answer proves, or `undefined` where it does not show the cancellation that was sent.
 *
 * @param asksFor the calendar date that the write asked for, if one is known.
 */
export function confirmsCancellation(
  seen: CancellationStatus,
  when: AnyWhen,
  asksFor?: string,
): Omit<CancelFacts, 'providerReference'> | undefined {
  // One with another timing is not the one that was sent, which may have been refused, or still be in flight.
  if (!isShown(seen, when, asksFor)) return undefined;
  const { state, effectiveAt } = seen;
  return {
    outcome: state,
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
    existing: seen,
    reconciled: true,
    warnings: compare(seen, when, asksFor) === 'as_asked' ? [] : [TIMING_UNKNOWN],
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
