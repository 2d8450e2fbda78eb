import type { Call } from '../call/call.ts';
import { checkedOrThrow, inTime } from '../call/check-input.ts';
import type { Checked } from '../call/check-schema.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { Reason } from '../contract/reason.ts';
import type { AnyWhen } from '../contract/vocabulary.ts';
import type { SendContext } from '../sending/send-context.ts';
import type { AdapterOperations } from './account-driver.ts';
import type { AccountEntry } from './account-entry.ts';
import { type CheckedDetails, checkDetails } from './check-details.ts';
import type { Configured } from './configure.ts';
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
  // Loading takes none of the call's own time.
  await (rest ??= Promise.all([import('./bind-service.ts'), import('./read-configuration.ts')]));
  return await withinDeadline(call, { deadlineMs, signal }, async (limit) => {
    const bound = await checkedOrThrow(inTime(driver.bind(request.service), call, limit), call, 'service');
    call.serviceKey = bound.key;
    const isOrder = 'reason' in request;
    const details = isOrder ? await inTime(checkDetails(entry, request, call), call, limit) : NO_DETAILS;
    const isFresh = needsFreshConnection(account.capabilities);
    const configure = withSecret(bound.configure, request.token);
    const opened = await openAccount(configure, driver.env, call, limit, defaults, isFresh);
    const { configured: service, route } = opened;
    checkPlace(place, placeOf(account.provider, route.baseUrl, call.redactor), call);
    return await admitted(entry, call, () => work({ call, entry, request, details, options, service, route }));
  });
}

// What an account needs for its first call.
let rest: Promise<unknown> | undefined;

const NO_DETAILS: CheckedDetails = { reasonCode: undefined, extras: undefined };

/** A secret of one call joins those of the account. */
function withSecret<Value extends Configured>(
  configure: () => Promise<Checked<Value>>,
  secret: string | undefined,
): () => Promise<Checked<Value>> {
  if (secret === undefined) return configure;
  return async () => {
    const checked = await configure();
    if (!checked.ok) return checked;
    return { ok: true, value: { ...checked.value, secrets: [...checked.value.secrets, secret] } };
  };
}

/**
 * Whether a lost answer to a write could not be cleared up afterwards. Such a write does not go out on a kept connection,
 * which the server may be closing as idle in that very moment.
 */
function needsFreshConnection({ readBack, recognizesRepeat }: Capabilities): boolean {
  return !readBack || recognizesRepeat === 'no';
}

/** Runs `work` if the account's breaker lets it in. A preview sends nothing, so it always may. */
async function admitted<Value>({ health }: AccountEntry, call: Call, work: () => Promise<Value>): Promise<Value> {
  if (call.operation === 'preview') return await work();
  const waitMs = health.admit(call);
  if (waitMs !== undefined) {
    const message = 'the provider has not been answering for a while, so nothing was sent. Try again later.';
    throw call.error({ code: 'unavailable', retryInMs: waitMs, message });
  }
  call.health = health;
  try {
    return await work();
  } finally {
    health.leave(call);
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
  /** There, if only as `undefined`, where a cancellation is asked for. */
  readonly reason?: Reason | undefined;
  readonly extras?: Readonly<Record<string, unknown>> | undefined;
  /** A secret of this call. */
  readonly token?: string;
}

/** A call whose input and configuration are sound; nothing has been sent. */
export interface ReadyCall<Request> {
  readonly call: Call;
  readonly entry: AccountEntry;
  readonly request: Request;
  readonly details: CheckedDetails;
  readonly options: CallOptions;
  readonly service: AdapterOperations;
  readonly route: SendContext;
}
