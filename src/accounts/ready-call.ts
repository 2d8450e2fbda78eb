import type { Call } from '../call/call.ts';
import { checkedOrThrow, inTime } from '../call/check-input.ts';
import type { Checked, MaybePromise } from '../call/check-schema.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { Reason } from '../contract/reason.ts';
import type { AnyWhen } from '../contract/vocabulary.ts';
import type { SendContext } from '../sending/send-context.ts';
import type { AccountEntry } from './account-entry.ts';
import { type CheckedDetails, checkDetails } from './check-details.ts';
import type { Configured } from './configure.ts';
import type { AdapterOperations } from './account-internals.ts';
import { openAccount, startLimit } from './open-account.ts';
import { placeOf } from './place.ts';

/** The parts of a request that every operation has. */
export interface AddressedRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when?: AnyWhen;
  /** There, if only as `undefined`, where a cancellation is asked for. */
  readonly reason?: Reason | undefined;
  readonly extras?: Readonly<Record<string, unknown>> | undefined;
  /** A secret of this call. */
  readonly token?: string;
}

/** A call whose input and configuration are valid; nothing has been sent. */
export interface ReadyCall<Request> {
  readonly call: Call;
  readonly entry: AccountEntry;
  readonly request: Request;
  readonly details: CheckedDetails;
  readonly options: CallOptions;
  readonly adapter: AdapterOperations;
  readonly context: SendContext;
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
  const checking = internals.bind(request.service);
  const checked = checking instanceof Promise ? await inTime(checking, call, limit) : checking;
  const bound = checkedOrThrow(checked, call, 'service');
  call.serviceKey = bound.key;
  const checkingDetails = 'reason' in request ? checkDetails(entry, request, call) : NO_DETAILS;
  const details = checkingDetails instanceof Promise ? await inTime(checkingDetails, call, limit) : checkingDetails;
  const isFresh = needsFreshConnection(account.capabilities);
  const configure = withSecret(bound.configure, request.token);
  const opened = await openAccount(configure, internals.env, call, limit, defaults, isFresh);
  const { configured: adapter, context, wire } = opened;
  if (request.token !== undefined) wire?.addSecrets([request.token]);
  if (place !== undefined) checkPlace(place, placeOf(account.provider, context, call.redactor), call);
  admit(entry, call);
  return { call, entry, request, details, options, adapter, context };
}

const NO_DETAILS: CheckedDetails = { reasonCode: undefined, extras: undefined };

/** A secret of one call joins those of the account. */
function withSecret<Value extends Configured>(
  configure: () => MaybePromise<Checked<Value>>,
  secret: string | undefined,
): () => MaybePromise<Checked<Value>> {
  if (secret === undefined) return configure;
  return async () => {
    const checked = await configure();
    if (!checked.ok) return checked;
    return { ok: true, value: { ...checked.value, secrets: [...checked.value.secrets, secret] } };
  };
}

/**
 * Whether a lost answer to a write could not be cleared up afterwards. Such a write does not go out on a kept
 * connection, which the server may be closing as idle in that very moment.
 */
function needsFreshConnection({ readBack, recognizesRepeat }: Capabilities): boolean {
  return !readBack || recognizesRepeat === 'no';
}

/** Fails if the account's breaker is open. A preview sends nothing, so it always may go on. */
export function admit({ breaker }: AccountEntry, call: Call): void {
  if (call.operation === 'preview') return;
  const waitMs = breaker.admit(call);
  if (waitMs !== undefined) {
    const message = 'the provider has not been answering for a while, so nothing was sent. Try again later.';
    throw call.error({ code: 'unavailable', retryInMs: waitMs, message });
  }
  call.breaker = breaker;
}

/** Compared with the configuration that this very call uses: one that is a function may differ from call to call. */
export function checkPlace(wanted: string, found: string, call: Call): void {
  if (wanted === found) return;
  throw call.error({
    code: 'not_configured',
    issues: [{ path: 'options.place', expected: found }],
    message: `the account leads to ${found} now, and the request is for ${wanted}. Nothing was sent.`,
  });
}
