import type { ErrorFacts } from '../call/call.ts';
import { Lane } from './lane.ts';
import { type Finished, ManyCalls } from './calls.ts';
import type { ManyPlan } from './plan.ts';
import { type AnyProgress, progressOf } from './progress.ts';

/** A run: which requests wait in which lane, and whether more are taken. */
export class ManyRun<Value> {
  readonly #plan: ManyPlan<Value>;
  readonly #calls: ManyCalls<Value>;
  readonly #lanes = new Map<string, Lane>();
  #taken = 0;
  #isComplete = false;
  #mode: 'running' | 'stopped' | 'abandoned' = 'running';

  constructor(plan: ManyPlan<Value>, onChange: () => void) {
    this.#plan = plan;
    this.#calls = new ManyCalls(plan, onChange);
  }

  get isStopped(): boolean {
    return this.#mode !== 'running';
  }

  /** Whether every request that was taken from the source has been handed on. */
  get isEmpty(): boolean {
    return this.#calls.isEmpty && this.#waiting === 0;
  }

  /** Whether another request should be taken from the source. `isInMemory`: it costs nothing to look far ahead. */
  wantsMore(isInMemory: boolean): boolean {
    if (this.isStopped) return false;
    const waiting = this.#waiting;
    if (waiting < (isInMemory ? FAR : NEAR)) return true;
    return waiting < FAR && [...this.#lanes].some(([name, lane]) => name !== '' && lane.isIdle);
  }

  /** A request from the source. */
  accept(request: unknown): void {
    if (this.#mode === 'abandoned') return;
    const name = this.#plan.laneOf(request);
    const lane = this.#laneNamed(name);
    const batchKey = this.#plan.batchKeyOf(name, request);
    const arrivedAt = performance.now();
    lane.add({ index: this.#taken, request, batchKey, arrivedAt, started: 0, error: undefined });
    this.#taken += 1;
    this.#calls.advance(lane);
  }

  /** No more requests come. */
  complete(): void {
    if (this.#isComplete) return;
    this.#isComplete = true;
    for (const lane of this.#lanes.values()) {
      lane.complete();
      this.#calls.advance(lane);
    }
  }

  /** Starts nothing more: waiting requests end as `aborted`, and in-flight requests end by themselves. */
  stop(): void {
    if (this.isStopped) return;
    this.#mode = 'stopped';
    for (const lane of this.#lanes.values()) {
      lane.stop(STOPPED);
      this.#calls.advance(lane);
    }
  }

  /**
   * The caller takes no more results: forgets the waiting requests, and settles once the calls in flight have ended.
   */
  async abandon(): Promise<void> {
    this.#mode = 'abandoned';
    for (const lane of this.#lanes.values()) {
      lane.stop(STOPPED);
      lane.clear();
    }
    await this.#calls.allEnded();
  }

  /** The next finished request. */
  take(): Finished<Value> | undefined {
    return this.#calls.take();
  }

  /** What was taken has been dealt with: its lane has room for another. */
  release({ lane }: Finished<Value>): void {
    lane.untaken -= 1;
    this.#calls.advance(lane);
  }

  /** @param total how many requests there are, as far as that is known. */
  progress(total: number | undefined): AnyProgress {
    const all = total === undefined ? undefined : Math.max(total, this.#taken);
    return progressOf(this.#lanes, {
      taken: this.#taken,
      started: this.#calls.started,
      total: all,
      outcomes: this.#calls.outcomes,
    });
  }

  get taken(): number {
    return this.#taken;
  }

  get #waiting(): number {
    let waiting = 0;
    for (const lane of this.#lanes.values()) waiting += lane.waiting;
    return waiting;
  }

  #laneNamed(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = new Lane(this.#plan.limitsOf(name), () => this.#calls.advance(lane));
    if (this.#mode === 'stopped') lane.stop(STOPPED);
    this.#lanes.set(name, lane);
    return lane;
  }
}

/**
 * How many requests may wait at the same time, whatever the length of the source. This bounds the memory of a run.
 *
 * NEAR is enough for every lane to find its next request. FAR is for what NEAR cannot do: a slow or paused account's
 * requests pile up, and beyond them may be work for one that has nothing to do. A source that is in memory anyway is
 * always looked through so far.
 */
const NEAR = 256;
const FAR = 10_000;

const STOPPED: ErrorFacts = {
  code: 'aborted',
  message: 'the run was stopped by its signal before this request was started. Nothing was sent.',
};
