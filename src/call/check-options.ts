import type { Issue } from '../contract/provider-error.ts';
import { describeKey } from './check-schema.ts';
import { nearest } from './nearest.ts';

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
