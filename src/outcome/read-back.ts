import type { Call, ErrorFacts } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import { ProviderError } from '../contract/provider-error.ts';
import type { DuplicateVerdict } from '../contract/verdict.ts';
import type { CancellationStatus, AnyWhen, Warning } from '../contract/vocabulary.ts';
import { whenText } from '../contract/when.ts';
import { providerWords } from '../sending/judge-no.ts';
import type { Cancellation, CancelFacts } from './cancellation.ts';
import { compare, isShown, shownTiming } from './compare.ts';
import { type WriteInDoubt, rawOf, textBefore } from './judge-write.ts';
import { readIfPossible, unreadWords, type ReadBack } from './read-status.ts';

/**
 * Reads back a cancellation whose response was lost or not readable. It is never sent again.
 *
 * A cancellation that is found settles the outcome. Finding none settles it only if the provider has certainly finished
 * with the request (`ifAbsent`): after a lost response it may still be working on it.
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

/** Said if a read-back after a lost response finds no service, which can be the effect of the cancellation. */
export const NO_SUCH_SERVICE: string =
  'Read back afterwards: absent. The provider has no such service: either the cancellation took effect, or the id was ' +
  'wrong from the start. If the service existed before, it is over.';

/**
 * What a read-back after a lost response proves, or `undefined` if it does not show the cancellation that was sent.
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

/** That a cancellation is there, but not which timing it has. */
const TIMING_UNKNOWN: Warning = {
  code: 'timing_unknown',
  message: 'A cancellation of this service exists; whether it has the timing asked for could not be read.',
};

const NONE_IN_FORCE = 'No cancellation is in force.';
const NONE_FOUND = 'But none could be found when it was read back. Look at the service in the provider’s client area.';

/**
 * The provider has a cancellation of this service already: whether the caller's goal holds depends on which.
 *
 * @throws ProviderError `timing_conflict` or `not_cancellable`
 */
export async function reconcileDuplicate(
  { adapter, details, call, context }: Cancellation,
  verdict: DuplicateVerdict,
  response: ProviderResponse,
): Promise<CancelFacts> {
  const { message } = verdict;
  const { when } = details;
  const words = { providerStatus: response.status, ...providerWords(verdict) };
  call.emit({ type: 'read_back', because: 'duplicate' });
  const read = await readIfPossible(adapter, call, context, undefined, { afterDuplicate: true });
  const existing = typeof read === 'string' ? undefined : read;
  const comparison = existing === undefined ? 'not_told' : compare(existing, when, call.asksFor);
  if (comparison === 'absent') {
    throw call.error({
      ...words,
      code: 'not_cancellable',
      message: `${message} ${verdict.ambiguous ? NONE_IN_FORCE : NONE_FOUND}`,
    });
  }
  if (comparison === 'not_told' && verdict.ambiguous) {
    throw call.error({ ...words, code: 'not_cancellable', message: `${message} ${unshown(read)}` });
  }
  if (existing !== undefined && comparison === 'other_timing')
    throw call.error({ ...words, ...conflict(existing, when, call.asksFor) });
  return {
    outcome: 'already_cancelled',
    ...(existing === undefined ? {} : { existing }),
    ...(existing?.effectiveAt === undefined ? {} : { effectiveAt: existing.effectiveAt }),
    reconciled: false,
    warnings: [...(comparison === 'as_asked' ? [] : [TIMING_UNKNOWN]), ...textBefore(response)],
    raw: rawOf(response, call),
  };
}

/**
 * The failure if a cancellation with another timing exists.
 *
 * @param asksFor the calendar date that the write asked for, if one is known.
 */
export function conflict(existing: CancellationStatus, when: AnyWhen, asksFor: string | undefined): ErrorFacts {
  const { when: shown, effectiveAt } = existing;
  const isTiming = typeof shown === 'string';
  const asked = typeof when === 'object' || asksFor === undefined ? whenText(when) : `${whenText(when)} (${asksFor})`;
  const message =
    `a cancellation of this service exists already, ${isTiming ? 'with the timing' : 'for'} ${shownTiming(existing)} ` +
    `instead of ${asked}.${isTiming && effectiveAt !== undefined ? ` Its date is ${effectiveAt.value}.` : ''}`;
  return { code: 'timing_conflict', existing, message };
}

function unshown(read: ReadBack): string {
  if (read === undefined) return 'Its state could not be read back.';
  if (typeof read === 'string') return 'Read back afterwards, the provider has no such service.';
  return 'Read back afterwards, its state does not show a cancellation. Look at the service in the provider’s client area.';
}

/**
 * Reads an accepted cancellation back. What was accepted stays accepted, even if the reading fails; only the
 * provider's own word that its job failed turns it around.
 *
 * @throws ProviderError `rejected` if the provider's own job failed
 */
export async function verifyAccepted(
  { adapter, details, call, context }: Cancellation,
  accepted: CancelFacts,
): Promise<CancelFacts> {
  if (adapter.status?.() === undefined) return withWarning(accepted, 'it cannot be read back over the API');
  call.emit({ type: 'read_back', because: 'verify' });
  const seen = await readIfPossible(adapter, call, context, accepted.providerReference);
  if (seen === undefined) return withWarning(accepted, 'it could not be read back');
  // Its own write was accepted, and the provider has no such service any more.
  if (seen === 'gone') return { ...withoutDate(accepted), outcome: 'completed' };
  if (seen === 'absent') return withWarning(accepted, 'read back, the provider has no such service');
  if (seen.state === 'failed') {
    call.writeHadNoEffect();
    const message = 'the cancellation was accepted, and then the provider’s own job failed: nothing was cancelled.';
    throw call.error({ code: 'rejected', message });
  }
  if (!isShown(seen, details.when, call.asksFor)) {
    const isOther = compare(seen, details.when, call.asksFor) === 'other_timing';
    const what = isOther ? `its timing was: ${shownTiming(seen)}` : `its state was: ${seen.state}`;
    return withWarning(accepted, `read back, ${what}`);
  }
  const { state, effectiveAt } = seen;
  return { ...accepted, outcome: state, ...(effectiveAt === undefined ? {} : { effectiveAt }), existing: seen };
}

function withWarning(accepted: CancelFacts, what: string): CancelFacts {
  const warning: Warning = { code: 'not_verified', message: `The provider accepted the cancellation, but ${what}.` };
  return { ...accepted, warnings: [...accepted.warnings, warning] };
}

function withoutDate(accepted: CancelFacts): CancelFacts {
  const { effectiveAt: _, ...facts } = accepted;
  return facts;
}
