import type { ErrorCode } from './error-code.ts';
import type { ProviderError } from './provider-error.ts';
import type { CancelOutcome, CancelResult, RevokeResult } from './result.ts';
import type {
  CancellationState,
  CancellationStatus,
  EffectiveAt,
  RevokeOutcome,
  WarningCode,
  When,
} from './vocabulary.ts';

/**
 * What an error means to an end customer.
 *
 * - `invalid`: the request cannot be carried out as it is; sending it again does not help.
 * - `conflict`: the service's own state forbids it.
 * - `try_later`: nothing happened, and the same request may succeed later.
 * - `failed`: nothing happened, and an operator has to look at it.
 * - `unknown`: it may have happened. It must not be sent again.
 */
export type PublicErrorCode = 'invalid' | 'conflict' | 'try_later' | 'failed' | 'unknown';

/** The view of a {@link ProviderError} for end customers: names no provider, host, account or service. */
export interface PublicError {
  /** A sentence in English. */
  readonly error: string;
  readonly code: PublicErrorCode;
  /** What support needs to find the call in the operator's log. */
  readonly operationId?: string;
  /** Not before this time (ISO 8601), if the provider said so. */
  readonly retryAt?: string;
}

/** The view of a {@link CancellationStatus} for end customers. */
export interface PublicStatus {
  readonly state: CancellationState;
  readonly when?: When;
  readonly effectiveAt?: EffectiveAt;
  readonly requestedAt?: string;
  readonly revocable: boolean;
}

/** The view of a result for end customers: no account, provider, service, provider's reference, message or `raw`. */
export interface PublicResult<Outcome extends CancelOutcome | RevokeOutcome = CancelOutcome | RevokeOutcome> {
  readonly outcome: Outcome;
  readonly when?: When;
  readonly effectiveAt?: EffectiveAt;
  /** What was read back of an earlier cancellation. */
  readonly existing?: PublicStatus;
  /** The codes alone: a warning's message may name the provider. */
  readonly warnings: readonly WarningCode[];
  readonly operationId: string;
}

/** The view of a `status` for end customers. Its `reason` is left out: the provider may have written to it. */
export function toPublicStatus(status: CancellationStatus): PublicStatus {
  const { state, when, effectiveAt, requestedAt, revocable } = status;
  return { state, ...set({ when, effectiveAt: copyOf(effectiveAt), requestedAt }), revocable };
}

/** The view of a result of `cancel` or `revoke` for end customers. */
export function toPublicResult(result: CancelResult): PublicResult<CancelOutcome>;
export function toPublicResult(result: RevokeResult): PublicResult<RevokeOutcome>;
export function toPublicResult(result: CancelResult | RevokeResult): PublicResult {
  const { outcome, operationId } = result;
  if (!('when' in result)) return { outcome, warnings: [], operationId };
  const { when, effectiveAt, existing, warnings } = result;
  return {
    outcome,
    when,
    ...set({
      effectiveAt: copyOf(effectiveAt),
      existing: existing === undefined ? undefined : toPublicStatus(existing),
    }),
    warnings: warnings.map(({ code }) => code),
    operationId,
  };
}

/**
 * The HTTP status with which a backend can answer its own customer, for each code.
 *
 * `outcome_unknown` is 202, accepted and not confirmed: an error status would make clients and proxies send it again.
 * Nothing is 401, 403 or 404 here: these would speak of the customer's own login and the backend's own address.
 */
export const HTTP_STATUS: { readonly [Code in ErrorCode]: number } = {
  invalid_request: 422,
  unknown_account: 500,
  not_configured: 500,
  unsupported: 422,
  unauthorized: 502,
  forbidden: 502,
  not_found: 502,
  not_cancellable: 409,
  timing_conflict: 409,
  rejected: 502,
  rate_limited: 503,
  unavailable: 503,
  unexpected_response: 502,
  aborted: 503,
  outcome_unknown: 202,
};

/** What each code is to an end customer. */
const PUBLIC_CODES: { readonly [Code in ErrorCode]: PublicErrorCode } = {
  invalid_request: 'invalid',
  unknown_account: 'failed',
  not_configured: 'failed',
  unsupported: 'invalid',
  unauthorized: 'failed',
  forbidden: 'failed',
  not_found: 'failed',
  not_cancellable: 'conflict',
  timing_conflict: 'conflict',
  rejected: 'failed',
  rate_limited: 'try_later',
  unavailable: 'try_later',
  unexpected_response: 'failed',
  aborted: 'try_later',
  outcome_unknown: 'unknown',
};

/** The view of an error for end customers: see {@link ProviderError.toPublic}. */
export function publicErrorOf(
  error: Pick<ProviderError, 'code' | 'publicMessage' | 'operationId' | 'retryAt'>,
): PublicError {
  const { code, publicMessage, operationId, retryAt } = error;
  return { error: publicMessage, code: PUBLIC_CODES[code], ...set({ operationId, retryAt }) };
}

/** Only these fields: an adapter's object may have more than its type says. */
function copyOf(date: EffectiveAt | undefined): EffectiveAt | undefined {
  return date === undefined ? undefined : { value: date.value, precision: date.precision, source: date.source };
}

type Set<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields that are set. */
function set<Fields extends object>(fields: Fields): Set<Fields>;
function set(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
