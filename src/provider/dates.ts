import type { ProviderResponse } from '../contract/exchange.ts';
import type { EffectiveAt } from '../contract/vocabulary.ts';
import { calendarDay } from '../contract/when.ts';
import { dateIn } from '../sending/retry-after.ts';

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

/**
 * Returns the {@link EffectiveAt} of a date that the provider states: a day (`2026-12-31`) or an instant with any
 * offset (`2026-12-31T23:59:59+01:00`, RFC 3339), which is given in UTC; `undefined` for any other text.
 */
export function effectiveAt(text: string | null | undefined): EffectiveAt | undefined {
  const day = calendarDay(text);
  if (day !== undefined) return { value: day, precision: 'date', source: 'provider' };
  const [, local = '', sign, hours = '', minutes = ''] = INSTANT.exec(text ?? '') ?? [];
  const inUtc = utcInstant(`${local}Z`);
  if (inUtc === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  const value = utcInstant(new Date(Date.parse(inUtc) - offset).toISOString());
  return value === undefined ? undefined : { value, precision: 'instant', source: 'provider' };
}

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?:Z|([+-])(\d{2}):(\d{2}))$/;

/**
 * Returns the day in UTC on which a provider answered, by the `Date` header of the response; `undefined` if that header
 * is missing or unreadable. An adapter has no clock of its own, and the provider counts by the provider's.
 */
export function answeredOn({ headers }: Pick<ProviderResponse, 'headers'>): string | undefined {
  const at = dateIn(headers['date'] ?? '');
  return at === undefined ? undefined : calendarDay(new Date(at).toISOString().slice(0, 10));
}
