import type { When } from './vocabulary.ts';

/** What a provider's API does with a reason. */
export interface ReasonField {
  /** `no`: there is no field; `required`: the API refuses a call without one. */
  readonly field: 'no' | 'optional' | 'required';
  /** Longest text that is sent, in UTF-16 code units. Left out: no limit is known. */
  readonly maxLength?: number;
  /**
   * Whether the adapter sends `reason.providerCode`, for an API with a code list of its own. Left out: it does not, and
   * a code that was given is answered with the warning `reason_code_not_sent`.
   */
  readonly providerCode?: boolean;
}

/** What a provider can do, as data: a user interface can read it, and the core refuses the rest before sending. */
export interface Capabilities<Timing extends When = When> {
  readonly timings: readonly Timing[];
  readonly reason: ReasonField;
  /** Whether the state of a cancellation can be read back over the API. */
  readonly readBack: boolean;
  /** Whether a cancellation that has not taken effect can be undone over the API. */
  readonly revoke: boolean;
  /** Whether `immediate` deletes the customer's data for good, as far as the provider says. */
  readonly immediateDestroysData: 'yes' | 'later' | 'unknown';
  /** Whether the API recognizes a second cancellation of the same service and says so. */
  readonly recognizesRepeat: 'documented' | 'inferred' | 'no';
  /** How many cancellations run concurrently by default: a number that the API tolerates well. Left out: 4. */
  readonly concurrency?: number;
  /** How many services the API takes in one request at most. Left out: one. */
  readonly batch?: { readonly max: number };
}
