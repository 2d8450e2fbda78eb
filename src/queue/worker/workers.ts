import type { WorkerContext, WorkPlan } from './worker-context.ts';
import { Worker } from './worker.ts';

/** The workers of a queue that run in this process. */
export class Workers {
  readonly #workers = new Map<Worker, { readonly stop: AbortController; readonly done: Promise<void> }>();

  /** Whether one is running. */
  get areAny(): boolean {
    return this.#workers.size > 0;
  }

  /** Runs another one, until it ends by its plan or all are stopped. */
  async run(context: WorkerContext, plan: WorkPlan): Promise<void> {
    const stop = new AbortController();
    const signal = plan.signal === undefined ? stop.signal : AbortSignal.any([plan.signal, stop.signal]);
    const worker = new Worker(context, { ...plan, signal });
    const done = worker.run();
    this.#workers.set(worker, { stop, done });
    try {
      await done;
    } finally {
      this.#workers.delete(worker);
    }
  }

  /** Something may be due. */
  notify(): void {
    for (const worker of this.#workers.keys()) worker.notify();
  }

  /** Stops all of them; settles once the started cancellations have finished. */
  async stop(): Promise<void> {
    for (const { stop } of this.#workers.values()) stop.abort();
    // What a worker could not write down is reported to the caller of `work`.
    await Promise.allSettled([...this.#workers.values()].map(({ done }) => done));
  }
}
