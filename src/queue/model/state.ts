import { type AcceptedOutcome, type KeptOutcome, CANCEL_OUTCOMES, KEPT_OUTCOMES } from '../../contract/outcome.ts';

/**
 * How far a cancellation in the queue has come.
 *
 * - `planned`: waits for its turn, its time or a paused account. Nothing has been sent.
 * - `intent`: a worker is about to send it. Written down before anything is sent.
 * - `sent`: the request has been handed to the network.
 * - `requested`, `scheduled`, `completed`, `already_cancelled`: as the outcomes of `cancel`.
 * - `refused`: it did not take effect, and is not tried again by itself. Nothing happened at the provider.
 * - `unknown`: it may have taken effect. It is read back if the provider can be asked, and never sent again.
 */
export type QueueState = 'planned' | 'intent' | 'sent' | KeptOutcome;

/** Every {@link QueueState}, in the order in which they follow each other. */
export const QUEUE_STATES: readonly QueueState[] = ['planned', 'intent', 'sent', ...KEPT_OUTCOMES];

/** The states that are final: the queue does nothing more by itself. */
export const SETTLED_STATES: readonly QueueState[] = [...CANCEL_OUTCOMES, 'refused'];

/** The states that are not final. */
export const OPEN_STATES: readonly QueueState[] = QUEUE_STATES.filter((state) => !SETTLED_STATES.includes(state));

/** What a person can settle an `unknown` cancellation as. */
export type Resolution = AcceptedOutcome | 'refused';

/** Every {@link Resolution}. */
export const RESOLUTIONS: readonly Resolution[] = ['requested', 'scheduled', 'completed', 'refused'];

/**
 * What happens if the last read-back does not find a cancellation whose outcome was unknown: `refuse` settles it as
 * `refused`, `send_again` plans it again, once.
 */
export type WhenAbsent = (typeof WHEN_ABSENT)[number];

/** Every {@link WhenAbsent}. */
export const WHEN_ABSENT = ['refuse', 'send_again'] as const;

/** States as the list of an SQL condition: `('requested', 'scheduled')`. */
export function sqlList(states: readonly QueueState[]): string {
  return `(${states.map((state) => `'${state}'`).join(', ')})`;
}
