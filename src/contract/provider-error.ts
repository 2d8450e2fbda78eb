import { docsOf } from './docs-address.ts';
import { ERROR_CODES, type ErrorCode, type UnknownReason } from './error-code.ts';
import { type PublicError, publicErrorOf, publicMessageOf } from './public-error.ts';
import type { CancellationStatus, Confirmation, EffectiveAt, LastSeen, ProviderOperation } from './vocabulary.ts';

/** One thing that is wrong with the input: where, and what was expected there. Never what was received. */
export interface Issue {
  /** Dotted path into the request or the configuration, such as `service.domain`. */
  readonly path: string;
  readonly expected: string;
  /** `missing`: nothing is there. `unknown`: nothing of this name is taken. Left out: another value is expected. */
  readonly problem?: 'missing' | 'unknown';
  /** With `unknown`: the known name that was most likely meant. */
  readonly suggestion?: string;
  /** With a configuration that was read from the environment: the variable of the option. */
  readonly variable?: string;
}

const OPTIONAL_FIELDS = [
  'account',
  'provider',
  'operation',
  'operationId',
  'providerStatus',
  'providerCode',
  'providerMessage',
  'providerReference',
  'issues',
  'retryAt',
  'reason',
  'sentAt',
  'asksFor',
  'lastSeen',
  'readBackRefusal',
  'existing',
  'earliest',
  'confirmation',
  'providerRequestId',
] as const;

/** What a {@link ProviderError} is made of, besides its code. */
export type ProviderErrorDetails = { readonly message: string } & {
  readonly [Field in (typeof OPTIONAL_FIELDS)[number] | 'retryable' | 'attempts']?: ProviderError[Field] | undefined;
};

const BRAND = Symbol.for('cancelkit.ProviderError');

/**
 * The one error that cancelkit throws.
 *
 * **Every `code` except `outcome_unknown` means that nothing happened at the provider.** No field holds a secret, a
 * received value or an error of a library.
 */
export class ProviderError extends Error {
  static {
    // The bundler shortens names, and this one is shown wherever the error is inspected.
    Object.defineProperty(this, 'name', { value: 'ProviderError' });
  }

  declare readonly code: ErrorCode;
  /** For end customers: names no provider, host or account. */
  declare readonly publicMessage: string;
  declare readonly account: string | undefined;
  declare readonly provider: string | undefined;
  declare readonly operation: ProviderOperation | undefined;
  /**
   * HTTP status of the provider's response, if there was one. Not named `status`: web frameworks take an error's
   * `status` for the status of their own response.
   */
  declare readonly providerStatus: number | undefined;
  declare readonly providerCode: string | undefined;
  /** The provider's own message, scrubbed, at most 512 characters. */
  declare readonly providerMessage: string | undefined;
  /** The provider's own id of the response, for a support request; scrubbed, at most 128 characters. */
  declare readonly providerReference: string | undefined;
  /** With `invalid_request` and `not_configured`. */
  declare readonly issues: readonly Issue[] | undefined;
  /** Whether the same call may succeed later without anyone changing anything. */
  declare readonly retryable: boolean;
  /** Not before this time (ISO 8601), if the provider said so. */
  declare readonly retryAt: string | undefined;
  /** How many requests were sent, or tried, for this call. */
  declare readonly attempts: number;
  /** The same on the result, the error and the events of one call. */
  declare readonly operationId: string | undefined;
  /** With `outcome_unknown`: why. */
  declare readonly reason: UnknownReason | undefined;
  /** With `outcome_unknown`: when the request was handed to the network (ISO 8601). */
  declare readonly sentAt: string | undefined;
  /**
   * With `outcome_unknown`: the calendar date that the request asked for, if one is known. A later read-back is
   * compared with it.
   */
  declare readonly asksFor: string | undefined;
  /**
   * With `outcome_unknown`: the state that a read-back showed afterwards. `none` proves nothing yet; `absent` means
   * that the provider has no such service, and it is not known whether it had one before.
   */
  declare readonly lastSeen: LastSeen | undefined;
  /**
   * With `outcome_unknown`: the code with which the read-back afterwards was turned away, as every further one of the
   * account would be, or with which the response itself seems to refuse access, so that none was sent: `unauthorized`,
   * `forbidden`, `unavailable` for a challenge, `unexpected_response` for a 401 or 407.
   */
  declare readonly readBackRefusal: ErrorCode | undefined;
  /** With `timing_conflict`: the earlier cancellation. */
  declare readonly existing: CancellationStatus | undefined;
  /** With `date_too_early`: the first date that the provider allows, if it says so. */
  declare readonly earliest: EffectiveAt | undefined;
  /** With `confirmation_required`: how the token reaches a person. Nothing is cancelled before `confirm` gets it. */
  declare readonly confirmation: Confirmation | undefined;
  /** The provider's own id of its last response, for a support request. */
  declare readonly providerRequestId: string | undefined;

  constructor(code: ErrorCode, details: ProviderErrorDetails) {
    super(details.message);
    // Only what is set becomes a field, so that a printed error is short.
    for (const field of OPTIONAL_FIELDS) {
      if (details[field] !== undefined) Object.assign(this, { [field]: details[field] });
    }
    this.code = code;
    this.publicMessage = publicMessageOf(code, details.operation);
    this.retryable = details.retryable ?? ERROR_CODES[code].retryable;
    this.attempts = details.attempts ?? 0;
  }

  /** Where the documentation says what this code means and what to do: `cancelkit/docs/errors.md#rate_limited`. */
  get docs(): string {
    return docsOf(this.code);
  }

  /** For a response to an end customer: `publicMessage`, a coarse code, `operationId` and `retryAt`. */
  toPublic(): PublicError {
    return publicErrorOf(this);
  }

  /**
   * For operators' logs: every field that is set, with the message and without the stack. It names the provider and its
   * host, so it is not for end customers: use {@link ProviderError.toPublic} for them.
   */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...Object.fromEntries(Object.entries(this)) };
  }
}

Object.defineProperty(ProviderError.prototype, 'name', { value: 'ProviderError', configurable: true, writable: true });

Object.defineProperty(ProviderError.prototype, BRAND, { value: true });

/**
 * Whether `error` is a {@link ProviderError}, of that `code` if one is given. Works across copies and versions of
 * the package, if `instanceof` does not.
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
