import type { AcceptedOutcome } from './outcome.ts';
import type { ReasonCode } from './reason.ts';

/**
 * The kinds of timing that a provider can offer.
 *
 * - `immediate`: now.
 * - `end_of_period`: when the paid period ends.
 * - `end_of_term`: when the contract's minimum term ends.
 * - `earliest`: on the first date that the contract allows.
 * - `on_date`: on a calendar date of the caller's choice.
 */
export type Timing = 'immediate' | 'end_of_period' | 'end_of_term' | 'earliest' | 'on_date';

/** Every {@link Timing}, for checks at run time. */
export const TIMINGS: readonly Timing[] = ['immediate', 'end_of_period', 'end_of_term', 'earliest', 'on_date'];

/** A calendar date as the provider's contract counts days: `2026-12-31`. Never silently converted to an instant. */
export interface OnDate {
  readonly on: string;
}

/** When a cancellation takes effect, as a caller asks for it: one of the timings, or a date in place of `on_date`. */
export type When<T extends Timing = 'immediate' | 'end_of_period'> = WhenByTiming[T];

/** What a caller passes for each timing. Written out where an editor should show the words and no alias. */
export interface WhenByTiming {
  readonly immediate: 'immediate';
  readonly end_of_period: 'end_of_period';
  readonly end_of_term: 'end_of_term';
  readonly earliest: 'earliest';
  readonly on_date: OnDate;
}

/** Any {@link When}. */
export type AnyWhen = When<Timing>;

/** What a caller can ask of an account. */
export type OperationName = 'cancel' | 'status' | 'revoke' | 'options' | 'confirm' | 'find';

/**
 * A point in time as a provider states it.
 *
 * `value` is ISO 8601: `2026-12-01` if only the day is known (`precision: 'date'`), `2026-12-01T10:30:00.000Z`
 * otherwise. `source` says whether the provider gave it or cancelkit computed it.
 */
export interface EffectiveAt {
  readonly value: string;
  readonly precision: 'date' | 'instant';
  readonly source: 'provider' | 'computed';
}

/**
 * The states of a cancellation as read back from a provider. `none`: there is no cancellation. `scheduled`: its date is
 * in the future. A cancellation whose date has passed is `requested` until the provider says that the service is over.
 */
export type CancellationState = 'none' | AcceptedOutcome | 'failed' | 'unknown';

/** What a read-back after a lost response showed. `absent`: the provider has no such service. */
export type LastSeen = CancellationState | 'absent';

/** What a provider says of a service's cancellation when it is asked. */
export interface CancellationStatus {
  readonly state: CancellationState;
  /** The timing of the cancellation, if the provider tells it. */
  readonly when?: AnyWhen;
  readonly effectiveAt?: EffectiveAt;
  /** When the cancellation was asked for, ISO 8601. */
  readonly requestedAt?: string;
  readonly reason?: string;
  /** Whether the provider's API can still undo it. `false` also if that is not known, as after its date. */
  readonly revocable: boolean;
  /** The provider's own words, redacted. */
  readonly raw: unknown;
}

/** How a provider hands a person the token that confirms a cancellation. */
export interface Confirmation {
  readonly sentTo: 'email' | 'sms' | 'panel';
  /** When the token expires, if the provider says so. */
  readonly expiresAt?: EffectiveAt;
}

/** An amount of money as a provider states it. */
export interface Money {
  /** A decimal number: `12.50`. */
  readonly amount: string;
  /** ISO 4217: `EUR`. */
  readonly currency: string;
}

/** A timing that one service allows now. */
export interface OfferedTiming<T extends Timing = Timing> {
  readonly timing: T;
  /** When it would take effect. Left out: the provider does not say. */
  readonly effectiveAt?: EffectiveAt;
  /** With `on_date`: the first date, `2026-12-31`. */
  readonly from?: string;
  /** With `on_date`: the last date. */
  readonly to?: string;
  /** What it would cost. */
  readonly fee?: Money;
  /** What would be paid back. */
  readonly refund?: Money;
}

/** What may be asked of one service now, as the provider says. */
export interface CancellationOptions<T extends Timing = Timing> {
  readonly timings: readonly OfferedTiming<T>[];
  /** Left out: the provider lists none. */
  readonly reasons?: readonly ReasonCode[];
  /** The names of the extras that a cancellation has to carry. Left out: none. */
  readonly requiredExtras?: readonly string[];
  /** The cancellation that exists already. */
  readonly existing?: CancellationStatus;
  /** The provider's own words, redacted. */
  readonly raw: unknown;
}

/** The closed list of warning codes. A warning never changes the outcome. */
export type WarningCode =
  | 'reason_not_sent'
  | 'reason_defaulted'
  | 'reason_truncated'
  | 'reason_code_not_sent'
  | 'reference_not_sent'
  | 'immediate_deferred'
  | 'timing_unknown'
  | 'not_verified'
  | 'text_before_answer'
  | 'side_effect'
  | 'resolved_by_person';

/** Something that the caller should know about a cancellation that went through. */
export interface Warning {
  readonly code: WarningCode;
  /** For operators; English. */
  readonly message: string;
}

/** What was asked for: a method of the service object, its creation, a provider's own order, or the queue. */
export type ProviderOperation =
  OperationName | 'preview' | 'validate' | 'place' | 'where' | 'check' | 'create' | 'order' | 'queue';
