import type { ErrorCode, UnknownReason } from '../contract/error-code.ts';
import type { OperationEvent, EventDetails } from '../contract/event.ts';
import { ProviderError, type ProviderErrorDetails } from '../contract/provider-error.ts';
import type { Confirmation, ProviderOperation } from '../contract/vocabulary.ts';
import { Redactor } from '../privacy/redactor.ts';
import type { Breaker } from './breaker.ts';
import { noteForeign, noteWait, timeAfter } from './error-notes.ts';

/** What a failure says; the call adds who, what and how often. */
export interface ErrorFacts extends Omit<
  ProviderErrorDetails,
  'account' | 'provider' | 'operation' | 'operationId' | 'attempts' | 'retryAt'
> {
  readonly code: ErrorCode;
  /** Milliseconds until it is worth trying again; `retryAt` is made of them. */
  readonly retryInMs?: number | undefined;
  /** Whether it is based on a response that no API gives, such as a page. */
  readonly isForeign?: boolean | undefined;
}

/** Is notified of what happens during a call. */
export type Listener = (event: OperationEvent) => void;

const NOT_A_PROOF: Readonly<Partial<Record<ErrorCode, UnknownReason>>> = {
  aborted: 'aborted',
  unavailable: 'connection_lost',
  unexpected_response: 'unreadable_answer',
};

const NO_SECRETS = new Redactor();

/**
 * One call of the service: who it is for, how often something was sent, and whether a write may have taken effect.
 * Every error of a call is made here, so that the promise of the error codes is kept in one place.
 */
export class Call {
  readonly operation: ProviderOperation;
  readonly operationId: string;
  account: string | undefined;
  provider: string | undefined;
  serviceKey: string | undefined;
  /** Knows no secret until the configuration has been read. */
  redactor: Redactor = NO_SECRETS;
  /** Which option and variable hold the base URL, for messages. */
  addressName = 'the base URL of the account';
  breaker: Breaker | undefined;
  /** What ends with the call: its time limit, once it is known. */
  limit: { readonly dispose: () => void } | undefined;
  attempts = 0;
  /** The calendar date that the write asks for, if one is known: a read-back is compared with it. */
  asksFor: string | undefined;
  /** The trace context that asked for this call. */
  traceparent: string | undefined;
  /** Whether this call has read the service itself before its write. */
  serviceSeen = false;
  /** The provider's own id of its response to the last attempt. It may hold anything. */
  responseId: string | undefined;
  /** Why a read was turned away as every further one of the account would be. No read-back is sent after it. */
  readBackRefusal: ErrorFacts | undefined;
  readonly #listeners: Listener[];
  readonly #startedAt = performance.now();
  #wrote = false;
  #pending = false;
  #kept = false;
  #sentAt: number | undefined;

  constructor(operation: ProviderOperation, listener?: Listener, operationId: string = crypto.randomUUID()) {
    this.operation = operation;
    this.operationId = operationId;
    this.#listeners = listener === undefined ? [] : [listener];
  }

  /**
   * A call for the login that this one needs. It is reported as a part of this one and counts on from it, but knows
   * nothing of a write: what a login fails with is the same for every call that waits for it.
   */
  forLogin(): Call {
    const login = new Call(this.operation, undefined, this.operationId);
    login.#listeners.push(...this.#listeners);
    const { account, provider, serviceKey, redactor, addressName, breaker, attempts } = this;
    return Object.assign(login, { account, provider, serviceKey, redactor, addressName, breaker, attempts });
  }

  /** Tells this listener, too, of what happens from now on. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** To be called before a write is handed to the network. */
  writeLeaves(): void {
    // If an earlier write got a response and the operation continued, that write stays effective regardless of the next
    // one.
    this.#kept ||= this.#pending;
    this.#wrote = true;
    if (!this.#kept) this.#sentAt = Date.now();
    this.#pending = true;
  }

  /** The last write is known to have changed nothing. Says nothing about a write before it. */
  writeHadNoEffect(): void {
    this.#pending = false;
  }

  /** More than one request left for the last write: its response says nothing about those before it. */
  writeWasRepeated(): void {
    this.#kept = true;
  }

  /** Whether a write was handed to the network at all. */
  get wrote(): boolean {
    return this.#wrote;
  }

  /** Whether a write may have taken effect. */
  get mayHaveHappened(): boolean {
    return this.#kept || this.#pending;
  }

  /** The provider's own id of its response to the last attempt, as it may come out. */
  get providerRequestId(): string | undefined {
    return this.responseId === undefined ? undefined : this.redactor.message(this.responseId).slice(0, 128);
  }

  /** The fields of the call that its result repeats. */
  get facts(): { readonly providerRequestId?: string; readonly attempts: number; readonly operationId: string } {
    const { providerRequestId, attempts, operationId } = this;
    return { ...(providerRequestId === undefined ? {} : { providerRequestId }), attempts, operationId };
  }

  /** Whether there is a listener. Without one, no event is built. */
  get isObserved(): boolean {
    return this.#listeners.length > 0;
  }

  /** Tells the listeners. One that throws is the caller's fault, and changes nothing of what happens. */
  emit(details: EventDetails): void {
    if (!this.isObserved) return;
    const { operationId, operation, account, provider } = this;
    const serviceKey = this.serviceKey === undefined ? undefined : this.redactor.text(this.serviceKey);
    const at = new Date().toISOString();
    for (const listener of this.#listeners) {
      try {
        const returned: unknown = listener({ ...details, operationId, operation, account, provider, serviceKey, at });
        if (returned instanceof Promise) returned.catch(warnOfListener);
      } catch {
        warnOfListener();
      }
    }
  }

  /** Ends the call: frees its time limit, leaves the breaker, and notifies the listeners. */
  end(details: Pick<Extract<OperationEvent, { type: 'outcome' }>, 'ok' | 'outcome' | 'code'>): void {
    this.limit?.dispose();
    this.breaker?.leave(this);
    if (!this.isObserved) return;
    const durationMs = Math.round(performance.now() - this.#startedAt);
    this.emit({ type: 'outcome', ...details, attempts: this.attempts, durationMs });
  }

  /**
   * The error for a failure. While a write may have taken effect, every code becomes `outcome_unknown`: no other code
   * may describe a request that may have taken effect.
   */
  error(failure: ErrorFacts): ProviderError {
    const { redactor } = this;
    const unknown = failure.code === 'outcome_unknown' || this.mayHaveHappened;
    const code = unknown ? 'outcome_unknown' : failure.code;
    // The failure's own words may say that nothing was sent, which is true of its own request alone.
    const words =
      unknown && failure.code !== 'outcome_unknown'
        ? `the request was sent and may have been carried out, and then: ${failure.message} Check that before anything is sent again.`
        : failure.message;
    const { providerCode, providerMessage, providerReference, existing, earliest, confirmation } = failure;
    const retryInMs = unknown ? undefined : failure.retryInMs;
    const error = new ProviderError(code, {
      ...failure,
      message: `${this.provider ?? 'cancelkit'}: ${redactor.message(words)}`,
      account: this.account,
      provider: this.provider,
      operation: this.operation,
      operationId: this.operationId,
      attempts: this.attempts,
      providerCode: providerCode === undefined ? undefined : redactor.message(providerCode).slice(0, 64),
      providerMessage: providerMessage === undefined ? undefined : redactor.message(providerMessage),
      providerReference:
        providerReference === undefined ? undefined : redactor.message(providerReference).slice(0, 128),
      issues: failure.issues?.map((issue) => ({
        ...issue,
        path: redactor.text(issue.path),
        expected: redactor.text(issue.expected),
      })),
      earliest: earliest === undefined ? undefined : redactor.date(earliest),
      confirmation: confirmation === undefined ? undefined : confirmationOf(confirmation, redactor),
      providerRequestId: failure.providerRequestId ?? this.providerRequestId,
      existing: existing === undefined ? undefined : { ...existing, raw: redactor.data(existing.raw) },
      retryable: unknown ? false : failure.retryable,
      retryAt: retryInMs === undefined ? undefined : timeAfter(retryInMs),
      reason: unknown ? (failure.reason ?? NOT_A_PROOF[failure.code] ?? 'provider_error') : undefined,
      sentAt: unknown && this.#sentAt !== undefined ? new Date(this.#sentAt).toISOString() : undefined,
      asksFor: unknown && this.#wrote ? this.asksFor : undefined,
      lastSeen: unknown ? failure.lastSeen : undefined,
    });
    if (retryInMs !== undefined) noteWait(error, retryInMs);
    if (failure.isForeign === true && !unknown) noteForeign(error, this.#wrote);
    return error;
  }
}

/** Only these fields: an adapter's object may have more than its type says. */
function confirmationOf({ sentTo, expiresAt }: Confirmation, redactor: Redactor): Confirmation {
  return { sentTo, ...(expiresAt === undefined ? {} : { expiresAt: redactor.date(expiresAt) }) };
}

function warnOfListener(): void {
  process.emitWarning('cancelkit: the onEvent function threw; what it threw is not shown, it may hold anything');
}
