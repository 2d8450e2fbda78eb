import { calendarDay } from '../contract/when.ts';

/**
 * Returns an instant in UTC (`2026-12-31T23:59:59.500000Z`, with any number of decimals) in the form of
 * `Date.prototype.toISOString`; `undefined` for any other text. Digits beyond the millisecond are cut off.
 */
export function utcInstant(text: string | null | undefined): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,3})\d*)?Z$/.exec(text ?? '');
  if (match === null || calendarDay(match[1]) === undefined) return undefined;
  const parsed = Date.parse(`${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(3, '0')}Z`);
  return Number.isNaN(parsed) ? undefined : new Date(parsed).toISOString();
}
