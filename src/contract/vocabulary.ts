import type { AcceptedOutcome } from './outcome.ts';

/** When a cancellation takes effect: now, or when the paid period ends. */
export type When = 'immediate' | 'end_of_period';

/** Every {@link When}, for checks at run time. */
export const WHENS: readonly When[] = ['immediate', 'end_of_period'];

/** What a caller can ask of an account. */
export type OperationName = 'cancel' | 'status' | 'revoke';

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

/** What a read-back after a lost answer showed. `absent`: the provider has no such service. */
export type LastSeen = CancellationState | 'absent';

/** What a provider says of a service's cancellation when it is asked. */
export interface CancellationStatus {
  readonly state: CancellationState;
  /** The timing of the cancellation, if the provider tells it. */
  readonly when?: When;
  readonly effectiveAt?: EffectiveAt;
  /** When the cancellation was asked for, ISO 8601. */
  readonly requestedAt?: string;
  readonly reason?: string;
  /** Whether the provider's API can still undo it. `false` also if that is not known, as after its date. */
  readonly revocable: boolean;
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
  OperationName | 'preview' | 'validate' | 'place' | 'check' | 'create' | 'order' | 'queue';
