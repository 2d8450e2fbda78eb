import type { AccountEntry } from '../accounts/account-entry.ts';
import { findAccount } from '../accounts/open-call.ts';
import { placeOf } from '../accounts/place.ts';
import { openAccount, admit, checkPlace } from '../accounts/ready-call.ts';
import type { Call } from '../call/call.ts';
import { readOptionsSchema, optionsOrThrow } from '../call/check-options.ts';
import { findRequestSchema } from '../call/check-request.ts';
import { checkedOrThrow, checkAgainst } from '../call/check-schema.ts';
import { startLimit } from '../call/time-limit.ts';
import type { FindResult } from '../contract/find.ts';
import type { ServiceOptions } from '../contract/options.ts';
import { findServices } from '../outcome/find-services.ts';

/** How many services are returned at most, if nothing else is said. */
const DEFAULT_LIMIT = 50;

/**
 * Searches the services of an account.
 *
 * @throws ProviderError `unsupported` if the provider cannot list its services, and others
 */
export async function find(
  accounts: ReadonlyMap<string, AccountEntry>,
  defaults: ServiceOptions,
  call: Call,
  request: unknown,
  given: unknown,
): Promise<FindResult> {
  const entry = findAccount(accounts, request, call);
  const checked = checkedOrThrow(await checkAgainst(findRequestSchema, request, 'constant'), call, '');
  const options = optionsOrThrow(readOptionsSchema, given, call);
  if (options.onEvent !== undefined) call.listen(options.onEvent);
  const internals = entry?.internals;
  if (entry === undefined || internals?.find === undefined) {
    const message = 'the API cannot list its services. Look the id up in the provider’s client area.';
    throw call.error({ code: 'unsupported', message });
  }
  const { configure } = internals.find;
  const { query, limit = DEFAULT_LIMIT } = checked;
  const { deadlineMs = defaults.deadlineMs, signal, place } = options;
  const timeLimit = startLimit(call, { deadlineMs, signal });
  const { configured, context } = await openAccount(configure, internals.env, call, timeLimit, defaults, false);
  const { provider } = entry.account;
  if (place !== undefined) checkPlace(place, placeOf(provider, context, call.redactor), call);
  admit(entry, call);
  const found = await findServices(configured, internals.bind, { query, limit }, call, context);
  const { attempts, operationId } = call;
  return { account: entry.name, provider, ...found, attempts, operationId };
}
