const day = 86_400_000;

/** The date that many days later, at the same time of day (UTC). */
export function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * day);
}

/** The date that many calendar months later (UTC); the day is cut to the length of the month that is reached. */
export function addMonths(date: Date, months: number): Date {
  const result = new Date(date);
  result.setUTCDate(1);
  result.setUTCMonth(result.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(result.getUTCFullYear(), result.getUTCMonth() + 1, 0)).getUTCDate();
  result.setUTCDate(Math.min(date.getUTCDate(), lastDay));
  return result;
}

/** The last midnight (UTC) at or before the date. */
export function midnightOf(date: Date): Date {
  return new Date(Math.floor(date.getTime() / day) * day);
}

/** The first midnight (UTC) strictly after the date. */
export function nextMidnight(date: Date): Date {
  return addDays(midnightOf(date), 1);
}

/** The later of the dates. */
export function latest(first: Date, ...others: readonly Date[]): Date {
  return others.reduce((later, date) => (date > later ? date : later), first);
}

/** `2021-08-16`, in UTC. */
export function dateOnly(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** `2021-08-16 09:30:00`, in UTC. */
export function dateAndTime(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** `2021-08-16T09:30:00+00:00`, in UTC. */
export function withOffset(date: Date): string {
  return `${date.toISOString().slice(0, 19)}+00:00`;
}

/** The instant of a text in the form of RFC 3339 (`2021-08-16T09:30:00Z`); `undefined` for anything else. */
export function parseInstant(text: unknown): Date | undefined {
  if (typeof text !== 'string' || !DATE_TIME.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Whole seconds since 1970. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
