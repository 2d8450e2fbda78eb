import type { Accounts, AccountsOf } from './account.ts';
import type { OperationEvent } from './event.ts';

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call. Before anything is sent that is `aborted`; once a write may have left, `outcome_unknown`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call: configuration, sending, waiting, reading back. Default: the service's. */
  readonly deadlineMs?: number | undefined;
  /**
   * Only for cancellations: read the state back once the provider has accepted, so that the result says more than
   * `requested` if the provider says more. Default `false`.
   */
  readonly verify?: boolean | undefined;
  /**
   * Refuse with `not_configured`, before anything is sent, unless the account's configuration leads to this place as
   * `place` returned it. For requests that are kept: an account's name may lead elsewhere later.
   */
  readonly place?: string | undefined;
  /**
   * The trace context (`traceparent` of W3C Trace Context) that asked for this call, if it runs outside of it, as a
   * queue has it. Subscribers of the channel `cancelkit:operation` get it; the provider does not.
   */
  readonly traceparent?: string | undefined;
  /**
   * Only for cancellations: the time that a date in `when` is compared with, in milliseconds since 1970. Default: the
   * clock of this machine. For requests that are kept, whose dates count by a clock that all machines share.
   */
  readonly now?: number | undefined;
  /** Called with each event of this call, in addition to the service's own `onEvent`. */
  readonly onEvent?: ((event: OperationEvent) => void) | undefined;
}

/** Options of one call that cancels nothing. */
export type ReadOptions = Omit<CallOptions, 'verify' | 'now'>;

/** Options of `createCancelService`. */
export interface ServiceOptions<A extends AccountsOf<A> = Accounts> {
  /**
   * Another `fetch`. It is called as `fetch(url, init)`, must send a request once at most, and must fail with the error
   * of that very request: an error that says that no connection was made is believed. Default: cancelkit's own HTTP/1.1
   * connections, unless the global `fetch` was patched or a global dispatcher was installed: then these are used.
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * URL of an HTTP proxy (`http://proxy.example:3128`, `https://user:password@…`) that requests are tunnelled through.
   * Default: the proxy of the environment, if Node.js is set to use it (`NODE_USE_ENV_PROXY=1`). Not together with
   * `fetch`. A call is `not_configured` where the global `fetch` is not that of Node.js, and would not use the proxy.
   */
  readonly proxy?: string | undefined;
  /** Milliseconds for a whole call. Default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** Milliseconds for one request with its response. Default 10,000. */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * How many cancellations `cancelMany` runs concurrently for each account: one number, or one per account. Default:
   * what suits the provider (`capabilities.concurrency`), else 4. A name that is none of the accounts is
   * `invalid_request`.
   */
  readonly concurrency?: number | { readonly [K in keyof A]?: number } | undefined;
  /** Called with each event of each call. An event never holds a secret, a body or a reason. */
  readonly onEvent?: ((event: OperationEvent) => void) | undefined;
}

/** The longest delay of a timer. */
export const MAX_MILLISECONDS: number = 2 ** 31 - 1;
