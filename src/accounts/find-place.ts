import type { Call } from '../call/call.ts';
import { invalid } from '../call/check-schema.ts';
import { withinDeadline } from '../call/time-limit.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { AccountEntry } from './account-entry.ts';
import { configure } from './configure.ts';
import { findAccount } from './open-call.ts';
import { placeOf } from './place.ts';

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
  const { account: opened, internals } = entry;
  const { deadlineMs = defaults.deadlineMs, signal } = options;
  return await withinDeadline(call, { deadlineMs, signal }, async (limit) => {
    const configured = await configure(internals.configure, internals.env, call, limit, defaults);
    return placeOf(opened.provider, configured, call.redactor);
  });
}
