import type { Breaker } from '../call/breaker.ts';
import type { Call } from '../call/call.ts';
import { checkedOrThrow, inTime } from '../call/check-input.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { When } from '../contract/vocabulary.ts';
import type { SendContext } from '../sending/send-context.ts';
import type { AdapterOperations } from './account-driver.ts';
import type { AccountEntry } from './account-entry.ts';
import { openAccount, withinDeadline } from './open-account.ts';
import { placeOf } from './place.ts';

/**
 * Checks the service and the configuration of a checked request, and runs `work` on what is sound, within the deadline.
 *
 * @throws ProviderError `invalid_request`, `aborted`, `not_configured`, `unavailable`, or whatever `work` throws
 */
export async function runChecked<Request extends AddressedRequest, Value>(
  entry: AccountEntry,
  defaults: ServiceOptions,
  call: Call,
  request: Request,
  options: CallOptions,
  work: (prepared: ReadyCall<Request>) => Promise<Value>,
): Promise<Value> {
  const { account, driver } = entry;
  const { deadlineMs = defaults.deadlineMs, signal, place } = options;
  return await withinDeadline(call, { deadlineMs, signal }, async (limit) => {
    const checking = driver.bind(request.service);
    const bound = checkedOrThrow(
      checking instanceof Promise ? await inTime(checking, call, limit) : checking,
      call,
      'service',
    );
    call.serviceKey = bound.key;
    const isFresh = needsFreshConnection(account.capabilities);
    const opened = await openAccount(bound.configure, driver.env, call, limit, defaults, isFresh);
    const { configured: service, route } = opened;
    if (place !== undefined) checkPlace(place, placeOf(account.provider, route.baseUrl, call.redactor), call);
    // A preview sends nothing, so it is always let in.
    if (call.operation !== 'preview') admit(entry.health, call);
    try {
      return await work({ call, entry, request, options, service, route });
    } finally {
      entry.health.leave(call);
    }
  });
}

/**
 * Whether a lost answer to a write could not be cleared up afterwards. Such a write does not go out on a kept connection,
 * which the server may be closing as idle in that very moment.
 */
function needsFreshConnection({ readBack, recognizesRepeat }: Capabilities): boolean {
  return !readBack || recognizesRepeat === 'no';
}

/** @throws ProviderError `unavailable` if the account's breaker does not let the call in */
function admit(health: Breaker, call: Call): void {
  const waitMs = health.admit(call);
  if (waitMs !== undefined) {
    const message = 'the provider has not been answering for a while, so nothing was sent. Try again later.';
    throw call.error({ code: 'unavailable', retryInMs: waitMs, message });
  }
  call.health = health;
}

/** Compared with the configuration that this very call uses: one that is a function may differ from call to call. */
function checkPlace(wanted: string, found: string, call: Call): void {
  if (wanted === found) return;
  throw call.error({
    code: 'not_configured',
    issues: [{ path: 'options.place', expected: found }],
    message: `the account leads to ${found} now, and the request is for ${wanted}. Nothing was sent.`,
  });
}

/** The parts of a request that every operation has. */
export interface AddressedRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when?: When;
}

/** A call whose input and configuration are sound; nothing has been sent. */
export interface ReadyCall<Request> {
  readonly call: Call;
  readonly entry: AccountEntry;
  readonly request: Request;
  readonly options: CallOptions;
  readonly service: AdapterOperations;
  readonly route: SendContext;
}
