/** What is left of the time in which this process alone may act on what it has claimed. */
export class Lease {
  readonly #until: number;
  readonly #wallUntil: number;

  /** @param milliseconds counted from now, which has to be before the database was asked for the lease. */
  constructor(milliseconds: number) {
    this.#until = performance.now() + milliseconds;
    this.#wallUntil = Date.now() + milliseconds;
  }

  /**
   * Milliseconds that are left; negative once it is over.
   *
   * The monotonic clock stands still while a machine sleeps, and the wall clock may be set: the one on which more time
   * has passed decides. The database's clock has gone on in both cases.
   */
  get remainingMs(): number {
    return Math.min(this.#until - performance.now(), this.#wallUntil - Date.now());
  }
}
