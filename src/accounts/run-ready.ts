import type { Call } from '../call/call.ts';
import { checkedOrThrow, inTime } from '../call/check-input.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { AnyWhen } from '../contract/vocabulary.ts';
import type { SendContext } from '../sending/send-context.ts';
import type { AdapterOperations } from './account-internals.ts';
import type { AccountEntry } from './account-entry.ts';
import { openAccount, withinDeadline } from './open-account.ts';
import { placeOf } from './place.ts';

/**
 * Checks the service and the configuration of a checked request, and runs `work` on the checked parts, within the deadline.
 *
 * @throws ProviderError `invalid_request`, `aborted`, `not_configured`, `unavailable`, or whatever `work` throws
 */
export async function runReady<Request extends AddressedRequest, Value>(
  entry: AccountEntry,
  defaults: ServiceOptions,
  call: Call,
  request: Request,
  options: CallOptions,
  work: (ready: ReadyCall<Request>) => Promise<Value>,
): Promise<Value> {
  const { account, internals } = entry;
  const { deadlineMs = defaults.deadlineMs, signal, place } = options;
  return await withinDeadline(call, { deadlineMs, signal }, async (limit) => {
    const bound = await checkedOrThrow(inTime(internals.bind(request.service), call, limit), call, 'service');
    call.serviceKey = bound.key;
    const isFresh = needsFreshConnection(account.capabilities);
    const opened = await openAccount(bound.configure, internals.env, call, limit, defaults, isFresh);
    const { configured: adapter, context } = opened;
    checkPlace(place, placeOf(account.provider, context.baseUrl, call.redactor), call);
    return await admitted(entry, call, () => work({ call, entry, request, options, adapter, context }));
  });
}

/**
 * Whether a lost answer to a write could not be cleared up afterwards. Such a write does not go out on a kept connection,
 * which the server may be closing as idle in that very moment.
 */
function needsFreshConnection({ readBack, recognizesRepeat }: Capabilities): boolean {
  return !readBack || recognizesRepeat === 'no';
}

/** Runs `work` if the account's breaker lets it in. A preview sends nothing, so it always may. */
async function admitted<Value>({ breaker }: AccountEntry, call: Call, work: () => Promise<Value>): Promise<Value> {
  if (call.operation === 'preview') return await work();
  const waitMs = breaker.admit(call);
  if (waitMs !== undefined) {
    const message = 'the provider has not been answering for a while, so nothing was sent. Try again later.';
    throw call.error({ code: 'unavailable', retryInMs: waitMs, message });
  }
  call.breaker = breaker;
  try {
    return await work();
  } finally {
    breaker.leave(call);
  }
}

/** Compared with the configuration that this very call uses: one that is a function may differ from call to call. */
function checkPlace(wanted: string | undefined, found: string, call: Call): void {
  if (wanted === undefined || wanted === found) return;
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
  readonly when?: AnyWhen;
}

/** A call whose input and configuration are valid; nothing has been sent. */
export interface ReadyCall<Request> {
  readonly call: Call;
  readonly entry: AccountEntry;
  readonly request: Request;
  readonly options: CallOptions;
  readonly adapter: AdapterOperations;
  readonly context: SendContext;
}
