import type { ErrorFacts } from '../call/call.ts';
import type { ProviderError } from '../contract/provider-error.ts';
import { LaneGate } from './lane-gate.ts';

/** How long the requests of a lane take, so that the rest can be estimated. */
class LanePace {
  #meanMs: number | undefined;

  /** Notes how long a request took; for those of a batch, their share of its time. */
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

/** One request of a run on its way. */
export interface Job {
  /** Position in the source, from 0. */
  readonly index: number;
  readonly request: unknown;
  /** Waiting requests with the same key may go into one batch. Without a key, the request goes alone. */
  readonly batchKey: string | undefined;
  /** When the source handed it over, in milliseconds of the monotonic clock. */
  readonly arrivedAt: number;
  /** How often it was started. */
  readonly started: number;
  /** The error of its last start: the provider had no room for it, and nothing happened. */
  readonly error: ProviderError | undefined;
}

/** The limits of a lane. */
export interface LaneLimits {
  /** How many calls run concurrently. */
  readonly concurrency: number;
  /** How many requests go into one call at most. */
  readonly batchSize: number;
  /** Milliseconds that the lane waits at most because the provider asks for it. */
  readonly maxPauseMs: number;
}

/** The next step for the first of the waiting requests. */
export type Step =
  | { readonly kind: 'begin'; readonly jobs: readonly Job[] }
  | { readonly kind: 'refuse'; readonly job: Job; readonly failure: ErrorFacts }
  | { readonly kind: 'give_back'; readonly job: Job; readonly error: ProviderError };

/** The requests of one account within a run: those that wait, how many run, and whether another may be started. */
export class Lane {
  readonly limits: LaneLimits;
  readonly pace: LanePace = new LanePace();
  /** Calls in flight. */
  calls = 0;
  /** Requests in flight. */
  running = 0;
  /** Requests that are being given back without having been started. */
  refusing = 0;
  /** Finished requests. */
  done = 0;
  /** Finished requests that the caller has not taken yet. */
  untaken = 0;
  readonly #waiting: Job[] = [];
  readonly #gate: LaneGate;
  readonly #wake: () => void;
  #lingering: NodeJS.Timeout | undefined;
  #complete = false;

  /** @param wake called when the lane may be able to start a request again. */
  constructor(limits: LaneLimits, wake: () => void) {
    this.limits = limits;
    this.#wake = wake;
    this.#gate = new LaneGate(limits.maxPauseMs, wake);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Milliseconds that are left of a pause that the provider asked for, or `undefined` without one. */
  get pauseMs(): number | undefined {
    return this.#gate.pauseMs;
  }

  /** Whether it could start a request immediately if one arrived. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#hasRoom && this.calls < this.#mostCalls && this.#gate.isOpen;
  }

  add(job: Job): void {
    this.#waiting.push(job);
  }

  /** No more requests follow: a request that waits for others of its batch need not wait any longer. */
  complete(): void {
    this.#complete = true;
  }

  /** Starts nothing more, and gives the waiting requests back. */
  stop(failure: ErrorFacts): void {
    this.#gate.shut(failure);
    this.#complete = true;
  }

  /** Forgets the waiting requests. */
  clear(): void {
    this.#waiting.length = 0;
    this.#gate.dispose();
    clearTimeout(this.#lingering);
  }

  /** The next step, or `undefined` if no request waits, there is no room, or the lane has to wait. */
  next(): Step | undefined {
    const [first] = this.#waiting;
    if (first === undefined || !this.#hasRoom) return undefined;
    const failure = this.#gate.refusal();
    if (failure !== undefined) {
      this.#waiting.shift();
      const keepsItsOwn = failure.code === 'aborted' && first.error !== undefined;
      return keepsItsOwn
        ? { kind: 'give_back', job: first, error: first.error }
        : { kind: 'refuse', job: first, failure };
    }
    if (this.#gate.pauseMs !== undefined || this.calls >= this.#mostCalls) return undefined;
    const jobs = this.#batchOf(first);
    return jobs === undefined ? undefined : { kind: 'begin', jobs };
  }

  /**
   * Learns from the outcome of a request. Returns whether the request is started again later.
   *
   * @param isOfSameCall whether it went out in one call with the one before.
   */
  settle(job: Job, error: ProviderError | undefined, isOfSameCall: boolean = false): boolean {
    const isAgain = this.#gate.learn(error, isOfSameCall) && job.started < MOST_BEGINNINGS;
    if (isAgain && error !== undefined) this.#waiting.unshift({ ...job, error });
    return isAgain;
  }

  get #mostCalls(): number {
    return Math.min(this.limits.concurrency, this.#gate.mostCalls);
  }

  /** Whether the caller keeps up with what finishes. */
  get #hasRoom(): boolean {
    const { concurrency, batchSize } = this.limits;
    return this.untaken + this.refusing < concurrency * batchSize;
  }

  /** Takes the first request out with those of its batch; `undefined` if more of them may follow soon. */
  #batchOf(first: Job): readonly Job[] | undefined {
    const { batchSize } = this.limits;
    if (batchSize < 2 || first.batchKey === undefined) return this.#takeOut([0]);
    const places: number[] = [];
    const reach = Math.min(this.#waiting.length, REACH);
    for (let place = 0; place < reach && places.length < batchSize; place += 1) {
      if (this.#waiting[place]?.batchKey === first.batchKey) places.push(place);
    }
    const waitMs = first.arrivedAt + LINGER_MS - performance.now();
    if (places.length === batchSize || this.#complete || waitMs <= 0) return this.#takeOut(places);
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(this.#wake, waitMs);
    return undefined;
  }

  #takeOut(places: readonly number[]): readonly Job[] {
    const jobs: Job[] = [];
    for (const place of places.toReversed()) jobs.unshift(...this.#waiting.splice(place, 1));
    return jobs.map((job) => ({ ...job, started: job.started + 1 }));
  }
}

// If a provider had no room for a request three times, with the pauses that it asked for in between, it is not asked
// again.
const MOST_BEGINNINGS = 3;

// How far the lane looks for members of a batch, so that it does not search a long queue for each call.
const REACH = 256;

// How long a request waits for others of its batch. Less than one response takes.
const LINGER_MS = 50;
