import type { Accounts, AccountsOf } from './account.ts';
import { describeKey } from './check.ts';
import type { CancelEvent } from './events.ts';
import { nearest } from './nearest.ts';
import type { Issue } from './provider-error.ts';

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call. Before anything is sent that is `aborted`; once a write may have left, `outcome_unknown`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call: configuration, sending, waiting, reading back. Default: the service's. */
  readonly deadlineMs?: number | undefined;
  /**
   * Only for cancellations: read the state back once the provider has accepted, so that the result says more than
   * `requested` where the provider says more. Default `false`.
   */
  readonly verify?: boolean | undefined;
  /**
   * Refuse with `not_configured`, before anything is sent, unless the account's configuration leads to this place as
   * `place` returned it. For requests that are kept: an account's name may lead elsewhere later.
   */
  readonly place?: string | undefined;
  /** Told what happens during this call, besides the service's own `onEvent`. */
  readonly onEvent?: ((event: CancelEvent) => void) | undefined;
}

/** Options of one call that cancels nothing. */
export type ReadOptions = Omit<CallOptions, 'verify'>;

/** Options of `createCancelService`. */
export interface ServiceOptions<A extends AccountsOf<A> = Accounts> {
  /**
   * Another `fetch`. It is called as `fetch(url, init)`, must send a request once at most, and must fail with the error
   * of that very request: an error that says that no connection was made is believed. Default: cancelkit's own HTTP/1.1
   * connections, unless the global `fetch` was patched or a global dispatcher was installed: then these are used.
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * URL of an HTTP proxy (`http://proxy.example:3128`, `https://user:password@…`) that requests are tunnelled through.
   * Default: the proxy of the environment, if Node.js was told to use it (`NODE_USE_ENV_PROXY=1`). Not together with
   * `fetch`.
   */
  readonly proxy?: string | undefined;
  /** Milliseconds for a whole call. Default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** Milliseconds for one request with its answer. Default 10,000. */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * How many cancellations `cancelMany` runs at once at each account: one number, or one per account. Default: what
   * suits the provider (`capabilities.concurrency`), else 4. A name that is none of the accounts is `invalid_request`.
   */
  readonly concurrency?: number | { readonly [K in keyof A]?: number } | undefined;
  /** Told what happens during each call. Never given a secret, a body or a reason. */
  readonly onEvent?: ((event: CancelEvent) => void) | undefined;
}

/** How long calls take at most where nothing else is said. */
export const DEFAULTS = { deadlineMs: 30_000, attemptTimeoutMs: 10_000, concurrency: 4 } as const;

/** The longest delay of a timer. */
export const MAX_MILLISECONDS: number = 2 ** 31 - 1;

/**
 * What is wrong with options that were built at run time.
 *
 * @param accounts the names that the options may name.
 */
export function checkOptions(options: unknown, known: readonly string[], accounts: readonly string[] = []): Issue[] {
  if (options === undefined) return [];
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return [{ path: 'options', expected: 'an object' }];
  const given = readable(options);
  if (given === undefined) return [{ path: 'options', expected: 'an object that can be read' }];
  const issues: Issue[] = [];
  for (const key of given.keys()) {
    if (!known.includes(key)) issues.push(unknownOption(key, known));
  }
  for (const key of ['deadlineMs', 'attemptTimeoutMs']) {
    const value = given.get(key);
    const sound = typeof value === 'number' && value > 0 && value <= MAX_MILLISECONDS;
    if (given.has(key) && !sound) issues.push({ path: key, expected: 'a positive number of milliseconds below 2^31' });
  }
  if (given.has('signal') && !isSignal(given.get('signal'))) {
    issues.push({ path: 'signal', expected: 'an AbortSignal' });
  }
  for (const key of ['fetch', 'onEvent', 'onProgress']) {
    if (given.has(key) && typeof given.get(key) !== 'function') issues.push({ path: key, expected: 'a function' });
  }
  issues.push(...checkProxy(given));
  if (given.has('place') && typeof given.get('place') !== 'string') {
    issues.push({ path: 'place', expected: 'a text, as place returned it' });
  }
  if (given.has('verify') && typeof given.get('verify') !== 'boolean') {
    issues.push({ path: 'verify', expected: 'true or false' });
  }
  for (const key of ['maxPauseMs', 'total']) {
    const value = given.get(key);
    const sound =
      typeof value === 'number' &&
      value >= 0 &&
      (key === 'total' ? Number.isInteger(value) : value <= MAX_MILLISECONDS);
    if (given.has(key) && !sound) issues.push({ path: key, expected: 'a number that is not negative' });
  }
  return [...issues, ...checkConcurrency(given.get('concurrency'), accounts)];
}

function checkProxy(given: ReadonlyMap<string, unknown>): Issue[] {
  const proxy = given.get('proxy');
  if (proxy === undefined) return [];
  if (given.has('fetch'))
    return [{ path: 'proxy', expected: 'no proxy together with a fetch, which connects by itself' }];
  const url = typeof proxy === 'string' && URL.canParse(proxy) ? new URL(proxy) : undefined;
  const isUsable = url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
  return isUsable ? [] : [{ path: 'proxy', expected: 'the URL of an HTTP proxy, such as http://proxy.example:3128' }];
}

/** Only a key that is near a known one is repeated: any other may be a value in the wrong place. */
function unknownOption(key: string, known: readonly string[]): Issue {
  const issue = { expected: `only the options ${known.join(', ')}`, problem: 'unknown' } as const;
  const suggestion = nearest(key, known);
  return suggestion === undefined
    ? { ...issue, path: 'options' }
    : { ...issue, path: `options.${describeKey(key)}`, suggestion };
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

/** Whether it works as a signal, too: an object that only inherits from one throws when it is asked. */
function isSignal(value: unknown): boolean {
  try {
    return value instanceof AbortSignal && typeof value.aborted === 'boolean';
  } catch {
    // It is none.
    return false;
  }
}

/** The entries of an object, those without a value left out; `undefined` where it cannot be read. */
export function readable(options: object): ReadonlyMap<string, unknown> | undefined {
  try {
    return new Map<string, unknown>(Object.entries(options).filter(([, value]) => value !== undefined));
  } catch {
    // What a getter throws may hold anything; that it cannot be read is all there is to say.
    return undefined;
  }
}

function checkConcurrency(value: unknown, accounts: readonly string[]): Issue[] {
  if (value === undefined) return [];
  const expected = 'a positive whole number, or one for each account';
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isMap ? readable(value) : new Map([['', value]]);
  if (entries === undefined) return [{ path: 'concurrency', expected }];
  const issues: Issue[] = [];
  if (isMap && [...entries.keys()].some((name) => !accounts.includes(name)))
    issues.push(unknownAccount('concurrency', accounts));
  const sound = [...entries.values()].every(
    (number) => typeof number === 'number' && Number.isInteger(number) && number >= 1,
  );
  return sound ? issues : [...issues, { path: 'concurrency', expected }];
}

/** That an option names an account that there is not. */
export function unknownAccount(path: string, accounts: readonly string[]): Issue {
  return { path, expected: `only the names of accounts: ${accounts.join(', ') || '(none)'}` };
}
