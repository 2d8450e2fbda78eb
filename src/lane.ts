import type { Failure } from './call.ts';
import { LaneGate } from './lane-gate.ts';
import { LanePace } from './lane-pace.ts';
import type { ProviderError } from './provider-error.ts';

/** One request of a run on its way. */
export interface Job {
  /** Position in the source, from 0. */
  readonly index: number;
  readonly request: unknown;
  /** The waiting ones that share it may go into one call; without it, the request goes alone. */
  readonly group: string | undefined;
  /** When the source handed it over, in milliseconds of the monotonic clock. */
  readonly arrivedAt: number;
  /** How often it has been begun. */
  readonly begun: number;
  /** What it ended with when it was last begun: the provider had no room for it, and nothing happened. */
  readonly error: ProviderError | undefined;
}

/** What a lane keeps to. */
export interface LaneLimits {
  /** How many calls run at once. */
  readonly concurrency: number;
  /** How many requests go into one call at most. */
  readonly together: number;
  /** Milliseconds that the lane waits at most because the provider asks for it. */
  readonly maxPauseMs: number;
}

/** What is to be done next with the first of the waiting requests. */
export type Step =
  | { readonly kind: 'begin'; readonly jobs: readonly Job[] }
  | { readonly kind: 'refuse'; readonly job: Job; readonly failure: Failure }
  | { readonly kind: 'give_back'; readonly job: Job; readonly error: ProviderError };

/** The requests of one account within a run: those that wait, how many run, and whether another may be begun. */
export class Lane {
  readonly limits: LaneLimits;
  readonly pace: LanePace = new LanePace();
  /** Calls under way. */
  calls = 0;
  /** Requests under way. */
  running = 0;
  /** Requests that are on their way out without having been begun. */
  refusing = 0;
  /** Finished requests. */
  done = 0;
  /** Finished requests that nobody has taken yet. */
  untaken = 0;
  readonly #waiting: Job[] = [];
  readonly #gate: LaneGate;
  readonly #wake: () => void;
  #lingering: NodeJS.Timeout | undefined;
  #complete = false;

  /** @param wake called when the lane may have something to begin again. */
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

  /** Whether it could begin something at once, had it anything. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#hasRoom && this.calls < this.#mostCalls && this.#gate.isOpen;
  }

  add(job: Job): void {
    this.#waiting.push(job);
  }

  /** No more requests come: what waits for others to go with need not wait any longer. */
  complete(): void {
    this.#complete = true;
  }

  /** Nothing more is begun; what waits is given back. */
  stop(failure: Failure): void {
    this.#gate.shut(failure);
    this.#complete = true;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting.length = 0;
    this.#gate.dispose();
    clearTimeout(this.#lingering);
  }

  /** What to do next, or `undefined` where there is nothing, no room, or a reason to wait. */
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
    const jobs = this.#companyOf(first);
    return jobs === undefined ? undefined : { kind: 'begin', jobs };
  }

  /** Learns from how a request ended; whether it is to be begun again later. */
  settle(job: Job, error: ProviderError | undefined): boolean {
    const isAgain = this.#gate.learn(error) && job.begun < MOST_BEGINNINGS;
    if (isAgain && error !== undefined) this.#waiting.unshift({ ...job, error });
    return isAgain;
  }

  get #mostCalls(): number {
    return Math.min(this.limits.concurrency, this.#gate.mostCalls);
  }

  /** Whether the caller keeps up with what finishes. */
  get #hasRoom(): boolean {
    const { concurrency, together } = this.limits;
    return this.untaken + this.refusing < concurrency * together;
  }

  /** Takes the first out with those that go into the same call; `undefined` where more of them may be about to come. */
  #companyOf(first: Job): readonly Job[] | undefined {
    const { together } = this.limits;
    if (together < 2 || first.group === undefined) return this.#takeOut([0]);
    const places: number[] = [];
    const reach = Math.min(this.#waiting.length, REACH);
    for (let place = 0; place < reach && places.length < together; place += 1) {
      if (this.#waiting[place]?.group === first.group) places.push(place);
    }
    const waitMs = first.arrivedAt + LINGER_MS - performance.now();
    if (places.length === together || this.#complete || waitMs <= 0) return this.#takeOut(places);
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(this.#wake, waitMs);
    return undefined;
  }

  #takeOut(places: readonly number[]): readonly Job[] {
    const jobs: Job[] = [];
    for (const place of places.toReversed()) jobs.unshift(...this.#waiting.splice(place, 1));
    return jobs.map((job) => ({ ...job, begun: job.begun + 1 }));
  }
}

// A provider that has had no room for a request three times, with the pauses it asked for between, is not asked again.
const MOST_BEGINNINGS = 3;
// How far behind the first its company is looked for, so that a long queue is not gone through for each call.
const REACH = 256;
// How long a request waits for others to share a call with. Less than one answer takes.
const LINGER_MS = 50;
