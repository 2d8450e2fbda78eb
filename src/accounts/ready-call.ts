import type { Call } from '../call/call.ts';
import { checkedOrThrow, inTime } from '../call/check-input.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { When } from '../contract/vocabulary.ts';
import type { SendContext } from '../sending/send-context.ts';
import type { AccountEntry } from './account-entry.ts';
import type { AdapterOperations } from './account-internals.ts';
import { openAccount, startLimit } from './open-account.ts';
import { placeOf } from './place.ts';

/** The parts of a request that every operation has. */
export interface AddressedRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when?: When;
}

/** A call whose input and configuration are valid; nothing has been sent. */
export interface ReadyCall<Request> {
  readonly call: Call;
  readonly entry: AccountEntry;
  readonly request: Request;
  readonly options: CallOptions;
  readonly adapter: AdapterOperations;
  readonly context: SendContext;
  /** Frees the time limit, and leaves the breaker. Must be called once the call is over. */
  readonly close: () => void;
}

/**
 * Checks the service and the configuration of a checked request within its deadline, and asks the account's breaker.
 *
 * @throws ProviderError `invalid_request`, `aborted`, `not_configured` or `unavailable`
 */
export async function readyCall<Request extends AddressedRequest>(
  entry: AccountEntry,
  defaults: ServiceOptions,
  call: Call,
  request: Request,
  options: CallOptions,
): Promise<ReadyCall<Request>> {
  const { account, internals } = entry;
  const { deadlineMs = defaults.deadlineMs, signal, place } = options;
  const limit = startLimit(call, { deadlineMs, signal });
  const close = (): void => {
    entry.breaker.leave(call);
    limit.dispose();
  };
  try {
    const checking = internals.bind(request.service);
    const checked = checking instanceof Promise ? await inTime(checking, call, limit) : checking;
    const bound = checkedOrThrow(checked, call, 'service');
    call.serviceKey = bound.key;
    const isFresh = needsFreshConnection(account.capabilities);
    const opened = await openAccount(bound.configure, internals.env, call, limit, defaults, isFresh);
    const { configured: adapter, context } = opened;
    if (place !== undefined) checkPlace(place, placeOf(account.provider, context.baseUrl, call.redactor), call);
    admit(entry, call);
    return { call, entry, request, options, adapter, context, close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Whether a lost answer to a write could not be cleared up afterwards. Such a write does not go out on a kept
 * connection, which the server may be closing as idle in that very moment.
 */
function needsFreshConnection({ readBack, recognizesRepeat }: Capabilities): boolean {
  return !readBack || recognizesRepeat === 'no';
}

/** Fails if the account's breaker is open. A preview sends nothing, so it always may go on. */
function admit({ breaker }: AccountEntry, call: Call): void {
  if (call.operation === 'preview') return;
  const waitMs = breaker.admit(call);
  if (waitMs !== undefined) {
    const message = 'the provider has not been answering for a while, so nothing was sent. Try again later.';
    throw call.error({ code: 'unavailable', retryInMs: waitMs, message });
  }
  call.breaker = breaker;
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
