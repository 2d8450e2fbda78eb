import type { AnyWhen, CancellationStatus, EffectiveAt } from '../contract/vocabulary.ts';
import { calendarDay, isSameWhen, whenText } from '../contract/when.ts';

/**
 * What a state that was read back shows about a cancellation with the timing `when`:
 *
 * - `as_asked`: there is one with this timing, or the service is over, which leaves no timing to differ;
 * - `timing_not_told`: there is one, with a timing that the provider does not show;
 * - `other_timing`: there is one, with another timing;
 * - `absent`: no cancellation exists, or the provider's own job for it failed;
 * - `not_told`: the state does not show whether there is one.
 */
export type Comparison = 'as_asked' | 'timing_not_told' | 'other_timing' | 'absent' | 'not_told';

/**
 * Compares a state that was read back with what was asked for.
 *
 * @param asksFor the calendar date that the write asked for, if one is known.
 */
export function compare(seen: CancellationStatus, when: AnyWhen, asksFor?: string): Comparison {
  switch (seen.state) {
    case 'completed':
      return 'as_asked';
    case 'requested':
    case 'scheduled':
      return compareTiming(seen, when, asksFor);
    case 'none':
    case 'failed':
      return 'absent';
    case 'unknown':
    // Adapters in JavaScript can return anything.
    default:
      return 'not_told';
  }
}

/** Whether a state that was read back shows the cancellation that was asked for, with or without its timing. */
export function isShown(
  seen: CancellationStatus,
  when: AnyWhen,
  asksFor: string | undefined,
): seen is CancellationStatus & { readonly state: 'requested' | 'scheduled' | 'completed' } {
  const comparison = compare(seen, when, asksFor);
  return comparison === 'as_asked' || comparison === 'timing_not_told';
}

/** Compares the timing or the effective date of a cancellation that exists with what was asked for. */
export function compareTiming(
  { when: shown, effectiveAt }: Pick<CancellationStatus, 'when' | 'effectiveAt'>,
  when: AnyWhen,
  asksFor: string | undefined,
): Extract<Comparison, 'as_asked' | 'timing_not_told' | 'other_timing'> {
  const date = typeof when === 'string' ? asksFor : when.on;
  if (shown === undefined) return compareDate(effectiveAt, date);
  if (isSameWhen(shown, when)) return 'as_asked';
  // A date and the first possible date can be the same day.
  if (typeof shown === 'object' && when === 'earliest') {
    return compareDate({ value: shown.on, precision: 'date', source: 'provider' }, date);
  }
  const isDated = shown === 'earliest' && typeof when === 'object' && effectiveAt !== undefined;
  return isDated ? compareDate(effectiveAt, date) : 'other_timing';
}

function compareDate(
  effectiveAt: EffectiveAt | undefined,
  date: string | undefined,
): 'as_asked' | 'timing_not_told' | 'other_timing' {
  const shown = effectiveAt === undefined ? undefined : dayOf(effectiveAt);
  if (effectiveAt === undefined || shown === undefined || date === undefined) return 'timing_not_told';
  if (effectiveAt.precision === 'date') return shown === date ? 'as_asked' : 'other_timing';
  // An instant lies on the provider's own day, which is that of UTC or one beside it.
  return Math.abs(Date.parse(shown) - Date.parse(date)) <= DAY_MS ? 'timing_not_told' : 'other_timing';
}

/** The day of a date, and for an instant its day in UTC; `undefined` for anything else. */
function dayOf({ value, precision }: EffectiveAt): string | undefined {
  if (precision === 'date') return calendarDay(value.slice(0, 10));
  const instant = INSTANT.test(value) ? new Date(value) : undefined;
  return instant === undefined || Number.isNaN(instant.getTime()) ? undefined : instant.toISOString().slice(0, 10);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T/;

const DAY_MS = 86_400_000;

/** The timing of a cancellation that exists, for a message; its date if the provider shows no timing. */
export function shownTiming({ when, effectiveAt }: Pick<CancellationStatus, 'when' | 'effectiveAt'>): string {
  return when === undefined ? (effectiveAt?.value ?? 'a timing that is not shown') : whenText(when);
}
