import type { ProviderError } from '../provider-error.ts';
import type { Reason } from '../reason.ts';
import type { When } from '../vocabulary.ts';

/** A cancellation as it stands in the ledger: it names the account by its key, and holds no credentials. */
export interface StoredRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when: When;
  readonly reason?: Reason | undefined;
  readonly reference?: string | undefined;
}

/** A cancellation that this worker alone may act on until its lease ends. */
export interface Claimed {
  readonly id: string;
  /** Counts the claims of this cancellation: what an older one writes is told by it. */
  readonly claim: number;
  readonly request: StoredRequest;
  readonly provider: string;
  readonly priority: number;
  /** `send` where nothing has been sent; `read` where that may have happened. */
  readonly task: 'send' | 'read';
  /** How often it has been sent or read back, this time included. */
  readonly tries: number;
  readonly readings: number;
  /** Milliseconds since the epoch. */
  readonly firstFailedAt: number | undefined;
  /** Milliseconds since the epoch. */
  readonly unknownSince: number | undefined;
  readonly error: ProviderError | undefined;
}
