import type { AdapterOperations, OrderDetails } from '../accounts/account-internals.ts';
import type { Call } from '../call/call.ts';
import type { CancelOutcome } from '../contract/outcome.ts';
import type { CancellationStatus, EffectiveAt, Warning } from '../contract/vocabulary.ts';
import type { SendContext } from '../sending/send-context.ts';

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
export interface Cancellation {
  readonly adapter: AdapterOperations;
  readonly details: OrderDetails;
  readonly call: Call;
  readonly context: SendContext;
}
