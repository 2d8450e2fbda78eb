import type { ErrorCode, UnknownReason } from './error-code.ts';
import { ProviderError, type ProviderErrorDetails, type ProviderOperation } from './provider-error.ts';
import { Redactor } from './redactor.ts';

/** What a failure says; the call adds who, what and how often. */
export interface Failure extends Omit<
  ProviderErrorDetails,
  'account' | 'provider' | 'operation' | 'operationId' | 'attempts'
> {
  readonly code: ErrorCode;
}

const NOT_A_PROOF: Readonly<Partial<Record<ErrorCode, UnknownReason>>> = {
  aborted: 'aborted',
  unavailable: 'connection_lost',
  unexpected_response: 'unreadable_answer',
};

/**
 * One call of the service: who it is for, how often something was sent, and whether a write is still unanswered. Every
 * error of a call is made here, so that the promise of the error codes is kept in one place.
 */
export class Call {
  readonly operation: ProviderOperation;
  readonly operationId: string = crypto.randomUUID();
  account: string | undefined;
  provider: string | undefined;
  /** Knows no secret until the configuration has been read. */
  redactor: Redactor = new Redactor([]);
  attempts = 0;
  #writes = 0;
  #sentAt: string | undefined;
  #refused = false;

  constructor(operation: ProviderOperation) {
    this.operation = operation;
  }

  /** To be called before a write is handed to the network. */
  writeLeaves(): void {
    this.#writes += 1;
    this.#refused = false;
    this.#sentAt ??= new Date().toISOString();
  }

  /** The last write is known to have changed nothing. Says nothing about a write before it. */
  writeHadNoEffect(): void {
    this.#refused = this.#writes === 1;
  }

  /** Whether a write has left the machine in this call. */
  get wrote(): boolean {
    return this.#writes > 0;
  }

  /** Whether a write may have taken effect. */
  get mayHaveHappened(): boolean {
    return this.#writes > 0 && !this.#refused;
  }

  /**
   * The error for a failure. While a write may have taken effect, every code becomes `outcome_unknown`: no other code
   * may stand for something that perhaps happened.
   */
  error(failure: Failure): ProviderError {
    const unknown = failure.code === 'outcome_unknown' || this.mayHaveHappened;
    const code = unknown ? 'outcome_unknown' : failure.code;
    // The failure's own words may say that nothing was sent, which is true of its own request alone.
    const words =
      unknown && failure.code !== 'outcome_unknown'
        ? `the cancellation was sent and may have been stored, and then: ${failure.message} Check its state before anything is sent again.`
        : failure.message;
    const { text, message, data } = this.#scrubbers();
    const providerName = this.provider === undefined ? 'cancelkit' : this.provider;
    return new ProviderError(code, {
      ...failure,
      message: `${providerName}: ${message(words)}`,
      account: this.account,
      provider: this.provider,
      operation: this.operation,
      operationId: this.operationId,
      attempts: this.attempts,
      providerCode: failure.providerCode === undefined ? undefined : text(failure.providerCode).slice(0, 64),
      providerMessage: failure.providerMessage === undefined ? undefined : message(failure.providerMessage),
      issues: failure.issues?.map((issue) => ({ path: text(issue.path), expected: text(issue.expected) })),
      existing: failure.existing === undefined ? undefined : { ...failure.existing, raw: data(failure.existing.raw) },
      retryable: unknown ? false : failure.retryable,
      retryAt: unknown ? undefined : failure.retryAt,
      reason: unknown ? (failure.reason ?? NOT_A_PROOF[failure.code] ?? 'provider_error') : undefined,
      sentAt: unknown ? this.#sentAt : undefined,
      lastSeen: unknown ? failure.lastSeen : undefined,
    });
  }

  #scrubbers(): {
    readonly text: (text: string) => string;
    readonly message: (text: string) => string;
    readonly data: (value: unknown) => unknown;
  } {
    const { redactor } = this;
    return {
      text: (text) => redactor.text(text),
      message: (text) => redactor.message(text),
      data: (value) => redactor.data(value),
    };
  }
}
