import type { FailureClass } from '../contract/event.ts';

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
