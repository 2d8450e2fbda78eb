import * as v from 'valibot';
import { checkAgainst } from '../check.ts';
import { ProviderError, type Issue } from '../provider-error.ts';
import type { StandardSchema } from '../standard-schema.ts';
import type { QueryClient } from './database.ts';
import type { AccountLimit } from './limits.ts';
import { QUEUE_STATES, type QueueState } from './state.ts';

const name = (expected: string): v.GenericSchema<unknown, string> =>
  v.pipe(
    v.string(expected),
    v.minLength(1, expected),
    v.maxLength(128, expected),
    v.regex(/^\P{Cc}*$/u, expected),
    v.check((text) => text.isWellFormed(), expected),
  );

const id = name('an id of 1 to 128 characters without control characters');
const by = name('who asks, in 1 to 128 characters without control characters');
const note = v.pipe(
  v.string('a text of up to 1,000 characters'),
  v.maxLength(1_000, 'a text of up to 1,000 characters'),
  // PostgreSQL's text holds everything but this one.
  v.check((text) => text.isWellFormed() && !text.includes('\0'), 'well-formed text'),
);
const positive = (expected: string): v.GenericSchema<unknown, number> =>
  v.pipe(v.number(expected), v.finite(expected), v.gtValue(0, expected), v.maxValue(2 ** 31 - 1, expected));
const whole = (expected: string, least: number, most: number): v.GenericSchema<unknown, number> =>
  v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(least, expected), v.maxValue(most, expected));

const moment = v.pipe(
  v.union([v.date(), v.pipe(v.string(), v.check(isIsoTime))], 'a Date, or a time in ISO 8601 with its zone'),
  v.transform((value) => new Date(value)),
  v.check((date) => date.getTime() < Date.UTC(3000, 0), 'a time before the year 3000'),
  v.transform((date) => date.toISOString()),
);

// The constructor of Date alone takes almost anything that holds a number, and makes a day of March of 30 February.
function isIsoTime(text: string): boolean {
  const [, day] = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(day).toISOString().startsWith(day);
}

const optional = v.optional;
const signal = v.custom<AbortSignal>((value) => value instanceof AbortSignal, 'an AbortSignal');
const only = (...keys: readonly string[]): string => `an object with only ${keys.join(', ')}`;

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
};

export interface CheckedPlacing {
  readonly id?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly priority?: number | undefined;
  readonly by?: string | undefined;
}
export interface CheckedEnqueue extends CheckedPlacing {
  readonly transaction?: QueryClient | undefined;
}
export const enqueueSchema: StandardSchema<unknown, CheckedEnqueue> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject(
    { id: optional(id), ...placing, transaction: optional(transaction) },
    only('id', 'notBefore', 'priority', 'by', 'transaction'),
  ),
);

export interface CheckedItem extends CheckedPlacing {
  readonly request: unknown;
}
export const itemSchema: StandardSchema<unknown, CheckedItem> = v.pipe(
  v.unknown(),
  v.strictObject(
    { request: v.unknown(), id: optional(id), ...placing },
    only('request', 'id', 'notBefore', 'priority', 'by'),
  ),
);
export const enqueueManySchema: StandardSchema<unknown, Pick<CheckedEnqueue, 'transaction'>> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject({ transaction: optional(transaction) }, only('transaction')),
);

export interface CheckedWork {
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly stopWhenIdle?: boolean | undefined;
}
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

export interface CheckedList {
  readonly state?: QueueState | undefined;
  readonly account?: string | undefined;
  readonly needsPerson?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}
export const listSchema: StandardSchema<unknown, CheckedList> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject(
    {
      state: optional(v.picklist(QUEUE_STATES, `one of ${QUEUE_STATES.join(', ')}`)),
      account: optional(v.string('the name of an account')),
      needsPerson: optional(v.boolean('true or false')),
      limit: optional(whole('a whole number from 1 to 10000', 1, 10_000)),
      after: optional(id),
    },
    only('state', 'account', 'needsPerson', 'limit', 'after'),
  ),
);

export interface CheckedWait {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}
export const waitSchema: StandardSchema<unknown, CheckedWait> = v.pipe(
  v.optional(v.unknown(), {}),
  v.strictObject(
    { signal: optional(signal), timeoutMs: optional(positive('a positive number of milliseconds')) },
    only('signal', 'timeoutMs'),
  ),
);

export interface CheckedDecision {
  readonly by: string;
  readonly note?: string | undefined;
}
export const decisionSchema: StandardSchema<unknown, CheckedDecision> = v.pipe(
  v.unknown(),
  v.strictObject({ by, note: optional(note) }, only('by', 'note')),
);
const RESOLUTIONS = ['requested', 'scheduled', 'completed', 'refused'] as const;
export interface CheckedResolution extends CheckedDecision {
  readonly as: 'requested' | 'scheduled' | 'completed' | 'refused';
}
export const resolutionSchema: StandardSchema<unknown, CheckedResolution> = v.pipe(
  v.unknown(),
  v.strictObject(
    { as: v.picklist(RESOLUTIONS, `one of ${RESOLUTIONS.join(', ')}`), by, note: optional(note) },
    only('as', 'by', 'note'),
  ),
);

const limit = v.strictObject(
  {
    concurrency: optional(whole('a whole number from 1 to 1000', 1, 1_000)),
    rate: optional(
      v.strictObject(
        { count: whole('a positive whole number', 1, 1_000_000), perMs: positive('a positive number of milliseconds') },
        only('count', 'perMs'),
      ),
    ),
  },
  only('concurrency', 'rate'),
);

export interface CheckedQueueOptions {
  readonly services: object;
  readonly database: string;
  readonly schema?: string | undefined;
  readonly limits?: Readonly<Record<string, AccountLimit>> | undefined;
  readonly deadlineMs?: number | undefined;
  readonly pollMs?: number | undefined;
  readonly readBackAfterMs?: readonly number[] | undefined;
  readonly giveUpAfterMs?: number | undefined;
  readonly onError?: ((error: ProviderError) => void) | undefined;
}
const DATABASE = 'a directory, or a postgres:// URL whose special characters are percent-encoded';

export const queueOptionsSchema: StandardSchema<unknown, CheckedQueueOptions> = v.pipe(
  v.unknown(),
  v.strictObject(
    {
      services: v.custom<object>(isServices, 'what createCancelService returned'),
      database: v.pipe(v.string(DATABASE), v.check(isDatabase, DATABASE)),
      schema: optional(
        v.pipe(
          v.string(),
          v.regex(/^[a-z_][a-z0-9_]{0,39}$/, 'lower-case letters, digits and underscores, at most 40'),
        ),
      ),
      limits: optional(v.record(v.string(), limit, 'a limit for each account')),
      deadlineMs: optional(positive('a positive number of milliseconds')),
      pollMs: optional(positive('a positive number of milliseconds')),
      readBackAfterMs: optional(
        v.pipe(
          v.array(positive('a positive number of milliseconds'), 'a list of milliseconds'),
          v.minLength(1, 'at least one delay'),
          v.check((delays) => delays.every((delay, index) => delay > (delays[index - 1] ?? 0)), 'ascending delays'),
        ),
      ),
      giveUpAfterMs: optional(positive('a positive number of milliseconds')),
      onError: optional(v.custom<(error: ProviderError) => void>((value) => typeof value === 'function', 'a function')),
    },
    only(
      'services',
      'database',
      'schema',
      'limits',
      'deadlineMs',
      'pollMs',
      'readBackAfterMs',
      'giveUpAfterMs',
      'onError',
    ),
  ),
);

/** What only looks like an address is refused: taken for a directory, it would put a password into a name on the disk. */
function isDatabase(value: string): boolean {
  if (/^postgres(?:ql)?:\/\//.test(value)) return URL.canParse(value);
  return value !== '' && !/^\s|:\/|^[a-z][a-z+.-]+:|\b(?:host|user|password|dbname)\s*=/i.test(value);
}

function isServices(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['validate', 'safeCancel', 'status'].every((key) => typeof Reflect.get(value, key) === 'function');
}

/**
 * What a check let through.
 *
 * @throws ProviderError `invalid_request`
 */
export async function sound<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  root: string,
): Promise<Output> {
  const checked = await checkAgainst(schema, value);
  if (checked.ok) return checked.value;
  throw invalidInput(
    checked.issues.map(({ path, expected }) => ({ path: path === '' ? root : `${root}.${path}`, expected })),
  );
}

/** The error for input that the queue does not take. */
export function invalidInput(issues: readonly Issue[]): ProviderError {
  const what = issues.slice(0, 10).map(({ path, expected }) => `${path}: expected ${expected}`);
  const more = issues.length > 10 ? `; and ${issues.length - 10} more` : '';
  return new ProviderError('invalid_request', {
    operation: 'queue',
    message: `queue: the input is not valid. ${what.join('; ')}${more}. Nothing was done.`,
    issues,
  });
}
