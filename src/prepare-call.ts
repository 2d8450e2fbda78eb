import type { Account, AccountDriver, ConfiguredService } from './account.ts';
import { checkBaseUrl } from './base-url.ts';
import type { Call } from './call.ts';
import { checkAgainst, type Checked } from './check.ts';
import { checkOptions, DEFAULTS, type CallOptions, type ServiceOptions } from './options.ts';
import type { Issue } from './provider-error.ts';
import { Redactor } from './redactor.ts';
import { endedBeforeSending, type Route } from './run-exchange.ts';
import type { StandardSchema } from './standard-schema.ts';
import { TimeLimit } from './time-limit.ts';
import type { When } from './vocabulary.ts';

/** One of the service's accounts. */
export interface AccountEntry {
  readonly name: string;
  readonly account: Account;
  readonly driver: AccountDriver;
}

/** The parts of a request that every operation has. */
export interface AddressedRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when?: When;
}

/** A call whose input and configuration are sound; nothing has been sent. */
export interface Prepared<Request> {
  readonly call: Call;
  readonly entry: AccountEntry;
  readonly request: Request;
  readonly service: ConfiguredService;
  readonly route: Route;
}

/** What a call is made of before anything of it has been checked. */
export interface CallInput<Request> {
  readonly schema: StandardSchema<unknown, Request>;
  readonly request: unknown;
  readonly options: unknown;
}

/** The options that a single call takes. */
export const CALL_OPTIONS: readonly string[] = ['signal', 'deadlineMs'];

/**
 * Checks a request, its account, its options and its configuration, in this order, and runs `work` on what is sound.
 *
 * @throws ProviderError `invalid_request`, `unknown_account`, `unsupported`, `aborted`, `not_configured`, or whatever
 * `work` throws. All but the last before anything is sent.
 */
export async function withPrepared<Request extends AddressedRequest, Value>(
  accounts: ReadonlyMap<string, AccountEntry>,
  defaults: ServiceOptions,
  call: Call,
  input: CallInput<Request>,
  work: (prepared: Prepared<Request>) => Promise<Value>,
): Promise<Value> {
  const entry = findAccount(accounts, input.request, call);
  const request = await checkedOrThrow(checkAgainst(input.schema, input.request), call, '');
  const options = soundOptions(input.options, call);
  // The schema has made sure that there is an account, and that it is a string.
  if (entry === undefined) throw call.error({ code: 'unknown_account', message: unknownAccount(accounts) });
  checkTiming(entry, request.when, call);
  const limit = new TimeLimit(options.deadlineMs ?? defaults.deadlineMs ?? DEFAULTS.deadlineMs, options.signal);
  try {
    if (limit.end === 'aborted') throw call.error({ code: 'aborted', message: 'the call was aborted before it began' });
    const bound = await checkedOrThrow(inTime(entry.driver.bind(request.service), call, limit), call, 'service');
    const service = await configure(bound.configure, entry, call, limit);
    call.redactor = new Redactor(service.secrets);
    const route: Route = {
      baseUrl: baseUrlOf(service, call),
      limit,
      attemptTimeoutMs: defaults.attemptTimeoutMs ?? DEFAULTS.attemptTimeoutMs,
      fetch: defaults.fetch ?? globalThis.fetch,
    };
    return await work({ call, entry, request, service, route });
  } finally {
    limit.dispose();
  }
}

function findAccount(
  accounts: ReadonlyMap<string, AccountEntry>,
  input: unknown,
  call: Call,
): AccountEntry | undefined {
  const name = accountNameOf(input);
  const entry = name === undefined ? undefined : accounts.get(name);
  if (entry === undefined && name !== undefined) {
    throw call.error({ code: 'unknown_account', message: unknownAccount(accounts) });
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

function unknownAccount(accounts: ReadonlyMap<string, AccountEntry>): string {
  return `there is no account of that name. The accounts are: ${[...accounts.keys()].join(', ') || '(none)'}.`;
}

/** A schema may be asynchronous, and a faulty one may never answer. */
async function inTime<Value>(promise: Promise<Value>, call: Call, limit: TimeLimit): Promise<Value> {
  try {
    return await limit.race(promise);
  } catch (error) {
    if (limit.end === undefined) throw error;
    throw call.error(endedBeforeSending(limit.end));
  }
}

async function checkedOrThrow<Value>(checking: Promise<Checked<Value>>, call: Call, root: string): Promise<Value> {
  const checked = await checking;
  if (checked.ok) return checked.value;
  throw call.error(invalid(checked.issues.map(({ path, expected }) => ({ path: joinPath(root, path), expected }))));
}

function joinPath(root: string, path: string): string {
  return [root, path].filter((part) => part !== '').join('.') || 'request';
}

function invalid(issues: readonly Issue[]): { code: 'invalid_request'; message: string; issues: readonly Issue[] } {
  const what = issues.map(({ path, expected }) => `${path}: expected ${expected}`).join('; ');
  return { code: 'invalid_request', message: `the request is not valid. ${what}. Nothing was sent.`, issues };
}

function soundOptions(options: unknown, call: Call): CallOptions {
  const issues = checkOptions(options, CALL_OPTIONS);
  if (issues.length > 0) throw call.error(invalid(issues));
  // oxlint-disable-next-line no-unsafe-type-assertion -- checked above
  return { ...(options as CallOptions | undefined) };
}

function checkTiming(entry: AccountEntry, when: When | undefined, call: Call): void {
  const { timings } = entry.account.capabilities;
  if (when === undefined || timings.includes(when)) return;
  throw call.error({
    code: 'unsupported',
    message: `this provider does not offer ${when}. It offers: ${timings.join(', ')}. Nothing was sent.`,
  });
}

async function configure(
  read: () => Promise<Checked<ConfiguredService>>,
  entry: AccountEntry,
  call: Call,
  limit: TimeLimit,
): Promise<ConfiguredService> {
  let checked;
  try {
    checked = await limit.race(read());
  } catch {
    // What the caller's function threw can hold a secret, so only that it failed is said.
    if (limit.end === 'aborted')
      throw call.error({ code: 'aborted', message: 'the call was aborted before it was sent' });
    const how = limit.end === 'timeout' ? 'did not come before the deadline' : 'could not be read: its function failed';
    throw call.error({
      code: 'not_configured',
      retryable: true,
      message: `the configuration ${how}. Nothing was sent.`,
    });
  }
  if (checked.ok) return checked.value;
  throw call.error({
    code: 'not_configured',
    issues: checked.issues,
    message: `the account is not configured. ${checked.issues.map((issue) => missing(issue, entry)).join('; ')}. Nothing was sent.`,
  });
}

function missing({ path, expected }: Issue, { driver }: AccountEntry): string {
  const variable = Object.hasOwn(driver.env, path) ? driver.env[path] : undefined;
  const where =
    variable === undefined ? '' : ` (option ${path}, or ${variable} in the environment of an account without options)`;
  return `${path || 'configuration'}: expected ${expected}${where}`;
}

function baseUrlOf(service: ConfiguredService, call: Call): URL {
  const checked = checkBaseUrl(service.baseUrl);
  if (checked.ok) return checked.url;
  const issues = [{ path: 'base URL', expected: checked.expected }];
  throw call.error({
    code: 'not_configured',
    message: `the base URL is not usable: expected ${checked.expected}`,
    issues,
  });
}
