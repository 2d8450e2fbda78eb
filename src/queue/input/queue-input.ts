import * as v from 'valibot';
import { traceparent } from '../../call/check-options.ts';
import { only } from '../../call/issue-text.ts';
import { calendarDay } from '../../contract/when.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import type { QueryClient } from '../database/database.ts';
import { type WhenAbsent, QUEUE_STATES, type QueueState, type Resolution, RESOLUTIONS } from '../model/state.ts';
import type { FollowOption } from '../model/follow-plan.ts';
import { by, follow, id, moment, note, positive, signal, whenAbsent, whole } from './input-fields.ts';

const optional = v.optional;

/** The id that `get`, `wait` and the decisions are about. */
export const idSchema: StandardSchema<unknown, string> = v.pipe(v.unknown(), id);

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

/** The options of `work`. */
export interface CheckedWork {
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly stopWhenIdle?: boolean | undefined;
}

/** Checks the options of `work`. */
export const workSchema: StandardSchema<unknown, CheckedWork> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject(
    {
      concurrency: optional(whole('a whole number from 1 to 1000', 1, 1_000)),
      signal: optional(signal),
      stopWhenIdle: optional(v.boolean('true or false')),
    },
    only('concurrency', 'signal', 'stopWhenIdle'),
  ),
);

/** The timings that `list` tells apart: any date is `date`. */
export const LISTED_TIMINGS = ['immediate', 'end_of_period', 'end_of_term', 'earliest', 'date'] as const;

const TEXT = 'a text of 1 to 256 characters';

/** The filter of `list`. */
export interface CheckedList {
  readonly state?: QueueState | undefined;
  readonly states?: readonly QueueState[] | undefined;
  readonly account?: string | undefined;
  readonly needsPerson?: boolean | undefined;
  readonly text?: string | undefined;
  readonly by?: string | undefined;
  readonly when?: (typeof LISTED_TIMINGS)[number] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly order?: 'oldest' | 'newest' | undefined;
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

const state = v.picklist(QUEUE_STATES, `one of ${QUEUE_STATES.join(', ')}`);

/** Checks the filter of `list`. */
export const listSchema: StandardSchema<unknown, CheckedList> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject(
    {
      state: optional(state),
      states: optional(
        v.pipe(
          v.array(state, 'a list of states'),
          v.minLength(1, 'at least one state'),
          v.maxLength(100, 'each state once'),
          v.transform((states) => [...new Set(states)]),
        ),
      ),
      account: optional(v.string('the name of an account')),
      needsPerson: optional(v.boolean('true or false')),
      text: optional(
        v.pipe(
          v.string(TEXT),
          v.maxLength(256, TEXT),
          v.check((text) => text.isWellFormed(), 'well-formed text'),
          v.trim(),
          v.minLength(1, TEXT),
        ),
      ),
      by: optional(by),
      when: optional(v.picklist(LISTED_TIMINGS, `one of ${LISTED_TIMINGS.join(', ')}`)),
      since: optional(moment),
      until: optional(moment),
      order: optional(v.picklist(['oldest', 'newest'], 'oldest or newest')),
      limit: optional(whole('a whole number from 1 to 10000', 1, 10_000)),
      after: optional(id),
    },
    only(
      'state',
      'states',
      'account',
      'needsPerson',
      'text',
      'by',
      'when',
      'since',
      'until',
      'order',
      'limit',
      'after',
    ),
  ),
);

/** Where a reader of the feed stands: behind the change at a position, which has this key. */
export interface Cursor {
  readonly position: number;
  /** `undefined`: at the beginning of the feed. */
  readonly key: string | undefined;
}

/** The options of `changes`. */
export interface CheckedChanges {
  readonly after?: Cursor | 'latest' | undefined;
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const CURSOR = 'a cursor that changes returned, or latest';

const cursor = v.pipe(
  v.string(CURSOR),
  v.regex(/^(?:0|[1-9]\d{0,14}-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/, CURSOR),
  v.transform((text): Cursor => {
    const at = text.indexOf('-');
    return at === -1
      ? { position: Number(text), key: undefined }
      : { position: Number(text.slice(0, at)), key: text.slice(at + 1) };
  }),
);

/** Checks the options of `changes`. */
export const changesSchema: StandardSchema<unknown, CheckedChanges> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject(
    {
      after: optional(v.union([v.literal('latest'), cursor], CURSOR)),
      limit: optional(whole('a whole number from 1 to 10000', 1, 10_000)),
      signal: optional(signal),
    },
    only('after', 'limit', 'signal'),
  ),
);

/** The options of `wait`. */
export interface CheckedWait {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Checks the options of `wait`. */
export const waitSchema: StandardSchema<unknown, CheckedWait> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject(
    { signal: optional(signal), timeoutMs: optional(positive('a positive number of milliseconds')) },
    only('signal', 'timeoutMs'),
  ),
);

/** A person's word. */
export interface CheckedDecision {
  readonly by: string;
  readonly note?: string | undefined;
}

/** A person's word on one cancellation. */
export interface CheckedChoice extends CheckedDecision {
  /** The `updatedAt` of what the person saw. */
  readonly ifUpdatedAt?: string | undefined;
}

const UPDATED_AT = 'the updatedAt of the cancellation, with its microseconds, such as 2026-05-01T10:00:00.123456Z';

const choice = {
  by,
  note: optional(note),
  // A Date, and what is made of one, holds no microseconds: two changes within a millisecond would be the same.
  ifUpdatedAt: optional(v.pipe(v.string(UPDATED_AT), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, UPDATED_AT))),
};

/** Checks a person's word on one cancellation, for `withdraw` and `readBack`. */
export const decisionSchema: StandardSchema<unknown, CheckedChoice> = v.pipe(
  v.unknown(),
  v.strictObject(choice, only('by', 'note', 'ifUpdatedAt')),
);

/** A person's approval of a proposal. */
export interface CheckedApproval extends CheckedChoice {
  readonly fingerprint?: string | undefined;
}

/** Checks a person's approval, for `approve`. */
export const approvalSchema: StandardSchema<unknown, CheckedApproval> = v.pipe(
  v.unknown(),
  v.strictObject(
    { ...choice, fingerprint: optional(v.string('the fingerprint of the cancellation')) },
    only('by', 'note', 'ifUpdatedAt', 'fingerprint'),
  ),
);

/** A person's word on one that is to be planned again. */
export interface CheckedRetry extends CheckedChoice {
  readonly acceptPlace?: boolean | undefined;
}

/** Checks a person's word on one that is to be planned again, for `retry`. */
export const retrySchema: StandardSchema<unknown, CheckedRetry> = v.pipe(
  v.unknown(),
  v.strictObject(
    { ...choice, acceptPlace: optional(v.boolean('true or false')) },
    only('by', 'note', 'ifUpdatedAt', 'acceptPlace'),
  ),
);

/** What `quarantine` is given. */
export interface CheckedQuarantine extends CheckedDecision {
  readonly since: string;
  readonly whenAbsent?: WhenAbsent | undefined;
}

/** Checks what `quarantine` is given. */
export const quarantineSchema: StandardSchema<unknown, CheckedQuarantine> = v.pipe(
  v.unknown(),
  v.strictObject(
    { since: moment, by, note: optional(note), whenAbsent: optional(whenAbsent) },
    only('since', 'by', 'note', 'whenAbsent'),
  ),
);

const FILE = 'the path of a file that does not exist';

/** What `exportSettled` is given. */
export interface CheckedExport {
  readonly file: string;
  readonly before?: string | undefined;
}

/** Checks what `exportSettled` is given. */
export const exportSchema: StandardSchema<unknown, CheckedExport> = v.pipe(
  v.unknown(),
  v.strictObject(
    { file: v.pipe(v.string(FILE), v.minLength(1, FILE)), before: optional(moment) },
    only('file', 'before'),
  ),
);

/** A person's word on an unknown one. */
export interface CheckedResolution extends CheckedChoice {
  readonly as: Resolution;
  /** A day, with `scheduled` only. */
  readonly effectiveAt?: string | undefined;
}

/** A person's word with the token of a provider. */
export interface CheckedConfirmation extends CheckedChoice {
  readonly token: string;
}

/** Checks what `confirm` is given; the token is for the service to check. */
export const confirmationSchema: StandardSchema<unknown, CheckedConfirmation> = v.pipe(
  v.unknown(),
  v.strictObject(
    { token: v.string('the token that the provider sent'), ...choice },
    only('token', 'by', 'note', 'ifUpdatedAt'),
  ),
);

const DAY = 'a day, such as 2026-12-31';

/** Checks a person's word on an unknown one, for `resolve`. */
export const resolutionSchema: StandardSchema<unknown, CheckedResolution> = v.pipe(
  v.unknown(),
  v.strictObject(
    {
      as: v.picklist(RESOLUTIONS, `one of ${RESOLUTIONS.join(', ')}`),
      effectiveAt: optional(
        v.pipe(
          v.string(DAY),
          v.check((text) => calendarDay(text) !== undefined, DAY),
        ),
      ),
      ...choice,
    },
    only('as', 'effectiveAt', 'by', 'note', 'ifUpdatedAt'),
  ),
  v.forward(
    v.check(
      ({ as, effectiveAt }) => effectiveAt === undefined || as === 'scheduled',
      'left out unless it is scheduled',
    ),
    ['effectiveAt'],
  ),
);
