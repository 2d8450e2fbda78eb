import type { Call } from '../call/call.ts';
import { DEFAULTS } from '../call/check-options.ts';
import { checkedOrThrow, invalid, type Checked, type MaybePromise, checkAgainst } from '../call/check-schema.ts';
import { chooseReasonCode } from '../call/reason.ts';
import { inTime, startLimit, type TimeLimit } from '../call/time-limit.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { Reason } from '../contract/reason.ts';
import type { AnyWhen } from '../contract/vocabulary.ts';
import type { SendContext } from '../sending/send-context.ts';
import type { TransportChoice } from '../sending/transport.ts';
import type { AccountEntry } from './account-entry.ts';
import type { AdapterOperations } from './account-internals.ts';
import { type Configured, type OpenWire, configure } from './configure.ts';
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
 * Whether a lost response to a write could not be cleared up afterwards. Such a write does not go out on a kept
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

/** The parts of a cancellation that are the provider's own, checked. */
export interface CheckedDetails {
  /** The code of the provider's own list that is to be sent. */
  readonly reasonCode: string | undefined;
  /** As the provider's schema returned them; `undefined` if the provider has none. */
  readonly extras: unknown;
}

/**
 * Checks the parts of a cancellation that are the provider's own: its extras, and its codes for a reason.
 *
 * @throws ProviderError `invalid_request`
 */
export function checkDetails(
  { account, internals }: AccountEntry,
  { reason, extras }: { readonly reason?: Reason | undefined; readonly extras?: object | undefined },
  call: Call,
): MaybePromise<CheckedDetails> {
  const { code, issue } = chooseReasonCode(reason, account.capabilities.reason);
  if (issue !== undefined) throw call.error(invalid([issue]));
  const checkedExtras = (checked: Checked<unknown>): CheckedDetails => {
    return { reasonCode: code, extras: checkedOrThrow(checked, call, 'extras') };
  };
  const checking = checkExtras(internals.extras, extras);
  return checking instanceof Promise ? checking.then(checkedExtras) : checkedExtras(checking);
}

function checkExtras(schema: AccountEntry['internals']['extras'], extras: object = {}): MaybePromise<Checked<unknown>> {
  if (schema !== undefined) return checkAgainst(schema, extras);
  const isEmpty = Object.keys(extras).length === 0;
  return isEmpty ? { ok: true, value: undefined } : { ok: false, issues: [NO_EXTRAS] };
}

const NO_EXTRAS = { path: '', expected: 'nothing: this provider has no fields of its own' } as const;

/** How long a call may take, and what carries its requests. What is not set has its default. */
export interface OpenOptions extends TransportChoice {
  readonly deadlineMs?: number | undefined;
  readonly attemptTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads and checks an account's configuration, gives the call its secrets, and returns it with where and how long its
 * requests are sent.
 *
 * @param env the environment variable of each option, for the message.
 * @param writesOnFreshConnection as in {@link SendContext}.
 * @throws ProviderError `not_configured` or `aborted`
 */
export async function openAccount<Value extends Configured>(
  read: () => MaybePromise<Checked<Value>>,
  env: Readonly<Record<string, string>>,
  call: Call,
  limit: TimeLimit,
  options: OpenOptions,
  writesOnFreshConnection: boolean,
): Promise<{ readonly configured: Value; readonly context: SendContext; readonly wire: OpenWire | undefined }> {
  const { configured, baseUrl, wire } = await configure(read, env, call, limit, options);
  const { attemptTimeoutMs = DEFAULTS.attemptTimeoutMs } = options;
  return {
    configured,
    wire,
    context: { baseUrl, limit, attemptTimeoutMs, transport: options, writesOnFreshConnection, wire },
  };
}
