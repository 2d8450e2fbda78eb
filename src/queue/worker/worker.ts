import { setTimeout as delay } from 'node:timers/promises';
import { deferred } from '../../platform/deferred.ts';
import { isAnythingDue } from '../ledger/claim.ts';
import { stopped, unreachable } from '../database/database-error.ts';
import { DatabaseFailure } from '../database/database.ts';
import { Rounds } from './rounds.ts';
import type { WorkerContext, WorkPlan } from './worker-context.ts';

/**
 * Takes cancellations up, sends or reads them back, and writes down the outcome, round after round, until it is to
 * stop or nothing is due.
 */
export class Worker {
  readonly #context: WorkerContext;
  readonly #plan: WorkPlan;
  readonly #rounds: Rounds;
  #wake = deferred<void>();

  constructor(context: WorkerContext, plan: WorkPlan) {
    this.#context = context;
    this.#plan = plan;
    this.#rounds = new Rounds(context, plan, () => this.#wake.resolve());
  }

  /** Something may be due. */
  notify(): void {
    this.#rounds.expectAny();
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
        if (isStopping && this.#rounds.isDone) break;
        try {
          const begun = await this.#rounds.next(isStopping);
          failures = 0;
          if (this.#plan.stopWhenIdle && begun === 0 && this.#rounds.isDone && !(await this.#isAnythingDue())) break;
        } catch (error) {
          if (!(error instanceof DatabaseFailure)) throw stopped(error, this.#rounds.isDone);
          failures += 1;
          this.#rounds.doubt();
          const trouble = unreachable(error);
          this.#context.onError(trouble);
          // What is not written down is recovered from its lease by the next worker.
          if (isStopping && failures >= TRIES_WHILE_STOPPING) throw trouble;
          await delay(Math.min(100 * 2 ** failures, 3_000));
          continue;
        }
        await this.#rest();
      }
      await this.#rounds.tidyUp();
    } finally {
      this.#plan.signal?.removeEventListener('abort', stop);
    }
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
    if (this.#rounds.hasOutcomes) return;
    const timer = setTimeout(() => this.#wake.resolve(), this.#context.pollMs);
    await this.#wake.promise;
    clearTimeout(timer);
    // What ends in the same moment is written in the same round.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

// About half a minute.
const TRIES_WHILE_STOPPING = 14;
