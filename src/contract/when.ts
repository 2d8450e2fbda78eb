import { type AnyWhen, TIMINGS, type Timing } from './vocabulary.ts';

/** The timing that a `when` belongs to: a date is `on_date`. */
export function timingOf(when: AnyWhen): Timing {
  return typeof when === 'string' ? when : 'on_date';
}

/** A `when` as text, for command lines, lists and messages: its timing, or its date. */
export function whenText(when: AnyWhen): string {
  return typeof when === 'string' ? when : when.on;
}

/** The words of {@link whenText} that are no date. */
export const WHEN_WORDS: readonly string[] = TIMINGS.filter((timing) => timing !== 'on_date');

/** Reads what {@link whenText} writes; `undefined` for anything else. */
export function parseWhen(text: string): AnyWhen | undefined {
  const timing = TIMINGS.find((one) => one === text);
  if (timing !== undefined) return timing === 'on_date' ? undefined : timing;
  const on = calendarDay(text);
  return on === undefined ? undefined : { on };
}

/** Whether two ask for the same. */
export function isSameWhen(one: AnyWhen, other: AnyWhen): boolean {
  return whenText(one) === whenText(other);
}

/** When a day is over everywhere on Earth (its end at UTC−12), in milliseconds since the epoch. */
export function endOfDay(day: string): number {
  return Date.parse(day) + 36 * 3_600_000;
}

/** Returns the text if it is a day of the calendar, such as `2026-12-31`; otherwise `undefined`. */
export function calendarDay(text: string | null | undefined): string | undefined {
  const day = /^[1-9]\d{3}-\d{2}-\d{2}$/.exec(text ?? '')?.[0];
  const parsed = day === undefined ? Number.NaN : Date.parse(day);
  // The parser takes 30 February for 2 March.
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().slice(0, 10) === day ? day : undefined;
}

/** Some `when` of a timing, for a check that needs one and sends nothing. */
export function exampleOf(timing: Timing): AnyWhen {
  return timing === 'on_date' ? { on: '2099-12-31' } : timing;
}
