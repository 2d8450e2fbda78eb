import type { Call } from '../call/call.ts';
import { optionsOrThrow } from '../call/check-options.ts';
import { checkedOrThrow, invalid, checkAgainst } from '../call/check-schema.ts';
import { nearest } from '../call/nearest.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import type { AnyWhen, Timing } from '../contract/vocabulary.ts';
import { endOfDay, timingOf } from '../contract/when.ts';
import { loadPart } from '../platform/load-part.ts';
import type { AccountEntry } from './account-entry.ts';
import type { AddressedRequest, ReadyCall, readyCall as readyCallOf } from './ready-call.ts';

/** What a call is made of before anything of it has been checked. */
export interface CallInput<Request> {
  readonly schema: RequestSchema<Request>;
  readonly request: unknown;
  readonly options: unknown;
  /** Checks the options that this operation takes. */
  readonly optionsSchema: StandardSchema<unknown, CallOptions>;
}

/** Checks a request; for one whose messages depend on what the account's provider offers, a function of its timings. */
export type RequestSchema<Request> =
  StandardSchema<unknown, Request> | ((timings: readonly Timing[] | undefined) => StandardSchema<unknown, Request>);

/**
 * Checks a request, its account, its options and its configuration, in this order. Nothing is sent.
 *
 * @throws ProviderError `invalid_request`, `unknown_account`, `unsupported`, `aborted`, `not_configured` or
 * `unavailable`
 */
export async function openCall<Request extends AddressedRequest>(
  accounts: ReadonlyMap<string, AccountEntry>,
  defaults: ServiceOptions,
  call: Call,
  input: CallInput<Request>,
): Promise<ReadyCall<Request>> {
  const { entry, checked: request } = await checkedRequest(accounts, input, call);
  const options: CallOptions =
    input.options === undefined ? {} : optionsOrThrow(input.optionsSchema, input.options, call);
  call.traceparent = options.traceparent;
  checkDay(request.when, call, options.now);
  if (options.onEvent !== undefined) call.listen(options.onEvent);
  // What comes after the checks is loaded with the first call that passes them.
  readyCall ??= (await loadPart(import('./ready-call.ts'))).readyCall;
  return await readyCall(entry, defaults, call, request, options);
}

let readyCall: typeof readyCallOf | undefined;

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
  const schema = typeof input.schema === 'function' ? input.schema(entry?.account.capabilities.timings) : input.schema;
  const checked = checkedOrThrow(await checkAgainst(schema, input.request, 'constant'), call, '');
  // The schema has made sure that there is an account, and that it is a string.
  if (entry === undefined) throw call.error({ code: 'unknown_account', message: unknownAccount(accounts, '') });
  checkTiming(entry, checked.when, call);
  return { entry, checked };
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

/** The account that a request names, checked no further; `undefined` if it names none or cannot be read. */
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

/**
 * Whether the day that was asked for is not over, anywhere.
 *
 * @param now milliseconds since 1970.
 * @throws ProviderError `invalid_request`
 */
export function checkDay(when: AnyWhen | undefined, call: Call, now: number = Date.now()): void {
  if (typeof when !== 'object' || endOfDay(when.on) > now) return;
  throw call.error(invalid([{ path: 'when.on', expected: 'a day that is not over' }]));
}

function checkTiming(entry: AccountEntry, when: AnyWhen | undefined, call: Call): void {
  const { timings } = entry.account.capabilities;
  if (when === undefined || timings.includes(timingOf(when))) return;
  const asked = timingOf(when) === 'on_date' ? 'a date (on_date)' : timingOf(when);
  throw call.error({
    code: 'unsupported',
    message: `this provider does not offer ${asked}. It offers: ${timings.join(', ')}. Nothing was sent.`,
  });
}
