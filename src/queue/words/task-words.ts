import type { QueuedCancellation } from '../ledger/record.ts';
import { awaitsToken } from './state-words.ts';

/** Says what a person has to do about a cancellation that needs one, with the commands for it. */
export function taskWords(item: QueuedCancellation): string {
  const { state } = item;
  if (state === 'planned') return TASKS.held;
  if (state === 'proposed' || state === 'lapsed' || state === 'overdue') return TASKS[state];
  return awaitsToken(item) ? TASKS.token : TASKS.unknown;
}

const TASKS = {
  token: 'pass on the token that the provider sent: `cancelkit queue confirm`',
  lapsed: 'look it up at the provider, then `cancelkit queue retry` to send it again, or `cancelkit queue resolve`',
  overdue:
    'ask the provider why it still runs, then `cancelkit queue resolve`, or `cancelkit queue retry` to send it again',
  proposed: 'another person has to `cancelkit queue approve` or `cancelkit queue withdraw` it',
  held: 'correct the configuration and `cancelkit queue resume` the account, or `cancelkit queue retry --accept-place`',
  unknown: 'look it up at the provider, then `cancelkit queue resolve`',
} as const;
