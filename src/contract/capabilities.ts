import type { ReasonCode } from './reason.ts';
import type { Timing } from './vocabulary.ts';

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
  /**
   * The codes of an API with a list of its own: the list, or `listed` if only `options` returns it. `providerCode` has
   * to be one of the list; a category is sent as the code that names it, and with the warning `reason_code_not_sent` if
   * no code does. Left out: any `providerCode` is sent unchanged.
   */
  readonly codes?: 'listed' | readonly ReasonCode[];
  /** Whether the API refuses a cancellation without a code; then one without is `invalid_request`. Default `false`. */
  readonly codeRequired?: boolean;
}

/** A provider's own field that a cancellation can carry under `extras`: for command lines, forms and messages. */
export interface ExtraField {
  readonly type: 'boolean' | 'text';
  /** One sentence. */
  readonly description: string;
}

/** What a provider can do, as data: a user interface can read it, and the core refuses the rest before sending. */
export interface Capabilities<T extends Timing = Timing> {
  readonly timings: readonly T[];
  readonly reason: ReasonField;
  /** Whether the state of a cancellation can be read back over the API. */
  readonly readBack: boolean;
  /** Whether a cancellation that has not taken effect can be undone over the API. */
  readonly revoke: boolean;
  /** Whether `options` can ask what one service allows. Left out: no. */
  readonly options?: boolean;
  /** Whether `find` can search the account's services. Left out: no. */
  readonly find?: boolean;
  /**
   * The timing whose cancellation takes effect only once a token, which the provider sends to a person, is passed to
   * `confirm`. Left out: none.
   */
  readonly confirm?: T;
  /** The call that carries the reason, the reference and the extras to the provider. Left out: `cancel`. */
  readonly detailsWith?: 'cancel' | 'confirm';
  /** The provider's own fields of a cancellation, by name. Left out: none. */
  readonly extras?: Readonly<Record<string, ExtraField>>;
  /** Whether `immediate` deletes the customer's data for good, as far as the provider says. */
  readonly immediateDestroysData: 'yes' | 'later' | 'unknown';
  /** Whether the API recognizes a second cancellation of the same service and says so. */
  readonly recognizesRepeat: 'documented' | 'inferred' | 'no';
  /** How many cancellations run concurrently by default: a number that the API tolerates well. Left out: 4. */
  readonly concurrency?: number;
  /** How many services the API takes in one request at most. Left out: one. */
  readonly batch?: { readonly max: number };
}
