import * as v from 'valibot';
import { traceparent } from '../../call/check-options.ts';
import { only } from '../../call/issue-text.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import type { QueryClient } from '../database/database.ts';
import type { WhenAbsent } from '../model/state.ts';
import type { FollowOption } from '../model/follow-plan.ts';
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
export interface CheckedPlacing {
  readonly id?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly priority?: number | undefined;
  readonly by?: string | undefined;
  readonly whenAbsent?: WhenAbsent | undefined;
  readonly traceparent?: string | undefined;
  readonly follow?: FollowOption | undefined;
  readonly propose?: boolean | undefined;
}

/** The options of `enqueue`. */
export interface CheckedEnqueue extends CheckedPlacing {
  readonly transaction?: QueryClient | undefined;
}

/** Checks the options of `enqueue`. */
export const enqueueSchema: StandardSchema<unknown, CheckedEnqueue> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject(
    { id: optional(id), ...placing, transaction: optional(transaction) },
    only('id', 'notBefore', 'priority', 'by', 'whenAbsent', 'traceparent', 'follow', 'propose', 'transaction'),
  ),
  isSigned(),
);

/** One of the items of `enqueueMany`; its request is for the service to check. */
export interface CheckedItem extends CheckedPlacing {
  readonly request: unknown;
}

/** Checks one of the items of `enqueueMany`. */
export const itemSchema: StandardSchema<unknown, CheckedItem> = v.pipe(
  v.unknown(),
  v.strictObject(
    { request: v.unknown(), id: optional(id), ...placing },
    only('request', 'id', 'notBefore', 'priority', 'by', 'whenAbsent', 'traceparent', 'follow', 'propose'),
  ),
  isSigned(),
);

/** Checks the options of `enqueueMany`. */
export const enqueueManySchema: StandardSchema<unknown, Pick<CheckedEnqueue, 'transaction'>> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject({ transaction: optional(transaction) }, only('transaction')),
);
