import type { Failure } from './call.ts';
import type { ProviderError } from './provider-error.ts';

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
  #pausedUntil: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;
  #failsUntil = Infinity;

  /** @param reopened called when a pause is over. */
  constructor(maxPauseMs: number, reopened: () => void) {
    this.#maxPauseMs = maxPauseMs;
    this.#reopened = reopened;
  }

  /** Milliseconds since the epoch. */
  get pausedUntil(): number | undefined {
    return this.#pausedUntil;
  }

  get isOpen(): boolean {
    return this.#pausedUntil === undefined && this.refusal() === undefined;
  }

  /** What every request fails with instead of being begun. */
  refusal(): Failure | undefined {
    return Date.now() < this.#failsUntil ? this.#failure : undefined;
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
    const until = untilWhen(error);
    if (until === undefined) return false;
    if (until - Date.now() <= this.#maxPauseMs) {
      this.#pause(until);
      return true;
    }
    const { code, retryAt } = error;
    const message = `the provider has asked for a wait until ${retryAt ?? new Date(until).toISOString()}, which is longer than maxPauseMs. Nothing was sent.`;
    this.#failure = { code, retryAt, message };
    this.#failsUntil = until;
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

  #pause(until: number): void {
    if (until <= (this.#pausedUntil ?? 0)) return;
    clearTimeout(this.#timer);
    this.#pausedUntil = until;
    this.#timer = setTimeout(() => {
      this.dispose();
      this.#reopened();
    }, until - Date.now());
  }
}

// A provider that is out of breath gets this at least, whatever time it names.
const SHORTEST_PAUSE_MS = 1_000;
const PAUSE_MS = 30_000;

const UNAUTHORIZED: Failure = {
  code: 'unauthorized',
  message:
    'the credentials were refused earlier in this run, and providers ban after a few failures. Nothing was sent. ' +
    'Correct the credentials, and run what is left again.',
};

function untilWhen({ code, retryAt, providerStatus }: ProviderError): number | undefined {
  const isBusy =
    code === 'rate_limited' || (code === 'unavailable' && providerStatus !== undefined && retryAt !== undefined);
  if (!isBusy) return undefined;
  const asked = retryAt === undefined ? Date.now() + PAUSE_MS : Date.parse(retryAt);
  return Math.max(asked, Date.now() + SHORTEST_PAUSE_MS);
}
