/** Every {@link CancelOutcome}, in the order in which they are shown. */
export const CANCEL_OUTCOMES = ['requested', 'scheduled', 'completed', 'already_cancelled'] as const;

/**
 * The outcome of a cancellation.
 *
 * - `requested`: the provider stored or queued it; a cron job, a worker or a person still acts on it.
 * - `scheduled`: confirmed, with the date that it takes effect.
 * - `completed`: the service is over.
 * - `already_cancelled`: nothing new was needed; `existing` says what is known of the earlier one.
 */
export type CancelOutcome = (typeof CANCEL_OUTCOMES)[number];

/** The outcomes with which a provider can accept a cancellation. */
export type AcceptedOutcome = Exclude<CancelOutcome, 'already_cancelled'>;

/**
 * The outcome of a cancellation that is kept, in the queue and in a results file: a {@link CancelOutcome}, or
 *
 * - `refused`: it had no effect at the provider, whatever the error code.
 * - `unknown`: it may have taken effect. It is never sent again.
 */
export type KeptOutcome = CancelOutcome | 'refused' | 'unknown';

/** Every {@link KeptOutcome}, in the order in which they are shown. */
export const KEPT_OUTCOMES: readonly KeptOutcome[] = [...CANCEL_OUTCOMES, 'refused', 'unknown'];

/**
 * The outcome of an undo.
 *
 * - `revoked`: the state was read back, and the cancellation no longer exists.
 * - `requested`: the provider queued the undo; it can still fail.
 * - `nothing_to_revoke`: no cancellation existed. Nothing was sent that changes anything.
 */
export type RevokeOutcome = 'revoked' | 'requested' | 'nothing_to_revoke';
