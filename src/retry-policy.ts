/**
 * What is sent again, and when. The rules, in full:
 *
 * - `not_sent` (class A): nothing left the machine. Again, at most 3 times.
 * - `unprocessed` (class B): 429, 408, 421, 425. Again, at most 2 times, not before `Retry-After`.
 * - `perhaps_sent` and `server_error` (classes C and D): a write never again; a read at most 2 times.
 * - Everything else is an answer, and nothing is sent again after an answer.
 * - Nothing is sent again if the wait does not fit the deadline, if the account's retry budget is spent, or once the
 *   call is over.
 *
 * The wait is full jitter: a random time up to 250 ms, doubled with each repetition, at most 5 s. A longer `Retry-After`
 * is waited for in full.
 */
export type FailureClass = 'not_sent' | 'unprocessed' | 'perhaps_sent' | 'server_error';

/** What a decision rests on. */
export interface RetryQuestion {
  readonly failure: FailureClass;
  readonly effect: 'read' | 'write';
  /** How often this request has been sent again already. */
  readonly repeated: number;
  /** Milliseconds that the provider asks to wait, if it does. */
  readonly retryAfterMs: number | undefined;
  /** Milliseconds until the deadline. */
  readonly remainingMs: number;
  /** From 0 up to, and without, 1. */
  readonly random: number;
}

/** Milliseconds to wait before the request is sent again, or `undefined` if it is not. */
export function retryDelay(question: RetryQuestion): number | undefined {
  const { failure, effect, repeated, retryAfterMs, remainingMs, random } = question;
  if (repeated >= mostRepetitions(failure, effect)) return undefined;
  const jitter = random * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** repeated);
  const isAnswered = failure === 'unprocessed' || failure === 'server_error';
  const delay = Math.max(isAnswered ? (retryAfterMs ?? 0) : 0, jitter);
  return delay < remainingMs ? delay : undefined;
}

const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;

function mostRepetitions(failure: FailureClass, effect: 'read' | 'write'): number {
  switch (failure) {
    case 'not_sent':
      return 3;
    case 'unprocessed':
      return 2;
    case 'perhaps_sent':
    case 'server_error':
      return effect === 'read' ? 2 : 0;
  }
}
