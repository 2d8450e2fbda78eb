import * as v from 'valibot';
import { only } from '../../call/issue-text.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
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
