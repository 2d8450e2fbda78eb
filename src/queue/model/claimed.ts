import type { ProviderError } from '../../contract/provider-error.ts';
import type { Reason } from '../../contract/reason.ts';
import type { CancelResult } from '../../contract/result.ts';
import type { AnyWhen, LastSeen } from '../../contract/vocabulary.ts';
import type { FollowDoubt, FollowPlan } from './follow-plan.ts';
import type { FollowedState, WhenAbsent } from './state.ts';

/** A cancellation as it stands in the ledger: it names the account by its key, and holds no credentials. */
export interface StoredRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when: AnyWhen;
  readonly reason?: Reason | undefined;
  readonly reference?: string | undefined;
  readonly extras?: Readonly<Record<string, unknown>> | undefined;
}

/** A cancellation that this worker alone may act on until its lease ends. */
export interface Claimed {
  readonly id: string;
  /** Counts the claims of this cancellation, so that a write by an older claim is recognized. */
  readonly claim: number;
  readonly request: StoredRequest;
  readonly provider: string;
  readonly priority: number;
  /** `send` if nothing has been sent; `read` if that may have happened; `follow` if the provider has accepted it. */
  readonly task: 'send' | 'read' | 'follow';
  /** How often it has been sent or read back, this time included. */
  readonly tries: number;
  readonly readBackAttempts: number;
  /**
   * Milliseconds since the provider did not take it for the first time, by the database's clock; 0 if it has not yet.
   */
  readonly failingForMs: number;
  /** Milliseconds since it became unknown, by the database's clock; 0 if it is not. */
  readonly unknownForMs: number;
  /** When a worker claimed it, by the database's clock, in milliseconds since 1970; `undefined` if none has. */
  readonly claimedAtMs: number | undefined;
  /** Where its requests may go; `undefined`: not known yet, the first call says so. */
  readonly place: string | undefined;
  /** The trace context that it was enqueued in. */
  readonly traceparent: string | undefined;
  /** What happens if the last read-back does not find it. */
  readonly whenAbsent: WhenAbsent;
  /** It was sent again by {@link whenAbsent} already. */
  readonly wasSentAgain: boolean;
  readonly error: ProviderError | undefined;
  /** With an outcome that the provider gave, or a person. */
  readonly result: CancelResult | undefined;
  /** Whether it is followed, if that was said for it. Left out: as the queue is. */
  readonly follow: FollowPlan | false | undefined;
  /** With the task `follow`: what is known of it so far. */
  readonly followed: Followed | undefined;
}

/** A cancellation that is followed, as it stands in the ledger. */
export interface Followed {
  readonly state: FollowedState;
  readonly result: CancelResult;
  /** Now, by the database's clock, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** Milliseconds since the following began, by the database's clock. */
  readonly sinceMs: number;
  readonly readings: FollowReadings;
}

/** What the readings of a followed cancellation have shown so far. */
export interface FollowReadings {
  /** What the last reading showed that the provider answered. */
  readonly seen?: LastSeen | undefined;
  /** Whether one of them showed the service. */
  readonly hasSeenService?: boolean | undefined;
  /** What the last readings say against the cancellation, and how many of them in a row. */
  readonly doubt?: FollowDoubt | undefined;
  readonly doubts?: number | undefined;
  /** How often they contradicted each other in what they say against it. */
  readonly turns?: number | undefined;
  /** Since when every reading has failed, by the database's clock, in milliseconds since the epoch. */
  readonly failingSinceMs?: number | undefined;
}

/** A followed cancellation with its plan. */
export interface Following {
  readonly claimed: Claimed;
  readonly followed: Followed;
  readonly plan: FollowPlan;
}
