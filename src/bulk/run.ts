import type { ErrorFacts } from '../call/call.ts';
import type { SafeResult } from '../contract/result.ts';
import { type Job, Lane, type Step } from './lane.ts';
import type { ManyItem, ManyPlan } from './plan.ts';
import { type AnyProgress, progressOf } from './progress.ts';

/** A finished request, until its result is taken. */
export interface Finished<Value> {
  readonly item: ManyItem<Value>;
  readonly lane: Lane;
}

/**
 * A run: which requests wait in which lane, the calls in flight, the results that wait to be taken, and whether more
 * requests are taken from the source.
 */
export class ManyRun<Value> {
  readonly #plan: ManyPlan<Value>;
  readonly #onChange: () => void;
  readonly #lanes = new Map<string, Lane>();
  readonly #finished: Finished<Value>[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  /** How many requests ended with each outcome or code. */
  readonly #outcomes = new Map<string, number>();
  #taken = 0;
  #started = 0;
  #isComplete = false;
  #mode: 'running' | 'stopped' | 'abandoned' = 'running';

  constructor(plan: ManyPlan<Value>, onChange: () => void) {
    this.#plan = plan;
    this.#onChange = onChange;
  }

  get isStopped(): boolean {
    return this.#mode !== 'running';
  }

  /** Whether every request that was taken from the source has been handed on. */
  get isEmpty(): boolean {
    return this.#inFlight.size === 0 && this.#finished.length === 0 && this.#waiting === 0;
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
    this.#advance(lane);
  }

  /** No more requests come. */
  complete(): void {
    if (this.#isComplete) return;
    this.#isComplete = true;
    for (const lane of this.#lanes.values()) {
      lane.complete();
      this.#advance(lane);
    }
  }

  /** Starts nothing more: waiting requests end as `aborted`, and in-flight requests end by themselves. */
  stop(): void {
    if (this.isStopped) return;
    this.#mode = 'stopped';
    for (const lane of this.#lanes.values()) {
      lane.stop(STOPPED);
      this.#advance(lane);
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
    await Promise.all(this.#inFlight);
  }

  /** The next finished request. */
  take(): Finished<Value> | undefined {
    return this.#finished.shift();
  }

  /** What was taken has been dealt with: its lane has room for another. */
  release({ lane }: Finished<Value>): void {
    lane.untaken -= 1;
    this.#advance(lane);
  }

  /** @param total how many requests there are, as far as that is known. */
  progress(total: number | undefined): AnyProgress {
    const all = total === undefined ? undefined : Math.max(total, this.#taken);
    return progressOf(this.#lanes, {
      taken: this.#taken,
      started: this.#started,
      total: all,
      outcomes: this.#outcomes,
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
    const lane = new Lane(this.#plan.limitsOf(name), () => this.#advance(lane));
    if (this.#mode === 'stopped') lane.stop(STOPPED);
    this.#lanes.set(name, lane);
    return lane;
  }

  /** Starts as many requests as the lane has room for. */
  #advance(lane: Lane): void {
    for (let step = lane.next(); step !== undefined; step = lane.next()) this.#execute(step, lane);
    this.#onChange();
  }

  #execute(step: Step, lane: Lane): void {
    if (step.kind === 'give_back') {
      this.#finish(step.job, { ok: false, error: step.error }, lane);
      return;
    }
    const run = (step.kind === 'begin' ? this.#begin(step.jobs, lane) : this.#refuse(step, lane)).then(() => {
      this.#inFlight.delete(run);
      this.#advance(lane);
    });
    this.#inFlight.add(run);
  }

  async #begin(jobs: readonly Job[], lane: Lane): Promise<void> {
    this.#started += jobs.filter(({ started }) => started === 1).length;
    lane.calls += 1;
    lane.running += jobs.length;
    const startedAt = performance.now();
    const requests = jobs.map(({ request }) => request);
    const results = await this.#plan.execute(requests, jobs[0]?.batchKey !== undefined);
    lane.calls -= 1;
    lane.running -= jobs.length;
    const shareMs = (performance.now() - startedAt) / jobs.length;
    for (const [place, result] of results.entries()) {
      const job = jobs[place];
      const error = result.ok ? undefined : result.error;
      if (job === undefined || lane.settle(job, error, place > 0)) continue;
      lane.pace.record(shareMs);
      this.#finish(job, result, lane);
    }
  }

  async #refuse({ job, failure }: Extract<Step, { kind: 'refuse' }>, lane: Lane): Promise<void> {
    lane.refusing += 1;
    const result = await this.#plan.unsent(job.request, failure);
    lane.refusing -= 1;
    this.#finish(job, result, lane);
  }

  #finish({ index, request }: Job, result: SafeResult<Value>, lane: Lane): void {
    const outcome = result.ok ? this.#plan.outcomeOf(result.result) : result.error.code;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    lane.done += 1;
    lane.untaken += 1;
    this.#finished.push({ item: { index, request, ...result }, lane });
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
