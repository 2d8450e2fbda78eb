import type { ProviderResponse } from '../contract/exchange.ts';
import type { CancellationStatus, EffectiveAt } from '../contract/vocabulary.ts';
import { endOfDay } from '../contract/when.ts';
import { dateIn } from '../sending/retry-after.ts';

/**
 * Returns the state that a status may claim. If its date has passed and the provider does not say that the service is
 * over, the cancellation is `requested` (the provider still has to act on it), and it is not known whether it can still
 * be undone.
 */
export function withoutPastSchedule(status: CancellationStatus, response: ProviderResponse): CancellationStatus {
  const { state, effectiveAt } = status;
  if ((state !== 'scheduled' && state !== 'requested') || !hasPassed(effectiveAt, response)) return status;
  return { ...status, state: 'requested', revocable: false };
}

/**
 * Whether a date has passed, by the clock of the provider (the response's `Date` header), or by the clock of this
 * machine if there is no such header. A date without a time has passed only once the day is over everywhere.
 */
export function hasPassed(
  effectiveAt: EffectiveAt | undefined,
  { headers }: ProviderResponse,
  now: number = Date.now(),
): boolean {
  // `Date.parse` alone takes almost any text for a date.
  if (effectiveAt === undefined || !ISO_DATE.test(effectiveAt.value)) return false;
  const end = effectiveAt.precision === 'date' ? endOfDay(effectiveAt.value) : Date.parse(effectiveAt.value);
  return end <= (dateIn(headers['date'] ?? '') ?? now);
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:T|$)/;
