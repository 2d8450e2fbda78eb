import type { CancelResult } from '../../contract/result.ts';
import type { CancellationStatus, EffectiveAt } from '../../contract/vocabulary.ts';
import { calendarDay, endOfDay } from '../../contract/when.ts';
import type { Claimed, Followed, Following } from '../model/claimed.ts';
import type { FollowPlan } from '../model/follow-plan.ts';

/** When the service should be over, in milliseconds since the epoch, or `undefined` if that is not known. */
export function dueOf({ result, nowMs, sinceMs }: Followed, { request }: Claimed): number | undefined {
  const told = endOf(result.effectiveAt);
  if (told !== undefined) return told;
  if (typeof request.when === 'object') return endOf({ value: request.when.on, precision: 'date', source: 'provider' });
  return request.when === 'immediate' ? nowMs - sinceMs : undefined;
}

/** When a date is over in every time zone, or an instant has passed; `undefined` for anything else. */
export function endOf(at: EffectiveAt | undefined): number | undefined {
  if (at === undefined) return undefined;
  const { value, precision } = at;
  const day = calendarDay(value.slice(0, 10));
  if (day === undefined) return undefined;
  const end = precision === 'date' ? endOfDay(day) : Date.parse(value);
  return Number.isNaN(end) ? undefined : end;
}

/**
 * The time from which a reading of a service that is not over contradicts the cancellation. A provider may name a date
 * that had passed when it accepted the cancellation, such as that of an unpaid invoice, and still has to be given time.
 */
export function firstLate(
  due: number,
  { nowMs, sinceMs, result }: Followed,
  { request }: Claimed,
  plan: FollowPlan,
): number {
  const first = nowMs - sinceMs + plan.afterMs;
  // An immediate cancellation without a date has only the first reading, which counts as the one after its date.
  const isNow = result.effectiveAt === undefined && request.when === 'immediate';
  return isNow ? first : Math.max(due + plan.afterDateMs, first);
}

/** When the last reading is due, in milliseconds since the epoch. */
export function endOfPlan({ followed: current, claimed, plan }: Following): number {
  const due = dueOf(current, claimed);
  if (due === undefined) return current.nowMs - current.sinceMs + plan.undatedForMs;
  return firstLate(due, current, claimed, plan) + plan.forMs;
}

/** Whether the end that the provider shows is later than the one that it promised. A day more can be a time zone. */
export function hasMoved({ effectiveAt: promised }: CancelResult, { effectiveAt: shown }: CancellationStatus): boolean {
  if (promised?.source !== 'provider' || shown === undefined) return false;
  const days = [promised, shown].map(({ value }) => Date.parse(calendarDay(value.slice(0, 10)) ?? ''));
  return (days[1] ?? NaN) - (days[0] ?? NaN) > 86_400_000;
}
