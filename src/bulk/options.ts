import type { AccountEntry } from '../accounts/account-entry.ts';
import { readable, unknownAccount } from '../call/check-options.ts';
import type { BatchOptions, CancelManyOptions } from '../contract/bulk.ts';
import type { ServiceOptions } from '../contract/options.ts';
import type { Issue } from '../contract/provider-error.ts';

/** How the cancellations of an account share requests; `undefined` where they do not. */
export function batchOf(account: string, batch: CancelManyOptions['batch']): BatchOptions | undefined {
  const own = batch !== undefined && Object.hasOwn(batch, account) ? batch[account] : undefined;
  return typeof own === 'number' ? { size: own } : own;
}

/**
 * What a request has in common with those that may share one with it, as far as that shows at first sight; `undefined`
 * where it goes alone. Whether they are really alike is seen once they have been checked.
 */
export function groupOf(request: unknown, { immediate = false }: BatchOptions): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  try {
    const parts = ['when', 'reason', 'reference', 'extras'].map((key): unknown => Reflect.get(request, key));
    return parts[0] === 'immediate' && !immediate ? undefined : JSON.stringify(parts);
  } catch {
    // A request that cannot be read goes alone; its check says what is wrong with it.
    return undefined;
  }
}

/** What is wrong with the option `batch`. */
export function checkBatch(batch: unknown, accounts: ReadonlyMap<string, AccountEntry>): Issue[] {
  if (batch === undefined) return [];
  const expected = 'an object with a number, or with size and immediate, for each account';
  const given = typeof batch === 'object' && batch !== null && !Array.isArray(batch) ? readable(batch) : undefined;
  if (given === undefined) return [{ path: 'batch', expected }];
  const names = [...accounts.keys()];
  return [...given].flatMap(([name, value]): Issue[] => {
    const account = accounts.get(name)?.account;
    if (account === undefined) return [unknownAccount('batch', names)];
    const max = account.capabilities.cancelTogether?.max;
    if (max === undefined) {
      return [{ path: 'batch', expected: 'only accounts whose provider takes several services in one request' }];
    }
    return isSound(value, max)
      ? []
      : [{ path: `batch.${name}`, expected: `a size from 1 to ${max}, or { size, immediate }` }];
  });
}

function isSound(value: unknown, max: number): boolean {
  const fields = typeof value === 'object' && value !== null ? readable(value) : new Map([['size', value]]);
  if (fields === undefined || [...fields.keys()].some((key) => key !== 'size' && key !== 'immediate')) return false;
  const size = fields.get('size');
  const isSize = typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= max;
  return isSize && ['boolean', 'undefined'].includes(typeof fields.get('immediate'));
}

/** How many cancellations of an account run at once, where a setting says so. */
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

/** Milliseconds that an account waits at most for its provider, where nothing else is said. */
export const MAX_PAUSE_MS = 300_000;
