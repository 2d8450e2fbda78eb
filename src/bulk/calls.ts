import type { Job, Lane, Step } from './lane.ts';
import type { ManyItem, ManyPlan } from './plan.ts';
import type { SafeResult } from '../contract/result.ts';

/** A finished request, until it is taken. */
export interface Finished<Value> {
  readonly item: ManyItem<Value>;
  readonly lane: Lane;
}

/** The calls of a run: those in flight, those that finished and wait to be taken, and the outcomes of all of them. */
export class ManyCalls<Value> {
  readonly #plan: Pick<ManyPlan<Value>, 'execute' | 'unsent' | 'outcomeOf'>;
  readonly #onChange: () => void;
  readonly #finished: Finished<Value>[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #outcomes = new Map<string, number>();
  #started = 0;

  constructor(plan: Pick<ManyPlan<Value>, 'execute' | 'unsent' | 'outcomeOf'>, onChange: () => void) {
    this.#plan = plan;
    this.#onChange = onChange;
  }

  /** Whether no call is in flight and no result is left to be taken. */
  get isEmpty(): boolean {
    return this.#inFlight.size === 0 && this.#finished.length === 0;
  }

  /** How many requests were started. */
  get started(): number {
    return this.#started;
  }

  /** How many requests ended with each outcome or code. */
  get outcomes(): ReadonlyMap<string, number> {
    return this.#outcomes;
  }

  /** Starts as many requests as the lane has room for. */
  advance(lane: Lane): void {
    for (let step = lane.next(); step !== undefined; step = lane.next()) this.#execute(step, lane);
    this.#onChange();
  }

  /** The next finished request. */
  take(): Finished<Value> | undefined {
    return this.#finished.shift();
  }

  /** Settles once the calls in flight have ended. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  #execute(step: Step, lane: Lane): void {
    if (step.kind === 'give_back') {
      this.#finish(step.job, { ok: false, error: step.error }, lane);
      return;
    }
    const run = (step.kind === 'begin' ? this.#begin(step.jobs, lane) : this.#refuse(step, lane)).then(() => {
      this.#inFlight.delete(run);
      this.advance(lane);
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
      if (job === undefined || lane.settle(job, result.ok ? undefined : result.error)) continue;
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
