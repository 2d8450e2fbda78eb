import type { QueryClient } from './database/database.ts';
import type { FollowOption } from './model/follow-plan.ts';
import type { QueueState, WhenAbsent } from './model/state.ts';

/** Where a cancellation is put in the queue. */
export interface Placing {
  /**
   * Idempotency key. Enqueueing the same request with the same id more than once creates only one entry. 1 to 128
   * characters. Default: a new UUID.
   */
  readonly id?: string | undefined;
  /** Not taken up before this time: a `Date`, or ISO 8601 with its zone (`2026-05-01T10:00Z`) or a day (in UTC). */
  readonly notBefore?: Date | string | undefined;
  /** From -1000 to 1000; the higher comes first, within its account. Default 0. */
  readonly priority?: number | undefined;
  /** Who asks for it, for the audit trail. */
  readonly by?: string | undefined;
  /** What happens if it becomes unknown and the last read-back does not find it. Default: the queue's. */
  readonly whenAbsent?: WhenAbsent | undefined;
  /**
   * The trace context that asks for it (`traceparent` of W3C Trace Context). Kept in the row, and given to the call
   * that carries it out, so that a tracer can link the two. Default: none.
   */
  readonly traceparent?: string | undefined;
  /** Whether, and when, it is read again once the provider has accepted it. Default: as the queue that works on it. */
  readonly follow?: FollowOption | undefined;
  /**
   * Only proposes it: no worker takes it until a person other than `by`, which is required, approves it. Default
   * `false`.
   */
  readonly propose?: boolean | undefined;
}

/** Options of `enqueue` and `enqueueMany`. */
export interface TransactionOption {
  /**
   * A transaction of the caller's own in the same PostgreSQL database, as a client of `pg`: enqueued if and when it is
   * committed. It has to be rolled back if the call throws.
   */
  readonly transaction?: QueryClient | undefined;
}

/** A person's word. */
export interface Decision {
  /** Who decides, for the audit trail. */
  readonly by: string;
  readonly note?: string | undefined;
}

/** A person's word on one cancellation. */
export interface Choice extends Decision {
  /**
   * The `updatedAt` of the cancellation as the person saw it: if it has changed since, nothing is done, and the call
   * throws `invalid_request` (`hasChanged`). Default: it is not compared.
   */
  readonly ifUpdatedAt?: string | undefined;
}

/** What `approve` is given. */
export interface Approval extends Choice {
  /** The `fingerprint` of the cancellation that was looked at: another one is not approved. */
  readonly fingerprint?: string | undefined;
}

/** What `quarantine` is given. */
export interface Quarantine extends Decision {
  /** Since when requests may have been sent that this ledger does not know of: a `Date`, or ISO 8601 as `notBefore`. */
  readonly since: Date | string;
  /** Sets what happens to those that the last read-back does not find. Default: unchanged. */
  readonly whenAbsent?: WhenAbsent | undefined;
}

/** What `exportSettled` is given. */
export interface ExportSettled {
  readonly file: string;
  /** A `Date`, or ISO 8601 as `notBefore`. Default: all. */
  readonly before?: Date | string | undefined;
}

/** Which cancellations `list` returns: those to which all of it applies. */
export interface ListFilter<Account extends string = string> {
  readonly state?: QueueState | undefined;
  /** In one of these states. */
  readonly states?: readonly QueueState[] | undefined;
  readonly account?: Account | undefined;
  readonly needsPerson?: boolean | undefined;
  /**
   * A part of its id, of its reference or of a value of its service, such as a host name. Case does not matter, and no
   * character has a special meaning. A text of one or two characters is found at the beginning only.
   */
  readonly text?: string | undefined;
  /** Who asked for it, as `by` of `enqueue`. */
  readonly by?: string | undefined;
  /** Its timing; `date` for any date. */
  readonly when?: 'immediate' | 'end_of_period' | 'end_of_term' | 'earliest' | 'date' | undefined;
  /** Enqueued at this time or later: a `Date`, or ISO 8601 as `notBefore`. */
  readonly since?: Date | string | undefined;
  /** Enqueued before this time. */
  readonly until?: Date | string | undefined;
  /**
   * In the order in which they were enqueued, or the reverse. With `since` or `until`, by the time of enqueueing, even
   * if the clock was set back. Default `oldest`.
   */
  readonly order?: 'oldest' | 'newest' | undefined;
  /** At most so many, up to 10,000. Default 100. */
  readonly limit?: number | undefined;
  /** The id of the last one of the previous page, in the same order. */
  readonly after?: string | undefined;
}
