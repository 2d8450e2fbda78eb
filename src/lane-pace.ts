/** How long the requests of a lane take, so that the rest can be estimated. */
export class LanePace {
  #meanMs: number | undefined;

  /** A request has taken so long; those that shared a call, its share. */
  record(milliseconds: number): void {
    // The last ones count most, since a provider's pace changes in the course of a run.
    this.#meanMs = this.#meanMs === undefined ? milliseconds : this.#meanMs + RECENT * (milliseconds - this.#meanMs);
  }

  /** Milliseconds for so many more, or `undefined` before the first has finished. */
  estimate(count: number, concurrency: number): number | undefined {
    if (count === 0) return 0;
    return this.#meanMs === undefined ? undefined : (count * this.#meanMs) / concurrency;
  }
}

const RECENT = 0.1;
