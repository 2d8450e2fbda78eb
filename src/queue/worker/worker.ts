import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { deferred } from '../../platform/deferred.ts';
import { stopped, unreachable } from '../database/database-error.ts';
import { DatabaseFailure } from '../database/database.ts';
import { isAnythingDue } from '../ledger/claim.ts';
import { Retention } from './retention.ts';
import type { WorkerContext, WorkPlan } from './worker-context.ts';
import { WorkerCycle } from './worker-cycle.ts';

/**
 * Takes cancellations up, sends or reads them back, and writes down the outcome, cycle after cycle, until it is to
 * stop or nothing is due.
 */
export class Worker {
  readonly #context: WorkerContext;
  readonly #plan: WorkPlan;
  readonly #cycle: WorkerCycle;
  readonly #retention: Retention;
  #upkeep: Promise<void> | undefined;
  #wake = deferred<void>();

  constructor(context: WorkerContext, plan: WorkPlan) {
    this.#context = context;
    this.#plan = plan;
    this.#retention = new Retention(context);
    this.#cycle = new WorkerCycle(context, plan, () => this.#wake.resolve());
  }

  /** Something may be due. */
  notify(): void {
    this.#cycle.expectAny();
    this.#wake.resolve();
  }

  /** Works until the signal aborts or nothing is due; started cancellations finish and are written down. */
  async run(): Promise<void> {
    const stop = (): void => this.#wake.resolve();
    this.#plan.signal?.addEventListener('abort', stop, { once: true });
    let failures = 0;
    try {
      for (;;) {
        this.#wake = deferred<void>();
        const isStopping = this.#plan.signal?.aborted === true;
        if (isStopping && this.#cycle.isDone) break;
        try {
          const started = await this.#cycle.next(isStopping);
          failures = 0;
          if (!isStopping) this.#keepUp();
          if (this.#plan.stopWhenIdle && started === 0 && this.#cycle.isDone && !(await this.#isAnythingDue())) break;
        } catch (error) {
          if (!(error instanceof DatabaseFailure)) throw stopped(error, this.#cycle.isDone);
          failures += 1;
          this.#cycle.doubt();
          const trouble = unreachable(error);
          this.#context.onError(trouble);
          // What is not written down is recovered from its lease by the next worker.
          if (isStopping && failures >= TRIES_WHILE_STOPPING) throw trouble;
          await delay(Math.min(100 * 2 ** failures, 3_000));
          continue;
        }
        await this.#rest();
      }
      await this.#cycle.tidyUp();
    } finally {
      await this.#upkeep;
      this.#plan.signal?.removeEventListener('abort', stop);
    }
  }

  /** Does the upkeep beside the cycles, which never wait for it: leases would end meanwhile. */
  #keepUp(): void {
    this.#upkeep ??= this.#retention.next().finally(() => {
      this.#upkeep = undefined;
    });
  }

  /** Whether anything waits for nothing but a worker. */
  async #isAnythingDue(): Promise<boolean> {
    const { database, schema, limits } = this.#context;
    return await isAnythingDue(
      database,
      schema,
      limits.map(({ account }) => account),
    );
  }

  /** Waits until something has ended, is due, or may be due. */
  async #rest(): Promise<void> {
    if (!this.#cycle.hasOutcomes) {
      const { pollMs } = this.#context;
      const timer = setTimeout(() => this.#wake.resolve(), Math.min(pollMs, this.#cycle.retryInMs ?? pollMs));
      await this.#wake.promise;
      clearTimeout(timer);
    }
    // Outcomes of the same moment are written in the same cycle. Where workers compete for the database, or it runs on
    // this thread, a cycle for each few outcomes would cost more than the outcomes.
    const isScarce = this.#cycle.isCompeting || this.#context.database.kind === 'pglite';
    if (isScarce && this.#cycle.hasOutcomes) await delay(GATHER_MS);
    else await setImmediate();
  }
}

// How long outcomes are gathered if the database is the bottleneck.
const GATHER_MS = 10;

// About half a minute.
const TRIES_WHILE_STOPPING = 14;
