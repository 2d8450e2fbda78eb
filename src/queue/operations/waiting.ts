import { ProviderError } from '../../contract/provider-error.ts';
import { deferred } from '../../platform/deferred.ts';
import { invalidInput } from '../input/check-input.ts';
import type { CheckedWait } from '../input/queue-input.ts';
import type { QueuedCancellation } from '../ledger/record.ts';
import { SETTLED_STATES } from '../model/state.ts';

/** Those in this process who wait for a cancellation to be settled, or to need a person. */
export class Waiting {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #pollMs: number;

  /** @param pollMs how often a cancellation is looked at that another process may have settled. */
  constructor(pollMs: number) {
    this.#pollMs = pollMs;
  }

  /** Lets all who wait for this one look at it. */
  wake(id: string): void {
    this.#waiting.get(id)?.forEach((wake) => wake());
  }

  /**
   * Waits for one.
   *
   * @param look how it stands.
   * @throws ProviderError `invalid_request` if it does not exist; `aborted` by the signal; `unavailable` once
   * the time is up
   */
  async wait(
    id: string,
    look: () => Promise<QueuedCancellation | undefined>,
    { signal, timeoutMs }: CheckedWait,
  ): Promise<QueuedCancellation> {
    const until = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
    for (;;) {
      const woken = this.#wakeUp(id, Math.min(this.#pollMs, until - performance.now()), signal);
      try {
        const record = await look();
        if (record === undefined)
          throw invalidInput([{ path: 'id', expected: 'the id of a cancellation in the queue' }]);
        if (record.needsPerson || SETTLED_STATES.includes(record.state)) return record;
        if (signal?.aborted === true) throw stoppedWaiting('aborted', `the wait was aborted. ${GOES_ON}`);
        if (performance.now() >= until) throw stoppedWaiting('unavailable', `it is still ${record.state}. ${GOES_ON}`);
        await woken.promise;
      } finally {
        woken.cancel();
      }
    }
  }

  #wakeUp(id: string, ms: number, signal: AbortSignal | undefined): { promise: Promise<void>; cancel: () => void } {
    const { promise, resolve: wake } = deferred<void>();
    const timer = setTimeout(wake, Math.max(0, ms));
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(wake));
    const onAbort = (): void => wake();
    signal?.addEventListener('abort', onAbort, { once: true });
    const cancel = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(id);
    };
    return { promise, cancel };
  }
}

/**
 * Does something unless the signal aborts first.
 *
 * @param what what was aborted, for the message.
 * @throws ProviderError `aborted`
 */
export async function unlessAborted<Value>(
  work: () => Promise<Value>,
  signal: AbortSignal | undefined,
  what: string,
): Promise<Value> {
  if (signal === undefined) return await work();
  const { promise: aborted, reject } = deferred<never>();
  const onAbort = (): void => reject(stoppedWaiting('aborted', what));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race(signal.aborted ? [aborted] : [aborted, work()]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function stoppedWaiting(code: 'aborted' | 'unavailable', what: string): ProviderError {
  return new ProviderError(code, { operation: 'status', message: `queue: ${what}` });
}

const GOES_ON = 'The cancellation goes on.';
