import * as v from 'valibot';
import type { Claimed, StoredRequest } from './claimed.ts';
import type { Row } from './database.ts';
import { storedError } from './stored-outcome.ts';

/** A time as the driver gives it, in milliseconds since the epoch. */
export const time: v.GenericSchema<unknown, number | undefined> = v.pipe(
  v.nullable(v.date()),
  v.transform((date) => date?.getTime()),
);

/** A request out of a row, which only the queue writes. */
export const storedRequest: v.GenericSchema<unknown, StoredRequest> = v.custom<StoredRequest>(
  (value) => typeof value === 'object' && value !== null && 'account' in value && 'service' in value && 'when' in value,
);

/** A whole number, which PostgreSQL's driver gives as text where it is a `bigint`. */
export const count: v.GenericSchema<unknown, number> = v.pipe(
  v.union([v.number(), v.string(), v.bigint()]),
  v.transform(Number),
);

const schema = v.object({
  id: v.string(),
  claim: count,
  request: storedRequest,
  provider: v.string(),
  priority: v.number(),
  state: v.string(),
  tries: v.number(),
  readings: v.number(),
  first_failed_at: time,
  unknown_since: time,
  error: v.nullable(storedError),
});

/** A claimed cancellation out of its row. */
export function toClaimed(row: Row): Claimed {
  const { first_failed_at, unknown_since, state, error, ...rest } = v.parse(schema, row);
  return {
    ...rest,
    task: state === 'unknown' ? 'read' : 'send',
    firstFailedAt: first_failed_at,
    unknownSince: unknown_since,
    error: error ?? undefined,
  };
}
