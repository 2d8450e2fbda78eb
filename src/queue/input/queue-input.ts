import * as v from 'valibot';
import { onlyFields } from '../../call/only-fields.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import type { Checked } from '../model/checked.ts';
import { QUEUE_STATES, type QueueState } from '../model/state.ts';
import { by, id, moment, positive, signal, whole } from './input-fields.ts';

const optional = v.optional;

/** The id that `get`, `wait` and the decisions are about. */
export const idSchema: StandardSchema<unknown, string> = v.pipe(v.unknown(), id);

/** The options of `work`. */
export interface CheckedWork {
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly stopWhenIdle?: boolean | undefined;
}

/** Checks the options of `work`. */
export const workSchema: StandardSchema<unknown, CheckedWork> = v.pipe(
  v.optional(v.unknown(), {}),
  onlyFields({
    concurrency: optional(whole('a whole number from 1 to 1000', 1, 1_000)),
    signal: optional(signal),
    stopWhenIdle: optional(v.boolean('true or false')),
  }),
);

/** The timings that `list` tells apart: any date is `date`. */
export const LISTED_TIMINGS = ['immediate', 'end_of_period', 'end_of_term', 'earliest', 'date'] as const;

const TEXT = 'a text of 1 to 256 characters';

/** Which cancellations `list` returns: those to which all of it applies. */
export interface ListFilter<Account extends string = string> {
  readonly state?: QueueState | undefined;
  /** In one of these states. */
  readonly states?: readonly QueueState[] | undefined;
  readonly account?: Account | undefined;
  readonly needsPerson?: boolean | undefined;
  /**
   * A part of its id, of its reference or of a value of its service, such as a host name. Case does not matter, and no
   * character has a special meaning. A text of one or two characters is found at the beginning only.
   */
  readonly text?: string | undefined;
  /** Who asked for it, as `by` of `enqueue`. */
  readonly by?: string | undefined;
  /** Its timing; `date` for any date. */
  readonly when?: 'immediate' | 'end_of_period' | 'end_of_term' | 'earliest' | 'date' | undefined;
  /** Enqueued at this time or later: a `Date`, or ISO 8601 as `notBefore`. */
  readonly since?: Date | string | undefined;
  /** Enqueued before this time. */
  readonly until?: Date | string | undefined;
  /**
   * In the order in which they were enqueued, or the reverse. With `since` or `until`, by the time of enqueueing, even
   * if the clock was set back. Default `oldest`.
   */
  readonly order?: 'oldest' | 'newest' | undefined;
  /** At most so many, up to 10,000. Default 100. */
  readonly limit?: number | undefined;
  /** The id of the last one of the previous page, in the same order. */
  readonly after?: string | undefined;
}

/** {@link ListFilter}, checked. */
export type CheckedList = Checked<ListFilter>;

const state = v.picklist(QUEUE_STATES, `one of ${QUEUE_STATES.join(', ')}`);

/** Checks the filter of `list`. */
export const listSchema: StandardSchema<unknown, CheckedList> = v.pipe(
  v.optional(v.unknown(), {}),
  onlyFields({
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
  }),
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
  onlyFields({
    after: optional(v.union([v.literal('latest'), cursor], CURSOR)),
    limit: optional(whole('a whole number from 1 to 10000', 1, 10_000)),
    signal: optional(signal),
  }),
);

/** The options of `wait`. */
export interface CheckedWait {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Checks the options of `wait`. */
export const waitSchema: StandardSchema<unknown, CheckedWait> = v.pipe(
  v.optional(v.unknown(), {}),
  onlyFields({ signal: optional(signal), timeoutMs: optional(positive('a positive number of milliseconds')) }),
);

const FILE = 'the path of a file that does not exist';

/** What `exportSettled` is given. */
export interface ExportSettled {
  readonly file: string;
  /** A `Date`, or ISO 8601 as `notBefore`. Default: all. */
  readonly before?: Date | string | undefined;
}

/** Checks what `exportSettled` is given. */
export const exportSchema: StandardSchema<unknown, Checked<ExportSettled>> = v.pipe(
  v.unknown(),
  onlyFields({ file: v.pipe(v.string(FILE), v.minLength(1, FILE)), before: optional(moment) }),
);
