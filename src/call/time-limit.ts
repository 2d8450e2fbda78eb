import { type CallOptions, MAX_MILLISECONDS } from '../contract/options.ts';
import type { Call, ErrorFacts } from './call.ts';
import { DEFAULTS } from './check-options.ts';
import type { MaybePromise } from './check-schema.ts';

/** Why a {@link TimeLimit} ended. */
export type LimitEnd = 'timeout' | 'aborted';

/** The promise that {@link TimeLimit.race} gives up on. */
export class LimitEnded extends Error {
  override readonly name = 'LimitEnded';
}

/**
 * A stretch of time that ends by itself, by the caller's signal or with the limit around it. Everything that waits is
 * raced against it, so that a call settles even if whatever it waits for never does.
 *
 * Its timer runs only while something waits for the end: a limit within another needs no timer of the outer one,
 * because it never ends after it.
 */
export class TimeLimit {
  readonly #endsAt: number;
  readonly #parent: AbortSignal | TimeLimit | undefined;
  readonly #onParentEnd: () => void;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #controller: AbortController | undefined;
  #end: LimitEnd | undefined;
  #isDisposed = false;

  /**
   * @param milliseconds counted from now.
   * @param parent the caller's signal, or a limit that this one lies within.
   */
  constructor(milliseconds: number, parent?: AbortSignal | TimeLimit) {
    this.#parent = parent;
    const endsAt = performance.now() + milliseconds;
    if (parent instanceof TimeLimit) {
      this.#endsAt = Math.min(endsAt, parent.#endsAt);
      this.#onParentEnd = () => this.#finish(parent.end ?? 'aborted');
      if (parent.end === undefined) parent.#listeners.add(this.#onParentEnd);
      else this.#onParentEnd();
    } else {
      this.#endsAt = endsAt;
      this.#onParentEnd = () => this.#finish('aborted');
      parent?.addEventListener('abort', this.#onParentEnd, { once: true });
      if (parent?.aborted === true) this.#onParentEnd();
    }
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
      if (this.#end === undefined) this.#startTimer();
      else this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /**
   * Calls back when the limit ends. A limit that has ended calls no listener. Returns a function that removes the
   * callback.
   */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#startTimer();
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
    this.#release();
  }

  #release(): void {
    clearTimeout(this.#timer);
    if (this.#parent instanceof TimeLimit) this.#parent.#listeners.delete(this.#onParentEnd);
    else this.#parent?.removeEventListener('abort', this.#onParentEnd);
  }

  #startTimer(): void {
    if (this.#end !== undefined || this.#isDisposed) return;
    // Not a fraction below, nor by a fraction above what a timer can wait: then it would not wait at all.
    const milliseconds = Math.min(Math.ceil(this.#endsAt - performance.now()), MAX_MILLISECONDS);
    this.#timer ??= setTimeout(() => this.#timedOut(), milliseconds);
  }

  /**
   * After something that kept the thread busy (or stopped the process) the timer fires late, and before the sockets
   * have been read. A response that has arrived by then is not thrown away: the sockets come first.
   */
  #timedOut(): void {
    if (performance.now() - this.#endsAt < LATE_MS) {
      this.#expire();
      return;
    }
    // A callback of setImmediate runs after the poll phase; the second one, after whatever the first poll woke.
    setImmediate(() => setImmediate(() => this.#expire()));
  }

  /** The time is up: that of the limit around this one, too, if both end at the same moment. */
  #expire(): void {
    if (this.#isDisposed) return;
    if (this.#parent instanceof TimeLimit && this.#parent.#endsAt <= this.#endsAt) this.#parent.#expire();
    this.#finish('timeout');
  }

  #finish(end: LimitEnd): void {
    if (this.#end !== undefined || this.#isDisposed) return;
    this.#end = end;
    this.#release();
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
    this.#controller?.abort();
  }
}

const LATE_MS = 5;

/** What limits the time of a call. */
type CallLimits = Pick<CallOptions, 'deadlineMs' | 'signal'>;

/**
 * Runs the whole of a call within its deadline and signal.
 *
 * @throws ProviderError `aborted` if the signal has aborted already, or whatever `work` throws
 */
export async function withinDeadline<Value>(
  call: Call,
  options: CallLimits,
  work: (limit: TimeLimit) => Promise<Value>,
): Promise<Value> {
  const limit = startLimit(call, options);
  try {
    return await work(limit);
  } finally {
    limit.dispose();
  }
}

/**
 * Starts the time limit of a call, which ends with it.
 *
 * @throws ProviderError `aborted` if the signal has aborted already
 */
export function startLimit(call: Call, { deadlineMs = DEFAULTS.deadlineMs, signal }: CallLimits): TimeLimit {
  const limit = new TimeLimit(deadlineMs, signal);
  call.limit = limit;
  if (limit.end !== 'aborted') return limit;
  limit.dispose();
  throw call.error({ code: 'aborted', message: 'the call was aborted before it began' });
}

/**
 * Waits for something that precedes a request and may never end, such as an asynchronous schema.
 *
 * @throws ProviderError `aborted` or `unavailable`
 */
export async function inTime<Value>(checking: MaybePromise<Value>, call: Call, limit: TimeLimit): Promise<Value> {
  try {
    return checking instanceof Promise ? await limit.race(checking) : checking;
  } catch (error) {
    if (limit.end === undefined) throw error;
    throw call.error(endedBeforeSending(limit.end));
  }
}

/** The failure for a call whose time was up, or that was aborted, before its next request. */
export function endedBeforeSending(end: 'timeout' | 'aborted'): ErrorFacts {
  return end === 'aborted'
    ? { code: 'aborted', reason: 'aborted', message: 'the call was aborted before anything was sent' }
    : { code: 'unavailable', reason: 'timeout', message: 'the deadline passed before anything was sent' };
}
