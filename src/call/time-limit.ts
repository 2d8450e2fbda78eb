/** Why a {@link TimeLimit} ended. */
export type LimitEnd = 'timeout' | 'aborted';

/** The promise that {@link TimeLimit.race} gives up on. */
export class LimitEnded extends Error {
  override readonly name = 'LimitEnded';
}

/**
 * A stretch of time that ends by itself, by the caller's signal or with the limit around it. Everything that waits is
 * raced against it, so that a call settles even if whatever it waits for never does.
 */
export class TimeLimit {
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  #release: () => void = () => undefined;
  readonly #listeners = new Set<() => void>();
  #controller: AbortController | undefined;
  #end: LimitEnd | undefined;
  #isDisposed = false;

  /**
   * @param milliseconds counted from now.
   * @param parent the caller's signal, or a limit that this one lies within.
   */
  constructor(milliseconds: number, parent?: AbortSignal | TimeLimit) {
    this.#endsAt = performance.now() + milliseconds;
    this.#timer = setTimeout(() => this.#timedOut(), milliseconds);
    this.#release = this.#follow(parent);
  }

  /** Why the limit ended, or `undefined` while it has not. */
  get end(): LimitEnd | undefined {
    return this.#end;
  }

  /** Milliseconds that are left, never negative. */
  get remaining(): number {
    return this.#end === undefined ? Math.max(0, this.#endsAt - performance.now()) : 0;
  }

  /** A signal that aborts when the limit ends. Made when it is first asked for, because it is expensive. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#end !== undefined) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /**
   * Calls back when the limit ends. A limit that has ended calls no listener. Returns a function that removes the
   * callback.
   */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Settles with the promise, or rejects when the limit ends first. A promise that loses is left to settle unheard.
   *
   * @throws LimitEnded
   */
  race<Value>(promise: Promise<Value>): Promise<Value> {
    if (this.#end !== undefined) {
      // A promise that is settled already would win each race, and a row of such promises would never end.
      promise.catch(() => undefined);
      return Promise.reject(new LimitEnded('the time limit ended'));
    }
    return new Promise((resolve, reject) => {
      const stop = this.onEnd(() => reject(new LimitEnded('the time limit ended')));
      promise.then(
        (value) => {
          stop();
          resolve(value);
        },
        (error: unknown) => {
          stop();
          // oxlint-disable-next-line prefer-promise-reject-errors -- what the promise itself was rejected with
          reject(error);
        },
      );
    });
  }

  /** Frees the timer and the listener. Must be called once the limit is no longer needed. */
  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#release();
  }

  #follow(parent: AbortSignal | TimeLimit | undefined): () => void {
    if (parent === undefined) return () => undefined;
    if (parent instanceof TimeLimit) {
      if (parent.end === undefined) return parent.onEnd(() => this.#finish(parent.end ?? 'aborted'));
      this.#finish(parent.end);
      return () => undefined;
    }
    const onAbort = (): void => this.#finish('aborted');
    parent.addEventListener('abort', onAbort, { once: true });
    if (parent.aborted) onAbort();
    return () => parent.removeEventListener('abort', onAbort);
  }

  /**
   * After something that kept the thread busy (or stopped the process) the timer fires late, and before the sockets
   * have been read. An answer that has arrived by then is not thrown away: the sockets come first.
   */
  #timedOut(): void {
    if (performance.now() - this.#endsAt < LATE_MS) {
      this.#finish('timeout');
      return;
    }
    // A callback of setImmediate runs after the poll phase; the second one, after whatever the first poll woke.
    setImmediate(() => setImmediate(() => this.#finish('timeout')));
  }

  #finish(end: LimitEnd): void {
    if (this.#end !== undefined || this.#isDisposed) return;
    this.#end = end;
    clearTimeout(this.#timer);
    this.#release();
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
    this.#controller?.abort();
  }
}

const LATE_MS = 5;
