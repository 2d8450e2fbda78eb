import type { ErrorFacts } from '../call/call.ts';
import type { Cancellation, CancelFacts } from './cancellation.ts';
import { compare } from './compare.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import { providerWords } from './provider-words.ts';
import { rawOf, textBefore } from './raw-answer.ts';
import { type ReadBack, readIfPossible } from './read-status.ts';
import { shownTiming } from './shown-timing.ts';
import { whenText } from '../contract/when.ts';
import type { DuplicateVerdict } from '../contract/verdict.ts';
import type { CancellationStatus, AnyWhen, Warning } from '../contract/vocabulary.ts';

/** That a cancellation is there, but not which timing it has. */
export const TIMING_UNKNOWN: Warning = {
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
  { service, details, call, route }: Cancellation,
  verdict: DuplicateVerdict,
  response: ProviderResponse,
): Promise<CancelFacts> {
  const { message } = verdict;
  const { when } = details;
  const words = { providerStatus: response.status, ...providerWords(verdict) };
  call.emit({ type: 'read_back', because: 'duplicate' });
  const read = await readIfPossible(service, call, route, undefined, { afterDuplicate: true });
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
