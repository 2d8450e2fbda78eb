import { deferred } from './deferred.ts';

/** Why a {@link TimeLimit} ended. */
export type LimitEnd = 'timeout' | 'aborted';

/** The promise that {@link TimeLimit.race} gives up on. */
export class LimitEnded extends Error {
  override readonly name = 'LimitEnded';
}

/**
 * A stretch of time that ends by itself, by the caller's signal or with the limit around it. Everything that waits is
 * raced against it, so that a call settles also where whatever it waits for never does.
 */
export class TimeLimit {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #release: () => void;
  #end: LimitEnd | undefined;

  /**
   * @param milliseconds counted from now.
   * @param parent the caller's signal, or a limit that this one lies within.
   */
  constructor(milliseconds: number, parent?: AbortSignal | TimeLimit) {
    this.signal = this.#controller.signal;
    this.#endsAt = performance.now() + milliseconds;
    this.#timer = setTimeout(() => this.#finish('timeout'), milliseconds);
    const outer = parent instanceof TimeLimit ? parent.signal : parent;
    const onOuterEnd = (): void => this.#finish(parent instanceof TimeLimit ? (parent.end ?? 'aborted') : 'aborted');
    outer?.addEventListener('abort', onOuterEnd, { once: true });
    this.#release = () => outer?.removeEventListener('abort', onOuterEnd);
    if (outer?.aborted) onOuterEnd();
  }

  /** Why the limit ended, or `undefined` while it has not. */
  get end(): LimitEnd | undefined {
    return this.#end;
  }

  /** Milliseconds that are left, never negative. */
  get remaining(): number {
    return this.#end === undefined ? Math.max(0, this.#endsAt - performance.now()) : 0;
  }

  /**
   * Settles with the promise, or rejects when the limit ends first. A promise that loses is left to settle unheard.
   *
   * @throws LimitEnded
   */
  async race<Value>(promise: Promise<Value>): Promise<Value> {
    const { promise: ended, reject } = deferred<never>();
    const onEnd = (): void => reject(new LimitEnded('the time limit ended'));
    if (this.signal.aborted) {
      // A promise that is settled already would win each race, and a row of such promises would never end.
      promise.catch(() => undefined);
      throw new LimitEnded('the time limit ended');
    }
    this.signal.addEventListener('abort', onEnd, { once: true });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      this.signal.removeEventListener('abort', onEnd);
    }
  }

  /** Frees the timer and the listener. Must be called once the limit is no longer needed. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#release();
  }

  #finish(end: LimitEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.dispose();
    this.#controller.abort();
  }
}
