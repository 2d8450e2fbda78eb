/**
 * How far a cancellation in the queue has come.
 *
 * - `planned`: waits for its turn, its time or a paused account. Nothing has been sent.
 * - `intent`: a worker is about to send it. Written down before anything is sent.
 * - `sent`: the request has been handed to the network.
 * - `requested`, `scheduled`, `completed`, `already_cancelled`: as the outcomes of `cancel`.
 * - `refused`: it did not take effect, and is not tried again by itself. Nothing happened at the provider.
 * - `unknown`: it may have taken effect. It is read back where the provider can be asked, and never sent again.
 */
export type QueueState = (typeof QUEUE_STATES)[number];

/** Every {@link QueueState}, in the order in which they come. */
export const QUEUE_STATES = [
  'planned',
  'intent',
  'sent',
  'requested',
  'scheduled',
  'completed',
  'already_cancelled',
  'refused',
  'unknown',
] as const;

/** The states in which nothing is done any more. */
export const SETTLED_STATES: readonly QueueState[] = [
  'requested',
  'scheduled',
  'completed',
  'already_cancelled',
  'refused',
];
