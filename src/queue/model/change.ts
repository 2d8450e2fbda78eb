import type { ErrorCode } from '../../contract/error-code.ts';
import type { QueueState } from './state.ts';

/**
 * One change of a cancellation in the queue: of its state, or of whether it needs a person. Holds no request, no reason
 * and nothing that a provider said.
 */
export interface QueueChange {
  /** Unique, and the same wherever this change is reported. */
  readonly changeId: string;
  /** When it was written (ISO 8601), by the database's clock. */
  readonly at: string;
  /** The id of the cancellation. */
  readonly id: string;
  readonly account: string;
  /** Left out for one that has just been enqueued. The same as `to` if only `needsPerson` has changed. */
  readonly from?: QueueState;
  readonly to: QueueState;
  readonly needsPerson: boolean;
  /** The code of its error, if it has one now. */
  readonly code?: ErrorCode;
  /** Who enqueued it, or whose decision changed it. Left out: a worker did, or nobody was named. */
  readonly by?: string;
}

/** A change as `changes` returns it. */
export interface FeedChange extends QueueChange {
  /** Give it as `after` to continue behind this change. */
  readonly cursor: string;
}

/** What `changes` returns. */
export interface QueueChanges {
  readonly changes: readonly FeedChange[];
  /** Give it as `after` to continue. */
  readonly cursor: string;
}

/** The name of the channel: of PostgreSQL's `NOTIFY`, and of `node:diagnostics_channel`. */
export const CHANGE_CHANNEL = 'cancelkit:queue';
