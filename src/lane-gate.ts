import type { Failure } from './call.ts';
import type { ProviderError } from './provider-error.ts';
import { timeAfter, UNREADABLE_WAIT_MS } from './retry-after.ts';

/**
 * Whether a lane may begin something, by what its earlier requests ended with:
 *
 * - `rate_limited`, or `unavailable` with the provider's own `retryAt`: the lane pauses until then; without a `retryAt`
 *   for 30 seconds. Where that is longer than the longest pause, nothing is waited for: until then, every request of
 *   the lane fails at once with the same code and `retryAt`.
 * - `unauthorized`: every further request of the lane fails at once, since providers ban after a few bad logins.
 * - `unavailable` of a breaker (no status, since nothing was answered) changes nothing: the breaker fails the next
 *   request by itself.
 */
export class LaneGate {
  readonly #maxPauseMs: number;
  readonly #reopened: () => void;
  // Both in milliseconds of the clock that is never set: a time of day that is set must not change how long a lane waits.
  #pausedUntil: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;
  #failsUntil = Infinity;

  /** @param reopened called when a pause is over. */
  constructor(maxPauseMs: number, reopened: () => void) {
    this.#maxPauseMs = maxPauseMs;
    this.#reopened = reopened;
  }

  /** Milliseconds that are left of a pause, or `undefined` without one. */
  get pauseMs(): number | undefined {
    return this.#pausedUntil === undefined ? undefined : Math.max(0, this.#pausedUntil - performance.now());
  }

  get isOpen(): boolean {
    return this.#pausedUntil === undefined && this.refusal() === undefined;
  }

  /** What every request fails with instead of being begun. */
  refusal(): Failure | undefined {
    const leftMs = this.#failsUntil - performance.now();
    if (this.#failure === undefined || leftMs <= 0) return undefined;
    return leftMs === Infinity ? this.#failure : { ...this.#failure, retryAt: timeAfter(leftMs) };
  }

  /** Every further request fails so. */
  shut(failure: Failure): void {
    this.#failure = failure;
    this.#failsUntil = Infinity;
    this.dispose();
  }

  /** Learns from how a request ended; whether that one is worth beginning again. */
  learn(error: ProviderError | undefined): boolean {
    if (error === undefined || this.#failsForGood) return false;
    if (error.code === 'unauthorized') this.shut(UNAUTHORIZED);
    const waitMs = waitAskedFor(error);
    if (waitMs === undefined) return false;
    if (waitMs <= this.#maxPauseMs) {
      this.#pause(waitMs);
      return true;
    }
    const message = 'the provider has asked for a wait that is longer than maxPauseMs. Nothing was sent.';
    this.#failure = { code: error.code, message };
    this.#failsUntil = performance.now() + waitMs;
    return false;
  }

  /** Ends a pause without a word. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#pausedUntil = undefined;
  }

  get #failsForGood(): boolean {
    return this.#failure !== undefined && this.#failsUntil === Infinity;
  }

  #pause(milliseconds: number): void {
    const until = performance.now() + milliseconds;
    if (until <= (this.#pausedUntil ?? 0)) return;
    clearTimeout(this.#timer);
    this.#pausedUntil = until;
    this.#timer = setTimeout(() => {
      this.dispose();
      this.#reopened();
    }, milliseconds);
  }
}

// A provider that is out of breath gets this at least, whatever time it names.
const SHORTEST_PAUSE_MS = 1_000;

const UNAUTHORIZED: Failure = {
  code: 'unauthorized',
  message:
    'the credentials were refused earlier in this run, and providers ban after a few failures. Nothing was sent. ' +
    'Correct the credentials, and run what is left again.',
};

/** Milliseconds. The error has just been made, so the time of day that it names is by the clock of this moment. */
function waitAskedFor({ code, retryAt, status }: ProviderError): number | undefined {
  const isBusy = code === 'rate_limited' || (code === 'unavailable' && status !== undefined && retryAt !== undefined);
  if (!isBusy) return undefined;
  const askedMs = retryAt === undefined ? UNREADABLE_WAIT_MS : Date.parse(retryAt) - Date.now();
  return Math.max(askedMs, SHORTEST_PAUSE_MS);
}
