import type { When } from '../../src/index.ts';

/** Whether, or how many milliseconds later, the server carries a cancellation out. */
export type Executed = boolean | number;

/** What the server does with one request. Whatever is not executed was not, and will not be. */
export type Fault =
  /**
   * Nothing wrong. `close_after`: and then the idle connection is closed. `when`: the timing that a read-back tells.
   */
  | { readonly kind: 'none' | 'close_after'; readonly executed: true; readonly when?: When }
  /** The connection is reset without a response. `session`: over HTTP/2, all that shares it. */
  | { readonly kind: 'reset'; readonly executed: Executed; readonly session?: boolean }
  /** No response, ever. */
  | { readonly kind: 'hang'; readonly executed: Executed }
  /** Headers and half of the body, and then a reset. */
  | { readonly kind: 'cut'; readonly executed: Executed }
  /** A byte at a time, without an end: of the body, or of the headers where it is HTTP/1.1. */
  | { readonly kind: 'drip'; readonly executed: Executed; readonly part?: 'headers' | 'body' }
  | AnswerFault;

/** A complete response that is not the one that belongs there. */
export interface AnswerFault {
  readonly kind: 'answer';
  readonly status: number;
  readonly body: 'accepted' | 'error' | 'unauthorized' | 'html' | 'truncated' | 'empty';
  readonly retryAfter?: string | undefined;
  readonly executed: Executed;
}

/**
 * What the server does with a connection: reset it, speak another protocol, or accept it and stay silent. Nothing of
 * what is sent over it is read.
 */
export type ConnectionFault = 'reset' | 'garbage' | 'silence';

/** The provider as it should be. */
export const NO_FAULT: Fault = { kind: 'none', executed: true };

/** A fault with its share, in per cent. */
export type Share = readonly [share: number, fault: (random: number) => Fault];

/** How cancellations go: 35 per cent go well. */
export const WRITE_FAULTS: readonly Share[] = [
  [7, (random) => ({ kind: 'reset', executed: true, session: random < 0.1 })],
  [4, () => ({ kind: 'hang', executed: true })],
  [4, () => ({ kind: 'cut', executed: true })],
  [3, () => ({ kind: 'drip', executed: true })],
  [5, (random) => ({ kind: 'reset', executed: lateBy(random) })],
  [2, (random) => ({ kind: 'hang', executed: lateBy(random) })],
  [6, (random) => ({ ...SERVER_ERROR, status: random < 0.5 ? 500 : 502, executed: true })],
  [4, () => ({ kind: 'answer', status: 200, body: 'html', executed: true })],
  [4, () => ({ kind: 'answer', status: 200, body: 'truncated', executed: true })],
  [4, () => ({ kind: 'answer', status: 200, body: 'empty', executed: true })],
  [5, (random) => ({ kind: 'reset', executed: false, session: random < 0.1 })],
  [3, () => ({ kind: 'hang', executed: false })],
  [3, () => ({ ...SERVER_ERROR, status: 503, executed: false })],
  [6, (random) => ({ ...TOO_MANY, retryAfter: random < 0.7 ? '0' : '1' })],
  [2, () => ({ ...TOO_MANY, retryAfter: '86400' })],
  [3, (random) => ({ ...TOO_MANY, status: random < 0.5 ? 408 : 425 })],
];

/** How read-backs go: 40 per cent go well. */
export const READ_FAULTS: readonly Share[] = [
  [15, () => ({ kind: 'reset', executed: false })],
  [6, () => ({ kind: 'hang', executed: false })],
  [5, () => ({ kind: 'cut', executed: false })],
  [14, () => ({ ...SERVER_ERROR, status: 503, executed: false })],
  [8, () => ({ kind: 'answer', status: 200, body: 'html', executed: false })],
  [12, () => ({ ...TOO_MANY, retryAfter: '0' })],
];

const SERVER_ERROR = { kind: 'answer', body: 'html' } as const;
const TOO_MANY = { kind: 'answer', status: 429, body: 'error', executed: false } as const;

/** From 50 to 450 ms, the window of a late execution. */
export function lateBy(random: number): number {
  return 50 + Math.floor(random * 401);
}

/** The longest that a late execution takes, in milliseconds. */
export const LATEST_EXECUTION_MS = 450;

/** Picks by share; what is left of the hundred is no fault, half of it with the idle connection closed afterwards. */
export function pickFault(shares: readonly Share[], random: number): Fault {
  let position = random * 100;
  for (const [share, fault] of shares) {
    if (position < share) return fault(position / share);
    position -= share;
  }
  return position % 1 < 0.5 ? NO_FAULT : { kind: 'close_after', executed: true };
}

/** A number from 0 up to, and without, 1 that is always the same for the same text. */
export function randomOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // The last characters alone would hardly reach the high bits.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
