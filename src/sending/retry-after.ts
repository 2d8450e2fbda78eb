import type { ProviderResponse } from '../contract/exchange.ts';

/**
 * Milliseconds that a response asks to wait by its `Retry-After` header, or `undefined` without the header.
 *
 * Accepted forms: seconds (also `30.0`), a number with a unit (`30s`, `2 minutes`), an HTTP date in any of its three
 * forms (RFC 9110, section 5.6.7) or an ISO date, with text around it; of several values the longest wait. A date is
 * measured against the response's own `Date` header, so that neither clock has to be right, and without one against the
 * clock of this machine. What cannot be read, is negative, lies more than a year ahead, or is a date that is over by a
 * clock other than the provider's own counts as {@link UNREADABLE_WAIT_MS}: the provider did ask for a wait.
 */
export function retryWaitOf({ headers }: ProviderResponse, now: number = Date.now()): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const sentAt = dateIn(headers['date'] ?? '');
  const waits: number[] = [];
  const rest = text.replace(DATES, (date) => {
    const time = Date.parse(inUtc(date));
    const wait = time - (sentAt ?? now);
    waits.push(sentAt !== undefined && wait < 0 ? 0 : wait);
    return ' ';
  });
  for (const [, number = '', unit = 's'] of rest.matchAll(NUMBERS)) waits.push(Number(number) * millisecondsOf(unit));
  // A clock time that belongs to no date that can be read.
  if (/\d:\d/.test(rest)) return UNREADABLE_WAIT_MS;
  const longest = Math.max(...waits);
  const isReadable = waits.length > 0 && waits.every((wait) => wait >= 0 && wait <= LONGEST_MS);
  return isReadable ? Math.round(longest) : UNREADABLE_WAIT_MS;
}

/** Milliseconds that are waited for if a provider asks for a wait and does not say, readably, for how long. */
export const UNREADABLE_WAIT_MS = 30_000;

// Beyond a year the header is nonsense, and dates would overflow.
const LONGEST_MS = 366 * 24 * 3_600_000;

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const CLOCK = '\\d{2}:\\d{2}:\\d{2}';
const DATES = new RegExp(
  [
    `${DAY}, \\d{2} [A-Z][a-z]{2} \\d{4} ${CLOCK} (?:GMT|UTC)(?![+-])`,
    `${DAY}[a-z]{3,6}, \\d{2}-[A-Z][a-z]{2}-\\d{2} ${CLOCK} GMT(?![+-])`,
    `${DAY} [A-Z][a-z]{2} [ \\d]\\d ${CLOCK} \\d{4}`,
    `\\d{4}-\\d{2}-\\d{2}T${CLOCK}(?:\\.\\d{1,9})?(?:Z|[+-]\\d{2}:?\\d{2})`,
  ].join('|'),
  'g',
);

// Neither a part of a word or of another number, nor negative.
const NUMBERS =
  /(?<![\w.:+-])(\d{1,12}(?:\.\d{1,9})?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)?(?![\w:]|\.\d|-\d)/gi;

function millisecondsOf(unit: string): number {
  const name = unit.toLowerCase();
  if (name.startsWith('ms') || name.startsWith('milli')) return 1;
  if (name.startsWith('m')) return 60_000;
  return name.startsWith('h') ? 3_600_000 : 1_000;
}

/** The time of the first HTTP or ISO date in a text, in milliseconds since the epoch. */
export function dateIn(text: string): number | undefined {
  const [date] = text.match(DATES) ?? [];
  const time = date === undefined ? NaN : Date.parse(inUtc(date));
  return Number.isNaN(time) ? undefined : time;
}

/** The asctime form names no time zone, and is in UTC. */
function inUtc(date: string): string {
  return /\d{4}$/.test(date) && !date.includes('T') ? `${date} GMT` : date;
}
