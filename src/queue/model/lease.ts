import type { OperationEvent } from '../../contract/event.ts';
import { msSinceBoot } from '../../platform/since-boot.ts';

/** What is left of the time in which this process alone may act on what it has claimed. */
export class Lease {
  readonly #until: number;
  readonly #wallUntil: number;
  readonly #bootUntil: number;

  /** @param milliseconds counted from now, which has to be before the database was asked for the lease. */
  constructor(milliseconds: number) {
    this.#until = performance.now() + milliseconds;
    this.#wallUntil = Date.now() + milliseconds;
    this.#bootUntil = msSinceBoot() + milliseconds;
  }

  /**
   * Milliseconds that are left; negative once it is over.
   *
   * The monotonic clock stands still while a machine sleeps, the wall clock may be set, and the time since the boot
   * goes on during sleep but is coarse on some systems: the clock on which most time has passed decides. The database's
   * clock has gone on in all cases.
   */
  get remainingMs(): number {
    return Math.min(this.#until - performance.now(), this.#wallUntil - Date.now(), this.#bootUntil - msSinceBoot());
  }
}

/**
 * Stops a call before its next request once its lease is over. The thread, or the machine, may have slept since the
 * claim: whatever the call still wanted to send is not sent.
 */
export function stopAtEndOf(lease: Lease): {
  readonly signal: AbortSignal;
  readonly onEvent: (event: OperationEvent) => void;
} {
  const stop = new AbortController();
  const onEvent = ({ type }: OperationEvent): void => {
    if (type === 'attempt' && lease.remainingMs <= 0) stop.abort();
  };
  return { signal: stop.signal, onEvent };
}
