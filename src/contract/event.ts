import type { ErrorCode, UnknownReason } from './error-code.ts';
import type { CancelOutcome, RevokeOutcome } from './outcome.ts';
import type { CancellationState, ProviderOperation } from './vocabulary.ts';

interface EventBase {
  /** The same on every event, the result and the error of one call. */
  readonly operationId: string;
  readonly operation: ProviderOperation;
  readonly account: string | undefined;
  readonly provider: string | undefined;
  /** Names the service among those of the account, as `validate` does; redacted. `undefined` until it is checked. */
  readonly serviceKey: string | undefined;
  /** When it happened, ISO 8601. */
  readonly at: string;
}

/** A request is about to be handed to the network. */
export interface AttemptEvent extends EventBase {
  readonly type: 'attempt';
  /** Counts the requests of the call, from 1. */
  readonly attempt: number;
  readonly effect: 'read' | 'write';
  readonly method: string;
  /** Redacted. */
  readonly url: string;
}

/** The outcome of the last attempted request. */
export interface AnswerEvent extends EventBase {
  readonly type: 'answer';
  readonly attempt: number;
  /** `answered`, or why there is no response; `not_sent` is proved. */
  readonly outcome: 'answered' | 'not_sent' | 'timeout' | 'connection_lost' | 'aborted';
  /** HTTP status, if there was a response. */
  readonly status: number | undefined;
  readonly durationMs: number;
}

/** The same request is going to be sent again. */
export interface RetryEvent extends EventBase {
  readonly type: 'retry';
  readonly because: FailureClass;
  readonly delayMs: number;
}

/** The state is going to be read back, and why. */
export interface ReadBackEvent extends EventBase {
  readonly type: 'read_back';
  readonly because: UnknownReason | 'duplicate' | 'verify' | 'before_revoke';
}

/** The call is over. */
export interface OutcomeEvent extends EventBase {
  readonly type: 'outcome';
  readonly ok: boolean;
  /** With `ok`: the outcome, or the state that was read. */
  readonly outcome: CancelOutcome | RevokeOutcome | CancellationState | undefined;
  /** Without `ok`: the error's code. */
  readonly code: ErrorCode | undefined;
  readonly attempts: number;
  readonly durationMs: number;
}

/** What `onEvent` is given: what happens during a call, without a secret, a body or a reason in it. */
export type OperationEvent = AttemptEvent | AnswerEvent | RetryEvent | ReadBackEvent | OutcomeEvent;

/** The part of an event that is its own. */
export type EventDetails = OperationEvent extends infer Event
  ? Event extends OperationEvent
    ? Omit<Event, keyof EventBase>
    : never
  : never;

/**
 * What is sent again, and when. The rules, in full:
 *
 * - `not_sent` (class A): nothing left the machine. Again, at most 3 times.
 * - `unprocessed` (class B): 429, 408, 421, 425. Again, at most 2 times, not before `Retry-After`.
 * - `perhaps_sent` and `server_error` (classes C and D): a write never again; a read at most 2 times.
 * - Everything else is a response, and nothing is sent again after a response.
 * - Nothing is sent again if the wait does not fit the deadline, if the account's retry budget is spent, or once the
 *   call is over.
 *
 * The wait is full jitter: a random time up to 250 ms, doubled with each repetition, at most 5 s. A longer
 * `Retry-After` is waited for in full.
 */
export type FailureClass = 'not_sent' | 'unprocessed' | 'perhaps_sent' | 'server_error';
