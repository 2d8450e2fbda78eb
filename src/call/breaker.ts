/**
 * State that the calls of one account share: a retry budget and a circuit breaker.
 *
 * The budget holds 10 retries and grows by a tenth with each call, so that an outage costs at most 1.1 sends per call
 * plus these ten. The breaker opens after 15 consecutive requests without a response or with a 5xx: for 10 seconds
 * every call fails immediately; then a single trial call is allowed.
 */
export class Breaker {
  readonly #now: () => number;
  #budget = BUDGET;
  #failures = 0;
  #openUntil = 0;
  #trying: object | undefined;

  /** @param now milliseconds of a clock that is never set, unlike the time of day. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Asks for a call to be let in.
   *
   * @param call identifies the call, so that `leave` recognizes it.
   * @returns `undefined` if it is, else the milliseconds after which it is worth trying again.
   */
  admit(call: object): number | undefined {
    if (this.#failures >= FAILURES_TO_OPEN) {
      const now = this.#now();
      if (now < this.#openUntil) return this.#openUntil - now;
      // One call tries; the others wait for its outcome.
      if (this.#trying !== undefined) return TRIAL_MS;
      this.#trying = call;
    }
    this.#budget = Math.min(BUDGET, this.#budget + BUDGET_PER_CALL);
    return undefined;
  }

  /** A call that was let in is over. */
  leave(call: object): void {
    if (this.#trying === call) this.#trying = undefined;
  }

  /** Takes one repetition out of the budget, if there is one. */
  mayRepeat(): boolean {
    if (this.#budget < 1) return false;
    this.#budget -= 1;
    return true;
  }

  /** The outcome of one request. */
  record(outcome: 'answered' | 'failed'): void {
    if (outcome === 'answered') {
      this.#failures = 0;
      return;
    }
    this.#failures += 1;
    if (this.#failures >= FAILURES_TO_OPEN) this.#openUntil = this.#now() + OPEN_MS;
  }
}

const BUDGET = 10;
const BUDGET_PER_CALL = 0.1;
const FAILURES_TO_OPEN = 15;
const OPEN_MS = 10_000;
const TRIAL_MS = 1_000;
