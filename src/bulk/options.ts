import * as v from 'valibot';
import type { AccountEntry } from '../accounts/account-entry.ts';
import {
  accountNames,
  concurrencySchema,
  entriesIn,
  callable,
  namesOnly,
  manyOptionsOf,
  verify,
} from '../call/check-options.ts';
import type { BatchOptions, CancelManyOptions, StatusManyOptions } from '../contract/bulk.ts';
import { MAX_MILLISECONDS } from '../contract/options.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';

/** How an account's cancellations are batched; `undefined` if they are not. */
export function batchOptionsOf(account: string, batch: CancelManyOptions['batch']): BatchOptions | undefined {
  const own = batch !== undefined && Object.hasOwn(batch, account) ? batch[account] : undefined;
  return typeof own === 'number' ? { size: own } : own;
}

/**
 * A key that is equal for requests that may go into one batch, judged before they are checked; `undefined` for a
 * request that goes alone. Once the requests have been checked, they are compared again.
 */
export function batchKeyOf(request: unknown, { immediate = false }: BatchOptions): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  try {
    const parts = ['when', 'reason', 'reference', 'extras'].map((key): unknown => Reflect.get(request, key));
    return parts[0] === 'immediate' && !immediate ? undefined : JSON.stringify(parts);
  } catch {
    // A request that cannot be read goes alone; its check says what is wrong with it.
    return undefined;
  }
}

/** Checks the options of `cancelMany`. */
export function manyOptionsSchema(
  accounts: ReadonlyMap<string, AccountEntry>,
): StandardSchema<unknown, CancelManyOptions> {
  return manyOptionsOf({
    ...paced(accounts),
    verify,
    batch: v.optional(batchSchema(accounts)),
    onProgress: v.optional(callable<NonNullable<CancelManyOptions['onProgress']>>()),
  });
}

/** Checks the options of `statusMany`. */
export function statusManyOptionsSchema(
  accounts: ReadonlyMap<string, AccountEntry>,
): StandardSchema<unknown, StatusManyOptions> {
  return manyOptionsOf({
    ...paced(accounts),
    onProgress: v.optional(callable<NonNullable<StatusManyOptions['onProgress']>>()),
  });
}

/** The options of every run over a list, whatever its requests do. */
function paced(accounts: ReadonlyMap<string, AccountEntry>) {
  return {
    concurrency: v.optional(concurrencySchema([...accounts.keys()])),
    maxPauseMs: v.optional(notNegative(v.maxValue(MAX_MILLISECONDS, NOT_NEGATIVE))),
    total: v.optional(notNegative(v.integer(NOT_NEGATIVE))),
  };
}

const NOT_NEGATIVE = 'a number that is not negative';
const BATCH = 'an object with a number, or with size and immediate, for each account';
const ONE_BY_ONE = 'only accounts whose provider takes several services in one request';

function notNegative(bound: v.GenericPipeAction<number, number>): v.GenericSchema<unknown, number> {
  return v.pipe(v.number(NOT_NEGATIVE), v.minValue(0, NOT_NEGATIVE), bound);
}

function batchSchema(
  accounts: ReadonlyMap<string, AccountEntry>,
): v.GenericSchema<unknown, NonNullable<CancelManyOptions['batch']>> {
  const names = [...accounts.keys()];
  const sizes = new Map([...accounts].map(([name, { account }]) => [name, account.capabilities.batch?.max]));
  const batchable = [...sizes].flatMap(([name, max]) => (max === undefined ? [] : [[name, batchOf(max)] as const]));
  return v.pipe(
    v.custom<object>((batch) => entriesIn(batch) !== undefined, BATCH),
    v.check((batch) => namesOnly(batch, names), accountNames(names)),
    v.check(
      (batch) => Object.keys(batch).every((name) => !sizes.has(name) || sizes.get(name) !== undefined),
      ONE_BY_ONE,
    ),
    v.strictObject(Object.fromEntries(batchable), BATCH),
  );
}

function batchOf(max: number): v.GenericSchema<unknown, number | BatchOptions | undefined> {
  const expected = `a size from 1 to ${max}, or { size, immediate }`;
  const size = v.pipe(v.number(expected), v.integer(expected), v.minValue(1, expected), v.maxValue(max, expected));
  const details = v.strictObject({ size, immediate: v.optional(v.boolean(expected)) }, expected);
  return v.optional(v.union([size, details], expected));
}

/** Milliseconds that an account waits at most for its provider, if nothing else is said. */
export const MAX_PAUSE_MS = 300_000;
