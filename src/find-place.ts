import type { AccountEntry } from './account-entry.ts';
import type { Call } from './call.ts';
import { configure } from './configure.ts';
import { DEFAULTS, type CallOptions, type ServiceOptions } from './options.ts';
import { placeOf } from './place.ts';
import { findAccount } from './prepare-call.ts';
import { invalid } from './sound-input.ts';
import { TimeLimit } from './time-limit.ts';

/**
 * Reads an account's configuration, and returns the place that it leads to.
 *
 * @throws ProviderError `invalid_request`, `unknown_account`, `not_configured` or `aborted`
 */
export async function findPlace(
  accounts: ReadonlyMap<string, AccountEntry>,
  account: unknown,
  options: Pick<CallOptions, 'signal' | 'deadlineMs'>,
  defaults: ServiceOptions,
  call: Call,
): Promise<string> {
  const entry = findAccount(accounts, { account }, call);
  if (entry === undefined) throw call.error(invalid([{ path: 'account', expected: 'the name of an account' }]));
  const limit = new TimeLimit(options.deadlineMs ?? defaults.deadlineMs ?? DEFAULTS.deadlineMs, options.signal);
  try {
    const { baseUrl } = await configure(entry.driver.configure, entry.driver.env, call, limit, defaults);
    return placeOf(entry.account.provider, baseUrl, call.redactor);
  } finally {
    limit.dispose();
  }
}
