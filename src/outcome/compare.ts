import type { AcceptedOutcome } from '../contract/outcome.ts';
import type { AnyWhen, CancellationStatus } from '../contract/vocabulary.ts';
import { isSameWhen } from '../contract/when.ts';

/**
 * What a state that was read back shows about a cancellation with the timing `when`:
 *
 * - `as_asked`: there is one with this timing, or the service is over, which leaves no timing to differ;
 * - `timing_not_told`: there is one, with a timing that the provider does not show;
 * - `other_timing`: there is one, with the other timing;
 * - `absent`: no cancellation exists, or the provider's own job for it failed;
 * - `not_told`: the state does not show whether there is one.
 */
export type Comparison = 'as_asked' | 'timing_not_told' | 'other_timing' | 'absent' | 'not_told';

/** Compares a state that was read back with the timing that was asked for. */
export function compare(seen: CancellationStatus, when: AnyWhen): Comparison {
  switch (seen.state) {
    case 'completed':
      return 'as_asked';
    case 'requested':
    case 'scheduled':
      if (seen.when === undefined) return 'timing_not_told';
      return isSameWhen(seen.when, when) ? 'as_asked' : 'other_timing';
    case 'none':
    case 'failed':
      return 'absent';
    case 'unknown':
      return 'not_told';
  }
}

/** Whether a state that was read back shows the cancellation that was asked for, with or without its timing. */
export function isShown(
  seen: CancellationStatus,
  when: AnyWhen,
): seen is CancellationStatus & { readonly state: AcceptedOutcome } {
  const comparison = compare(seen, when);
  return comparison === 'as_asked' || comparison === 'timing_not_told';
}
