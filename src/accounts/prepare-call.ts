import type { AdapterOperations } from './account-driver.ts';
import type { AccountEntry } from './account-entry.ts';
import type { Call } from '../call/call.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import { checkAgainst } from '../call/check-schema.ts';
import { configure } from './configure.ts';
import { nearest } from '../call/nearest.ts';
import { DEFAULTS } from '../call/check-options.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import { placeOf } from './place.ts';
import { timeAfter } from '../sending/retry-after.ts';
import type { SendContext } from '../sending/send-context.ts';
import { checkedOrThrow, inTime, checkCallOptions } from '../call/check-input.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import { TimeLimit } from '../call/time-limit.ts';
import type { When } from '../contract/vocabulary.ts';

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

/** What a call is made of before anything of it has been checked. */
export interface CallInput<Request> {
  readonly schema: StandardSchema<unknown, Request>;
  readonly request: unknown;
  readonly options: unknown;
  /** The options that this operation takes. */
  readonly knownOptions: readonly string[];
}

/**
 * Checks a request, its account, its options and its configuration, in this order, and runs `work` on what is sound.
 *
 * @throws ProviderError `invalid_request`, `unknown_account`, `unsupported`, `aborted`, `not_configured`, or whatever
 * `work` throws. All but the last before anything is sent.
 */
export async function openCall<Request extends AddressedRequest, Value>(
  accounts: ReadonlyMap<string, AccountEntry>,
  defaults: ServiceOptions,
  call: Call,
  input: CallInput<Request>,
  work: (prepared: ReadyCall<Request>) => Promise<Value>,
): Promise<Value> {
  const { entry, checked: request } = await checkedRequest(accounts, input, call);
  const options = checkCallOptions(input.options, input.knownOptions, call);
  if (options.onEvent !== undefined) call.listen(options.onEvent);
  const limit = new TimeLimit(options.deadlineMs ?? defaults.deadlineMs ?? DEFAULTS.deadlineMs, options.signal);
  try {
    if (limit.end === 'aborted') throw call.error({ code: 'aborted', message: 'the call was aborted before it began' });
    const bound = await checkedOrThrow(inTime(entry.driver.bind(request.service), call, limit), call, 'service');
    call.serviceKey = bound.key;
    const { configured: service, baseUrl } = await configure(bound.configure, entry.driver.env, call, limit, defaults);
    checkPlace(options.place, placeOf(entry.account.provider, baseUrl, call.redactor), call);
    const route: SendContext = {
      baseUrl,
      limit,
      attemptTimeoutMs: defaults.attemptTimeoutMs ?? DEFAULTS.attemptTimeoutMs,
      transport: defaults,
      writesOnFreshConnection: needsFreshConnection(entry.account.capabilities),
    };
    return await admitted(entry, call, () => work({ call, entry, request, options, service, route }));
  } finally {
    limit.dispose();
  }
}

/**
 * The parts of a request, checked, and its account; the service not yet.
 *
 * @throws ProviderError `invalid_request`, `unknown_account` or `unsupported`
 */
export async function checkedRequest<Request extends AddressedRequest>(
  accounts: ReadonlyMap<string, AccountEntry>,
  input: Pick<CallInput<Request>, 'schema' | 'request'>,
  call: Call,
): Promise<{ readonly entry: AccountEntry; readonly checked: Request }> {
  const entry = findAccount(accounts, input.request, call);
  const checked = await checkedOrThrow(checkAgainst(input.schema, input.request, 'constant'), call, '');
  // The schema has made sure that there is an account, and that it is a string.
  if (entry === undefined) throw call.error({ code: 'unknown_account', message: unknownAccount(accounts, '') });
  checkTiming(entry, checked.when, call);
  return { entry, checked };
}

/**
 * Whether a lost answer to a write could not be cleared up afterwards. Such a write does not go out on a kept connection,
 * which the server may be closing as idle in that very moment.
 */
function needsFreshConnection({ readBack, recognisesRepeat }: Capabilities): boolean {
  return !readBack || recognisesRepeat === 'no';
}

/** Runs `work` if the account's breaker lets it in. A preview sends nothing, so it always may. */
async function admitted<Value>({ health }: AccountEntry, call: Call, work: () => Promise<Value>): Promise<Value> {
  if (call.operation === 'preview') return await work();
  const waitMs = health.admit(call);
  if (waitMs !== undefined) {
    const message = 'the provider has not been answering for a while, so nothing was sent. Try again later.';
    throw call.error({ code: 'unavailable', retryAt: timeAfter(waitMs), message });
  }
  call.health = health;
  return await work().finally(() => health.leave(call));
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

/** @throws ProviderError `unknown_account`; returns `undefined` if the input names no account. */
export function findAccount(
  accounts: ReadonlyMap<string, AccountEntry>,
  input: unknown,
  call: Call,
): AccountEntry | undefined {
  const name = accountNameOf(input);
  const entry = name === undefined ? undefined : accounts.get(name);
  if (entry === undefined && name !== undefined) {
    throw call.error({ code: 'unknown_account', message: unknownAccount(accounts, name) });
  }
  call.account = entry?.name;
  call.provider = entry?.account.provider;
  return entry;
}

/** The account that a request names, checked no further; `undefined` where it names none or cannot be read. */
export function accountNameOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  try {
    return 'account' in input && typeof input.account === 'string' ? input.account : undefined;
  } catch {
    // A request that cannot be read names no account; the check of the whole request says so.
    return undefined;
  }
}

function unknownAccount(accounts: ReadonlyMap<string, AccountEntry>, name: string): string {
  const suggestion = nearest(name, accounts.keys());
  const next = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
  return `there is no account of that name. The accounts are: ${[...accounts.keys()].join(', ') || '(none)'}.${next}`;
}

function checkTiming(entry: AccountEntry, when: When | undefined, call: Call): void {
  const { timings } = entry.account.capabilities;
  if (when === undefined || timings.includes(when)) return;
  throw call.error({
    code: 'unsupported',
    message: `this provider does not offer ${when}. It offers: ${timings.join(', ')}. Nothing was sent.`,
  });
}
