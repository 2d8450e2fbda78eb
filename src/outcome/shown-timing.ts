import type { CancellationStatus } from '../contract/vocabulary.ts';
import { whenText } from '../contract/when.ts';

/** The timing of a cancellation that exists, for a message; its date if the provider shows no timing. */
export function shownTiming({ when, effectiveAt }: Pick<CancellationStatus, 'when' | 'effectiveAt'>): string {
  return when === undefined ? (effectiveAt?.value ?? 'a timing that is not shown') : whenText(when);
}
