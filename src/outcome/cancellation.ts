import type { AdapterOperations, OrderDetails } from '../accounts/account-internals.ts';
import type { AddressedRequest, ReadyCall } from '../accounts/ready-call.ts';
import type { CancelOutcome } from '../contract/outcome.ts';
import type { CancellationStatus, EffectiveAt, Warning } from '../contract/vocabulary.ts';

/** The facts about a cancellation, before the call's own facts are added. */
export interface CancelFacts {
  readonly outcome: CancelOutcome;
  readonly effectiveAt?: EffectiveAt;
  readonly providerReference?: string;
  readonly existing?: CancellationStatus;
  readonly reconciled: boolean;
  readonly warnings: readonly Warning[];
  readonly raw: unknown;
}

/** A cancellation on its way: what it is sent with, and what may be asked about it. */
export interface Cancellation extends Pick<ReadyCall<AddressedRequest>, 'call' | 'entry' | 'request' | 'context'> {
  readonly adapter: AdapterOperations;
  readonly details: OrderDetails;
  /** What of the request could not be sent. */
  readonly warnings: readonly Warning[];
}
