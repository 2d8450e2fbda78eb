import type { AdapterOperations, OrderDetails } from '../accounts/account-internals.ts';
import type { AddressedRequest, ReadyCall } from '../accounts/ready-call.ts';
import type { CancelResult } from '../contract/result.ts';
import type { Warning } from '../contract/vocabulary.ts';

/** The facts about a cancellation, before the call's own facts are added. */
export type CancelFacts = Pick<
  CancelResult,
  'outcome' | 'effectiveAt' | 'providerReference' | 'existing' | 'reconciled' | 'warnings' | 'raw'
>;

/** A cancellation on its way: what it is sent with, and what may be asked about it. */
export interface Cancellation extends Pick<ReadyCall<AddressedRequest>, 'call' | 'entry' | 'request' | 'context'> {
  readonly adapter: AdapterOperations;
  readonly details: OrderDetails;
  /** What of the request could not be sent. */
  readonly warnings: readonly Warning[];
}
