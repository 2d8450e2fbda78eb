import * as v from 'valibot';
import type { ActionOptions } from '../contract/action.ts';
import type { OperationEvent } from '../contract/event.ts';
import { type CallOptions, MAX_MILLISECONDS, type ReadOptions, type ServiceOptions } from '../contract/options.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import type { Call } from './call.ts';
import { type Checked, checkNow, invalid } from './check-schema.ts';

/** The limits of a call that are used if no option sets them. */
export const DEFAULTS = { deadlineMs: 30_000, attemptTimeoutMs: 10_000, concurrency: 4 } as const;

const POSITIVE = 'a positive number of milliseconds below 2^31';
const PROXY = 'the URL of an HTTP proxy, such as http://proxy.example:3128';
const NO_FETCH = 'no proxy together with a fetch, which connects by itself';
const CONCURRENCY = 'a positive whole number, or one for each account';

const milliseconds = v.optional(
  v.pipe(v.number(POSITIVE), v.gtValue(0, POSITIVE), v.maxValue(MAX_MILLISECONDS, POSITIVE)),
);

/** A function. */
export function callable<Callable>(): v.GenericSchema<unknown, Callable> {
  return v.custom<Callable>((value) => typeof value === 'function', 'a function');
}

const TRACEPARENT =
  'a traceparent of W3C Trace Context, such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** The trace context of another operation. Neither id may be zero, and the version `ff` does not exist. */
export const traceparent: v.GenericSchema<unknown, string> = v.pipe(
  v.string(TRACEPARENT),
  v.regex(/^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/, TRACEPARENT),
);

const timed = {
  signal: v.optional(v.custom<AbortSignal>(isSignal, 'an AbortSignal')),
  deadlineMs: milliseconds,
};

const observed = { ...timed, onEvent: v.optional(callable<(event: OperationEvent) => void>()) };

const place = v.optional(v.string('a text, as place returned it'));

const placed = { ...observed, place, traceparent: v.optional(traceparent) };

/** Whether a cancellation is read back. */
export const verify: v.OptionalSchema<v.BooleanSchema<string>, undefined> = v.optional(v.boolean('true or false'));

const NOW = 'a time in milliseconds since 1970, as Date.now() returns it';
const now = v.optional(v.pipe(v.number(NOW), v.finite(NOW)));

/** Checks the options of `place`. */
export const timedOptionsSchema: StandardSchema<unknown, Pick<CallOptions, 'signal' | 'deadlineMs'>> = optionsSchema(
  timed,
);

/** Checks the options of a call that sends nothing, and that may be held to a place. */
export const placedOptionsSchema: StandardSchema<
  unknown,
  Pick<CallOptions, 'signal' | 'deadlineMs' | 'place'>
> = optionsSchema({ ...timed, place });

/** Checks the options of a call that cancels nothing. */
export const readOptionsSchema: StandardSchema<unknown, ReadOptions> = optionsSchema(placed);

/** Checks the options of `cancel`. */
export const cancelOptionsSchema: StandardSchema<unknown, CallOptions> = optionsSchema({ ...placed, verify, now });

/** Checks the options of a run over a list that each of its calls has, too, and those of its own. */
export function manyOptionsOf<const Entries extends v.ObjectEntries>(
  entries: Entries,
): v.GenericSchema<unknown, CallOptions & v.InferOutput<v.StrictObjectSchema<Entries, string>>> {
  return optionsSchema({ ...observed, ...entries });
}

const transport = {
  fetch: v.optional(callable<typeof globalThis.fetch>()),
  proxy: v.optional(v.pipe(v.string(PROXY), v.check(isProxy, PROXY))),
  attemptTimeoutMs: milliseconds,
};

/** Checks the options of an action. */
export const actionOptionsSchema: StandardSchema<unknown, ActionOptions> = v.pipe(
  optionsSchema({ ...observed, ...transport }),
  v.forward(
    v.check((options) => hasOneTransport(options), NO_FETCH),
    ['proxy'],
  ),
);

/** Checks the options of `createCancelService`. */
export function serviceOptionsSchema(accounts: readonly string[]): StandardSchema<unknown, ServiceOptions> {
  const { deadlineMs, onEvent } = observed;
  return v.pipe(
    optionsSchema({ deadlineMs, onEvent, concurrency: v.optional(concurrencySchema(accounts)), ...transport }),
    v.forward(
      v.check((options) => hasOneTransport(options), NO_FETCH),
      ['proxy'],
    ),
  );
}

/** The option `concurrency`, which may name these accounts. */
export function concurrencySchema(
  accounts: readonly string[],
): v.GenericSchema<unknown, NonNullable<ServiceOptions['concurrency']>> {
  return v.pipe(
    v.custom<NonNullable<ServiceOptions['concurrency']>>(isConcurrency, CONCURRENCY),
    v.check((value) => typeof value === 'number' || namesOnly(value, accounts), accountNames(accounts)),
  );
}

/** A schema for the object of a call's options, which may be left out. */
export function optionsSchema<const Entries extends v.ObjectEntries>(
  entries: Entries,
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<Entries, string>>> {
  return v.pipe(
    v.unknown(),
    v.check((options) => options === undefined || isRecord(options), 'an object'),
    v.transform(withoutUndefined),
    v.strictObject(entries, `only the options ${Object.keys(entries).join(', ')}`),
  );
}

/** Checks options that were built at run time. */
export function checkOptions<Output>(schema: StandardSchema<unknown, Output>, options: unknown): Checked<Output> {
  const checked = checkNow(schema, options);
  if (checked.ok) return checked;
  const issues = checked.issues.map((issue) => {
    if (issue.problem !== 'unknown') return issue.path === '' ? { ...issue, path: 'options' } : issue;
    // Only a key that is near a known one is repeated: any other may be a value in the wrong place.
    return { ...issue, path: issue.suggestion === undefined ? 'options' : `options.${issue.path}` };
  });
  return { ok: false, issues };
}

/**
 * A call's options, checked.
 *
 * @throws ProviderError `invalid_request`
 */
export function optionsOrThrow<Output>(schema: StandardSchema<unknown, Output>, options: unknown, call: Call): Output {
  const checked = checkOptions(schema, options);
  if (checked.ok) return checked.value;
  throw call.error(invalid(checked.issues));
}

/** Whether a value is an object with names and values. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of an object; `undefined` if it is no such object or cannot be read. */
export function entriesIn(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  try {
    return isRecord(value) ? Object.entries(value) : undefined;
  } catch {
    // What a getter throws may hold anything; that it cannot be read is all there is to say.
    return undefined;
  }
}

/** Whether an object has no other keys than the names of accounts. */
export function namesOnly(value: object, accounts: readonly string[]): boolean {
  return Object.keys(value).every((name) => accounts.includes(name));
}

/** What is expected of an option that names accounts. */
export function accountNames(accounts: readonly string[]): string {
  return `only the names of accounts: ${accounts.join(', ') || '(none)'}`;
}

/** The first of these settings that sets how many cancellations of the account run concurrently. */
export function concurrencyOf(
  account: string,
  ...settings: readonly ServiceOptions['concurrency'][]
): number | undefined {
  for (const setting of settings) {
    if (typeof setting === 'number') return setting;
    const own = setting !== undefined && Object.hasOwn(setting, account) ? setting[account] : undefined;
    if (own !== undefined) return own;
  }
  return undefined;
}

function withoutUndefined(options: unknown): Readonly<Record<string, unknown>> {
  return isRecord(options)
    ? Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
    : {};
}

function hasOneTransport({ proxy, fetch }: Pick<ServiceOptions, 'proxy' | 'fetch'>): boolean {
  return proxy === undefined || fetch === undefined;
}

function isProxy(text: string): boolean {
  // A variable that nothing has replaced, as in a password, is a bad login at the proxy.
  if (/\$\{\w+\}|\{\{.*\}\}|<[\w -]+>/.test(text)) return false;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
}

function isConcurrency(value: unknown): boolean {
  const numbers = typeof value === 'number' ? [value] : entriesIn(value)?.map(([, number]) => number ?? 1);
  return numbers?.every((number) => typeof number === 'number' && Number.isInteger(number) && number >= 1) ?? false;
}

/** Whether it works as a signal, too: an object that only inherits from one throws when it is read. */
function isSignal(value: unknown): boolean {
  try {
    return value instanceof AbortSignal && typeof value.aborted === 'boolean';
  } catch {
    // It is none.
    return false;
  }
}
