import { type AcceptedOutcome, type KeptOutcome, CANCEL_OUTCOMES, KEPT_OUTCOMES } from '../../contract/outcome.ts';

/**
 * How far a cancellation in the queue has come.
 *
 * - `proposed`: waits for a person who approves it. No worker takes it, and nothing has been sent.
 * - `planned`: waits for its turn, its time or a paused account. Nothing has been sent.
 * - `intent`: a worker is about to send it. Written down before anything is sent.
 * - `sent`: the request has been handed to the network.
 * - `requested`, `scheduled`, `completed`, `already_cancelled`: the outcomes of `cancel`. The first two are followed.
 * - `refused`: it did not take effect, and is not tried again by itself. Nothing happened at the provider.
 * - `unknown`: it may have taken effect. It is read back if the provider can be asked, and never sent again.
 * - `lapsed`: the provider accepted it, and has no cancellation any more, or has renewed the service. Needs a person.
 * - `overdue`: the provider accepted it, its date has passed, and the service is not over. Needs a person.
 */
export type QueueState = 'proposed' | 'planned' | 'intent' | 'sent' | KeptOutcome | 'lapsed' | 'overdue';

/** Every {@link QueueState}, in the order in which they follow each other. */
export const QUEUE_STATES: readonly QueueState[] = [
  'proposed',
  'planned',
  'intent',
  'sent',
  ...KEPT_OUTCOMES,
  'lapsed',
  'overdue',
];

/** The states of a cancellation that the provider accepted, and that is read again until its service is over. */
export const FOLLOWED_STATES: readonly FollowedState[] = ['requested', 'scheduled'];

/** A {@link FOLLOWED_STATES followed} state. */
export type FollowedState = Extract<QueueState, 'requested' | 'scheduled'>;

/** Whether a cancellation in this state is followed, if it is to be. */
export function isFollowedState(state: string): state is FollowedState {
  return FOLLOWED_STATES.some((one) => one === state);
}

/**
 * The states that are final: the queue sends nothing more by itself, and another cancellation of the service may be
 * enqueued.
 */
export const SETTLED_STATES: readonly QueueState[] = [...CANCEL_OUTCOMES, 'refused', 'lapsed', 'overdue'];

/** The states that are not final. */
export const OPEN_STATES: readonly QueueState[] = QUEUE_STATES.filter((state) => !SETTLED_STATES.includes(state));

/** What a person can settle an `unknown`, `lapsed` or `overdue` cancellation as. */
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
