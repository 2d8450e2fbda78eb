import type { WhenAbsent } from './state.ts';
import type { ProviderError } from '../../contract/provider-error.ts';
import type { Reason } from '../../contract/reason.ts';
import type { AnyWhen } from '../../contract/vocabulary.ts';

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
  /** `send` if nothing has been sent; `read` if that may have happened. */
  readonly task: 'send' | 'read';
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
}
