import * as v from 'valibot';
import { traceparent } from '../../call/check-options.ts';
import { onlyFields } from '../../call/only-fields.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import type { QueryClient } from '../database/database.ts';
import type { Checked } from '../model/checked.ts';
import type { FollowOption } from '../model/follow-plan.ts';
import type { WhenAbsent } from '../model/state.ts';
import { by, follow, id, moment, whenAbsent, whole } from './input-fields.ts';

const optional = v.optional;

/** What a transaction of the caller's own has to be able to do. */
const transaction = v.custom<QueryClient>(
  (value) => typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'function',
  'a client with a query method, as pg and PGlite have it',
);

const placing = {
  notBefore: optional(moment),
  priority: optional(whole('a whole number from -1000 to 1000', -1_000, 1_000)),
  by: optional(by),
  whenAbsent: optional(whenAbsent),
  traceparent: optional(traceparent),
  follow: optional(follow),
  propose: optional(v.boolean('true or false')),
};

function isSigned<Placing extends CheckedPlacing>(): v.CheckAction<Placing, string> {
  return v.check(
    ({ propose, by: proposer }) => propose !== true || proposer !== undefined,
    'with `propose`, also `by`: who proposes it',
  );
}

/** Where a cancellation is put in the queue. */
export interface Placing {
  /**
   * Idempotency key. Enqueueing the same request with the same id more than once creates only one entry. 1 to 128
   * characters. Default: a new UUID.
   */
  readonly id?: string | undefined;
  /** Not taken up before this time: a `Date`, or ISO 8601 with its zone (`2026-05-01T10:00Z`) or a day (in UTC). */
  readonly notBefore?: Date | string | undefined;
  /** From -1000 to 1000; the higher comes first, within its account. Default 0. */
  readonly priority?: number | undefined;
  /** Who asks for it, for the audit trail. */
  readonly by?: string | undefined;
  /** What happens if it becomes unknown and the last read-back does not find it. Default: the queue's. */
  readonly whenAbsent?: WhenAbsent | undefined;
  /**
   * The trace context that asks for it (`traceparent` of W3C Trace Context). Kept in the row, and given to the call
   * that carries it out, so that a tracer can link the two. Default: none.
   */
  readonly traceparent?: string | undefined;
  /** Whether, and when, it is read again once the provider has accepted it. Default: as the queue that works on it. */
  readonly follow?: FollowOption | undefined;
  /**
   * Only proposes it: no worker takes it until a person other than `by`, which is required, approves it. Default
   * `false`.
   */
  readonly propose?: boolean | undefined;
}

/** Options of `enqueue` and `enqueueMany`. */
export interface TransactionOption {
  /**
   * A transaction of the caller's own in the same PostgreSQL database, as a client of `pg`: enqueued if and when it is
   * committed. It has to be rolled back if the call throws.
   */
  readonly transaction?: QueryClient | undefined;
}

/** {@link Placing}, checked. */
export type CheckedPlacing = Checked<Placing>;

/** Checks the options of `enqueue`. */
export const enqueueSchema: StandardSchema<unknown, CheckedPlacing & TransactionOption> = v.pipe(
  v.optional(v.unknown(), {}),
  onlyFields({ id: optional(id), ...placing, transaction: optional(transaction) }),
  isSigned(),
);

/** One of the items of `enqueueMany`; its request is for the service to check. */
export interface CheckedItem extends CheckedPlacing {
  readonly request: unknown;
}

/** Checks one of the items of `enqueueMany`. */
export const itemSchema: StandardSchema<unknown, CheckedItem> = v.pipe(
  v.unknown(),
  onlyFields({ request: v.unknown(), id: optional(id), ...placing }),
  isSigned(),
);

/** Checks the options of `enqueueMany`. */
export const enqueueManySchema: StandardSchema<unknown, TransactionOption> = v.pipe(
  v.optional(v.unknown(), {}),
  onlyFields({ transaction: optional(transaction) }),
);
