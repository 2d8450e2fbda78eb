import { ERROR_CODES, type ErrorCode, type UnknownReason } from './error-code.ts';
import type { CancellationState, CancellationStatus, OperationName } from './vocabulary.ts';

/** One thing that is wrong with the input: where, and what was expected there. Never what was received. */
export interface Issue {
  /** Dotted path into the request or the configuration, such as `service.domain`. */
  readonly path: string;
  readonly expected: string;
}

/** What a {@link ProviderError} carries besides its code. */
export interface ProviderErrorDetails {
  readonly message: string;
  readonly account?: string | undefined;
  readonly provider?: string | undefined;
  readonly operation?: ProviderOperation | undefined;
  readonly status?: number | undefined;
  readonly providerCode?: string | undefined;
  readonly providerMessage?: string | undefined;
  readonly issues?: readonly Issue[] | undefined;
  readonly retryable?: boolean | undefined;
  readonly retryAt?: string | undefined;
  readonly attempts?: number | undefined;
  readonly operationId?: string | undefined;
  readonly reason?: UnknownReason | undefined;
  readonly sentAt?: string | undefined;
  readonly lastSeen?: CancellationState | undefined;
  readonly existing?: CancellationStatus | undefined;
}

/** The method of the service object that failed. */
export type ProviderOperation = OperationName | 'preview' | 'create';

const BRAND = Symbol.for('cancelkit.ProviderError');

/**
 * The one error that cancelkit throws.
 *
 * **Every `code` except `outcome_unknown` means that nothing happened at the provider.** No field holds a secret, a
 * received value or an error of a library.
 */
export class ProviderError extends Error {
  readonly code: ErrorCode;
  /** For end customers: names no provider, host or account. */
  readonly publicMessage: string;
  readonly account: string | undefined;
  readonly provider: string | undefined;
  readonly operation: ProviderOperation | undefined;
  /** HTTP status of the answer, where there was one. */
  readonly status: number | undefined;
  readonly providerCode: string | undefined;
  /** The provider's own message, scrubbed, at most 512 characters. */
  readonly providerMessage: string | undefined;
  /** With `invalid_request` and `not_configured`. */
  readonly issues: readonly Issue[] | undefined;
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean;
  /** Not before this time (ISO 8601), where the provider said so. */
  readonly retryAt: string | undefined;
  /** How many requests were sent, or tried, for this call. */
  readonly attempts: number;
  /** The same on the result, the error and the events of one call. */
  readonly operationId: string | undefined;
  /** With `outcome_unknown`: why. */
  readonly reason: UnknownReason | undefined;
  /** With `outcome_unknown`: when the request was handed to the network (ISO 8601). */
  readonly sentAt: string | undefined;
  /** With `outcome_unknown`: the state that a read-back showed afterwards. `none` proves nothing yet. */
  readonly lastSeen: CancellationState | undefined;
  /** With `timing_conflict`: the earlier cancellation. */
  readonly existing: CancellationStatus | undefined;

  constructor(code: ErrorCode, details: ProviderErrorDetails) {
    super(details.message);
    this.code = code;
    this.publicMessage = ERROR_CODES[code].publicMessage;
    this.account = details.account;
    this.provider = details.provider;
    this.operation = details.operation;
    this.status = details.status;
    this.providerCode = details.providerCode;
    this.providerMessage = details.providerMessage;
    this.issues = details.issues;
    this.retryable = details.retryable ?? ERROR_CODES[code].retryable;
    this.retryAt = details.retryAt;
    this.attempts = details.attempts ?? 0;
    this.operationId = details.operationId;
    this.reason = details.reason;
    this.sentAt = details.sentAt;
    this.lastSeen = details.lastSeen;
    this.existing = details.existing;
  }

  /** Every field that is set, with the message and without the stack: ready for a log or an API's answer. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(Object.entries({ ...this, name: this.name, message: this.message }));
  }
}

Object.defineProperty(ProviderError.prototype, 'name', { value: 'ProviderError', configurable: true, writable: true });
Object.defineProperty(ProviderError.prototype, BRAND, { value: true });

/**
 * Whether `error` is a {@link ProviderError}, of that `code` where one is given. Works across copies and versions of
 * the package, where `instanceof` does not.
 */
export function isProviderError(error: unknown): error is ProviderError;
export function isProviderError<Code extends ErrorCode>(
  error: unknown,
  code: Code,
): error is ProviderError & { readonly code: Code };
export function isProviderError(error: unknown, code?: ErrorCode): boolean {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || ('code' in error && error.code === code);
}
