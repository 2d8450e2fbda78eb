import type { Accounts } from './account.ts';
import type { Issue } from './provider-error.ts';

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call. Before anything is sent that is `aborted`; once a write may have left, `outcome_unknown`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call: configuration, sending, reading the answer. Default: the service's. */
  readonly deadlineMs?: number | undefined;
}

/** Options of `createCancelService`. */
export interface ServiceOptions<A extends Accounts = Accounts> {
  /** Another `fetch`, such as one behind a proxy. Default: the global one, looked up at each call. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds for a whole call. Default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** Milliseconds for one request with its answer. Default 10,000. */
  readonly attemptTimeoutMs?: number | undefined;
  /** How many cancellations `cancelMany` runs at once at each account: one number, or one per account. Default 4. */
  readonly concurrency?: number | { readonly [K in keyof A]?: number } | undefined;
}

/** Options of `cancelMany`: `signal` and `deadlineMs` hold for each cancellation; `concurrency` as in the service's. */
export interface CancelManyOptions<A extends Accounts = Accounts> extends CallOptions {
  readonly concurrency?: ServiceOptions<A>['concurrency'];
}

/** How long calls take at most where nothing else is said. */
export const DEFAULTS = { deadlineMs: 30_000, attemptTimeoutMs: 10_000, concurrency: 4 } as const;

// The longest delay of a timer.
const MAX_MILLISECONDS = 2 ** 31 - 1;

/** What is wrong with options that were built at run time. */
export function checkOptions(options: unknown, known: readonly string[]): Issue[] {
  if (options === undefined) return [];
  if (typeof options !== 'object' || options === null) return [{ path: 'options', expected: 'an object' }];
  const given = readable(options);
  if (given === undefined) return [{ path: 'options', expected: 'an object that can be read' }];
  const issues: Issue[] = [];
  for (const key of given.keys()) {
    if (!known.includes(key)) issues.push({ path: 'options', expected: `only the options ${known.join(', ')}` });
  }
  for (const key of ['deadlineMs', 'attemptTimeoutMs']) {
    const value = given.get(key);
    const sound = typeof value === 'number' && value > 0 && value <= MAX_MILLISECONDS;
    if (given.has(key) && !sound) issues.push({ path: key, expected: 'a positive number of milliseconds below 2^31' });
  }
  if (given.has('signal') && !(given.get('signal') instanceof AbortSignal)) {
    issues.push({ path: 'signal', expected: 'an AbortSignal' });
  }
  if (given.has('fetch') && typeof given.get('fetch') !== 'function') {
    issues.push({ path: 'fetch', expected: 'a function' });
  }
  return [...issues, ...checkConcurrency(given.get('concurrency'))];
}

/** How many cancellations of an account run at once. */
export function concurrencyOf(account: string, ...settings: readonly ServiceOptions['concurrency'][]): number {
  for (const setting of settings) {
    if (typeof setting === 'number') return setting;
    const own = setting !== undefined && Object.hasOwn(setting, account) ? setting[account] : undefined;
    if (own !== undefined) return own;
  }
  return DEFAULTS.concurrency;
}

function readable(options: object): ReadonlyMap<string, unknown> | undefined {
  try {
    return new Map<string, unknown>(Object.entries(options).filter(([, value]) => value !== undefined));
  } catch {
    // What a getter throws may hold anything; that it cannot be read is all there is to say.
    return undefined;
  }
}

function checkConcurrency(value: unknown): Issue[] {
  if (value === undefined) return [];
  const numbers = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  const sound = numbers.every((number) => number === undefined || (Number.isInteger(number) && number >= 1));
  return sound ? [] : [{ path: 'concurrency', expected: 'a positive whole number, or one for each account' }];
}
