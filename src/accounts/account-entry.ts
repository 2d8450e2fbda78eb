import { Breaker } from '../call/breaker.ts';
import { Call } from '../call/call.ts';
import type { Account } from '../contract/account.ts';
import type { AccountInternals } from './account-internals.ts';
import { internalsOf } from './account.ts';

/** One of the service's accounts. */
export interface AccountEntry {
  readonly name: string;
  readonly account: Account;
  readonly internals: AccountInternals;
  readonly breaker: Breaker;
}

/**
 * The service's accounts by their names.
 *
 * @throws ProviderError `invalid_request` for what is no account, or cannot be read
 */
export function entriesOf(accounts: unknown): ReadonlyMap<string, AccountEntry> {
  const entries = new Map<string, AccountEntry>();
  const isObject =
    typeof accounts === 'object' &&
    accounts !== null &&
    !Array.isArray(accounts) &&
    internalsOf(accounts) === undefined;
  for (const [name, account] of isObject ? readable(accounts) : []) {
    const internals = internalsOf(account);
    if (internals === undefined) throw notAccounts(name, typeof account === 'function' ? UNCALLED : ACCOUNT);
    entries.set(name, { name, account, internals, breaker: new Breaker() });
  }
  if (!isObject) throw notAccounts('accounts');
  return entries;
}

function readable(accounts: object): readonly (readonly [string, Account])[] {
  try {
    return Object.entries(accounts);
  } catch {
    // What a getter throws may hold anything; that the accounts cannot be read is all there is to say.
    throw notAccounts('accounts');
  }
}

const ACCOUNT = 'an account, made by a provider’s factory';
const UNCALLED = `${ACCOUNT}; this is a function: is it called?`;
const ACCOUNTS = 'an object with an account for each name';

function notAccounts(path: string, expected: string = ACCOUNTS): Error {
  const message = `${path}: expected ${expected}`;
  return new Call('create').error({ code: 'invalid_request', message, issues: [{ path, expected }] });
}
