import * as v from 'valibot';
import type { Row } from '../database/database.ts';
import type { Claimed, FollowReadings, StoredRequest } from '../model/claimed.ts';
import { type FollowPlan, followPlanOf } from '../model/follow-plan.ts';
import { isFollowedState, WHEN_ABSENT } from '../model/state.ts';
import { storedError, storedResult } from './stored-outcome.ts';

/** A request out of a row, which only the queue writes. */
export const storedRequest: v.GenericSchema<unknown, StoredRequest> = v.custom<StoredRequest>(
  (value) => typeof value === 'object' && value !== null && 'account' in value && 'service' in value && 'when' in value,
);

/** A whole number, which PostgreSQL's driver gives as text if it is a `bigint`. */
export const count: v.GenericSchema<unknown, number> = v.pipe(
  v.union([v.number(), v.string(), v.bigint()]),
  v.transform(Number),
);

/**
 * Columns for a claimed cancellation, besides its own: for how long it has failed, has been unknown, and has been
 * followed, and the time.
 */
export const AGES: string = `${ageSince('first_failed_at')} AS failing_for_ms, ${ageSince('unknown_since')} AS unknown_for_ms,
  ${ageSince('followed_since')} AS followed_for_ms, extract(epoch FROM clock_timestamp())::float8 * 1000 AS now_ms`;

/** A clock that was set back makes no age negative. */
function ageSince(column: string): string {
  return `GREATEST(0, extract(epoch FROM clock_timestamp() - ${column})::float8 * 1000)`;
}

const age = v.optional(
  v.pipe(
    v.nullable(v.number()),
    v.transform((ms) => ms ?? 0),
  ),
  0,
);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** A plan, or that it is not followed, out of a row. An older version may have written it, with fewer times. */
const storedPlan = v.pipe(
  v.custom<FollowPlan | false>((value) => value === false || isObject(value)),
  v.transform((plan) => plan && followPlanOf(plan)),
);

/** What readings have shown, out of a row, which only the queue writes. */
const storedReadings = v.custom<FollowReadings>(isObject);

const schema = v.object({
  id: v.string(),
  claim: count,
  request: storedRequest,
  provider: v.string(),
  priority: v.number(),
  state: v.string(),
  tries: v.number(),
  readings: v.number(),
  failing_for_ms: age,
  unknown_for_ms: age,
  followed_for_ms: age,
  now_ms: v.optional(v.number()),
  place: v.nullable(v.string()),
  traceparent: v.nullable(v.string()),
  when_absent: v.picklist(WHEN_ABSENT),
  sent_again: v.boolean(),
  error: v.nullable(storedError),
  result: v.nullable(storedResult),
  follow: v.nullable(storedPlan),
  following: v.nullable(storedReadings),
});

/** A claimed cancellation out of its row. */
export function toClaimed(row: Row): Claimed {
  const { failing_for_ms, unknown_for_ms, followed_for_ms, now_ms, ...parsed } = v.parse(schema, row);
  const { state, place, traceparent, when_absent, sent_again, error, readings, ...others } = parsed;
  const { result, follow, following, ...rest } = others;
  const followed =
    isFollowedState(state) && result !== null
      ? { state, result, nowMs: now_ms ?? 0, sinceMs: followed_for_ms, readings: following ?? {} }
      : undefined;
  const task = state === 'unknown' ? 'read' : 'send';
  return {
    ...rest,
    task: followed === undefined ? task : 'follow',
    readBackAttempts: readings,
    failingForMs: failing_for_ms,
    unknownForMs: unknown_for_ms,
    claimedAtMs: now_ms,
    place: place ?? undefined,
    traceparent: traceparent ?? undefined,
    whenAbsent: when_absent,
    wasSentAgain: sent_again,
    error: error ?? undefined,
    result: result ?? undefined,
    follow: follow ?? undefined,
    followed,
  };
}
