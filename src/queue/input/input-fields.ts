import * as v from 'valibot';
import { onlyFields } from '../../call/only-fields.ts';
import type { FollowOption } from '../model/follow-plan.ts';
import { type WhenAbsent, WHEN_ABSENT } from '../model/state.ts';

/** Who asks or decides. */
export const by: v.GenericSchema<unknown, string> = name('who asks, in 1 to 128 characters without control characters');

/** The id of a cancellation. */
export const id: v.GenericSchema<unknown, string> = name('an id of 1 to 128 characters without control characters');

const ISO_TIME = 'a Date, or a time in ISO 8601 with its zone, such as 2027-01-01T00:00:00Z';

/** A time, as ISO 8601 in UTC. */
export const moment: v.GenericSchema<unknown, string> = v.pipe(
  v.union([v.date(ISO_TIME), v.pipe(v.string(ISO_TIME), v.check(isIsoTime, ISO_TIME))], ISO_TIME),
  v.transform((value) => new Date(value)),
  v.check((date) => date.getTime() < Date.UTC(3000, 0), 'a time before the year 3000'),
  v.transform((date) => date.toISOString()),
);

/** What a person writes beside a decision. */
export const note: v.GenericSchema<unknown, string> = v.pipe(
  v.string('a text of up to 1,000 characters'),
  v.maxLength(1_000, 'a text of up to 1,000 characters'),
  // PostgreSQL's text holds everything but this one.
  v.check((text) => text.isWellFormed() && !text.includes('\0'), 'well-formed text'),
);

/** What happens if the last read-back does not find a cancellation. */
export const whenAbsent: v.GenericSchema<unknown, WhenAbsent> = v.picklist(WHEN_ABSENT, 'refuse or send_again');

const TEN_YEARS_MS = 3_650 * 86_400_000;
const FOLLOW = 'true, false, or an object of times in milliseconds';
const A_DURATION = 'a positive number of milliseconds, of ten years at most';
const FOLLOW_MS = v.optional(duration(A_DURATION));
const BEFORE_DATE = 'a list of up to 20 times in milliseconds';

/** How what the provider accepted is followed. */
export const follow: v.GenericSchema<unknown, FollowOption> = v.union(
  [
    v.boolean(FOLLOW),
    onlyFields({
      afterMs: FOLLOW_MS,
      beforeDateMs: v.optional(v.pipe(v.array(duration(A_DURATION), BEFORE_DATE), v.maxLength(20, BEFORE_DATE))),
      afterDateMs: FOLLOW_MS,
      everyMs: FOLLOW_MS,
      forMs: FOLLOW_MS,
      undatedEveryMs: FOLLOW_MS,
      undatedForMs: FOLLOW_MS,
    }),
  ],
  FOLLOW,
);

/** What ends a call early. */
export const signal: v.GenericSchema<unknown, AbortSignal> = v.custom<AbortSignal>(
  (value) => value instanceof AbortSignal,
  'an AbortSignal',
);

/** A positive number that fits a timer. */
export function positive(expected: string): v.GenericSchema<unknown, number> {
  return v.pipe(v.number(expected), v.finite(expected), v.gtValue(0, expected), v.maxValue(2 ** 31 - 1, expected));
}

/** A positive number of milliseconds that need not fit a timer: the database counts them. */
function duration(expected: string): v.GenericSchema<unknown, number> {
  return v.pipe(v.number(expected), v.finite(expected), v.gtValue(0, expected), v.maxValue(TEN_YEARS_MS, expected));
}

/** A whole number from `least` to `most`. */
export function whole(expected: string, least: number, most: number): v.GenericSchema<unknown, number> {
  return v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(least, expected), v.maxValue(most, expected));
}

function name(expected: string): v.GenericSchema<unknown, string> {
  return v.pipe(
    v.string(expected),
    v.minLength(1, expected),
    v.maxLength(128, expected),
    v.regex(/^\P{Cc}*$/u, expected),
    v.check((text) => text.isWellFormed(), expected),
  );
}

// The constructor of Date alone takes almost anything that holds a number, and makes a day of March of 30 February.
function isIsoTime(text: string): boolean {
  const [, day] = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(day).toISOString().startsWith(day);
}
