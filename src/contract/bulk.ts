import type { Accounts, AccountsOf } from './account.ts';
import type { ErrorCode } from './error-code.ts';
import type { CallOptions, ServiceOptions } from './options.ts';
import type { CancelOutcome } from './outcome.ts';
import type { AccountKey, AccountKeyWith, CancelRequest, CancelResultOf, StatusRequest } from './request.ts';
import type { SafeResult } from './result.ts';
import type { CancellationState, CancellationStatus } from './vocabulary.ts';

/** The outcome of one request of `cancelMany`. */
export type CancelManyItem<A extends AccountsOf<A>, K extends AccountKey<A> = AccountKey<A>> = K extends unknown
  ? {
      /** Position in the source, from 0. */
      readonly index: number;
      /** The request as the source gave it. */
      readonly request: CancelRequest<A, K>;
    } & SafeResult<CancelResultOf<A, K>>
  : never;

/** Options of `cancelMany`. `deadlineMs`, `verify` and `onEvent` apply to each cancellation. */
export interface CancelManyOptions<A extends AccountsOf<A> = Accounts> extends Omit<CallOptions, 'place'> {
  /**
   * Stops the run gracefully. In-flight cancellations finish (each has its own deadline) and are yielded, what was
   * taken from the source and not started is yielded as `aborted` (or, if it was waiting to be started again, as
   * `rate_limited`), and the run ends without an error. Nothing is cut off in flight, since that would make
   * `outcome_unknown` of cancellations that are about to be confirmed.
   */
  readonly signal?: AbortSignal | undefined;
  /** As in the options of the service, which it takes precedence over. */
  readonly concurrency?: ServiceOptions<A>['concurrency'];
  /**
   * Milliseconds that an account waits at most if its provider asks for a pause. If the provider names a later
   * time, the request and all others of that account fail with `rate_limited` (or `unavailable`) and `retryAt` until
   * then, without being sent. Default 300,000; `0` never waits.
   */
  readonly maxPauseMs?: number | undefined;
  /**
   * For accounts whose provider takes several services in one request (`capabilities.batch`): how many go into one
   * batch at most, from 1 to `capabilities.batch.max`. Default: one request for each service.
   *
   * Requests form a batch if they differ in their service alone: they have the same `when` and the same reason text, of
   * which the `reference` is a part. A request waits up to 50 milliseconds for others. `immediate` requests are batched
   * only with `immediate: true`. Each service has a result of its own, which rests on its own read-back: if the
   * provider accepted the batch and does not show the cancellation, it is `outcome_unknown`. After a lost response none
   * is sent again. If the provider refuses a batch because of one service, each is read back, and those that are not
   * cancelled are sent again in two halves. The deadline of a batch is `deadlineMs` times its size.
   */
  readonly batch?: { readonly [K in keyof A]?: number | BatchOptions } | undefined;
  /**
   * How many requests there are, for the progress of a source that does not tell. Default: the length of a list or set.
   */
  readonly total?: number | undefined;
  /**
   * Called with the progress of the run: at most every 100 milliseconds while it changes, and once at the end. An error
   * that it throws becomes a warning of the process, and does not affect the run.
   */
  readonly onProgress?: ((progress: CancelManyProgress<A>) => void) | undefined;
}

/** How cancellations of an account are batched. */
export interface BatchOptions {
  /** How many go into one request at most. */
  readonly size: number;
  /**
   * Whether `immediate` requests are batched, too. Default `false`: a mistake would affect every service of the batch.
   */
  readonly immediate?: boolean | undefined;
}

/** How far a run over a list is. `Outcome`: how a request that is no error can end. */
export interface ManyProgress<A extends AccountsOf<A>, Outcome extends string> {
  /** Requests that have ended, with whatever outcome. */
  readonly done: number;
  /**
   * Requests that were started; those that fail without being started (see {@link ManyProgress.outcomes}) are
   * not.
   */
  readonly started: number;
  /** Requests in all: the option `total`, else the length of a list or set, else known once the source has ended. */
  readonly total: number | undefined;
  /** How many ended how: each outcome and each error code that has occurred. */
  readonly outcomes: { readonly [End in Outcome | ErrorCode]?: number };
  /** The accounts that requests have been taken for so far. */
  readonly accounts: { readonly [K in AccountKey<A>]?: AccountProgress };
  /**
   * Milliseconds until the end, estimated: of all accounts the longest of requests left × recent time of one ÷
   * concurrency, and what is left of a pause. What has not been taken from the source is shared out as what has been.
   * `undefined` while the total, or how long an account takes, is not known.
   */
  readonly remainingMs: number | undefined;
}

/** How far a run of `cancelMany` is. */
export type CancelManyProgress<A extends AccountsOf<A>> = ManyProgress<A, CancelOutcome>;

/** How far a run of `statusMany` is. */
export type StatusManyProgress<A extends AccountsOf<A>> = ManyProgress<A, CancellationState>;

/** What was read for one request of `statusMany`. */
export type StatusManyItem<
  A extends AccountsOf<A>,
  K extends AccountKeyWith<A, 'status'> = AccountKeyWith<A, 'status'>,
> = K extends unknown
  ? {
      /** Position in the source, from 0. */
      readonly index: number;
      /** The request as the source gave it. */
      readonly request: StatusRequest<A, K>;
    } & SafeResult<CancellationStatus>
  : never;

/** Options of `statusMany`: those of `cancelMany` for reading. `deadlineMs` and `onEvent` apply to each read. */
export interface StatusManyOptions<A extends AccountsOf<A> = Accounts> extends Omit<
  CancelManyOptions<A>,
  'verify' | 'batch' | 'onProgress'
> {
  /** As in the options of `cancelMany`; `outcomes` counts the states that were read, and the error codes. */
  readonly onProgress?: ((progress: StatusManyProgress<A>) => void) | undefined;
}

/** How far an account is within a run. */
export interface AccountProgress {
  readonly done: number;
  readonly running: number;
  /** Taken from the source and not started. */
  readonly waiting: number;
  /** The provider asked for a pause: no request is started before this time (ISO 8601). */
  readonly pausedUntil?: string;
}
