import type { AccountsOf } from './account.ts';
import type { AccountKey, CancelRequest } from './cancel-request.ts';
import type { CancelResult, SafeResult } from './result.ts';
import type { CancelResultOf } from './service.ts';

/** What became of one request of `cancelMany`. */
export type CancelManyItem<A extends AccountsOf<A>, K extends AccountKey<A> = AccountKey<A>> = K extends unknown
  ? {
      /** Position in the source, from 0. */
      readonly index: number;
      /** The request as the source gave it. */
      readonly request: CancelRequest<A, K>;
    } & SafeResult<CancelResultOf<A, K>>
  : never;

/** The same before the types of the accounts are known. */
export type ManyItem = { readonly index: number; readonly request: unknown } & SafeResult<CancelResult>;

/** How a run sorts, bounds and carries out its requests. */
export interface ManyPlan {
  readonly laneOf: (request: unknown) => string;
  readonly concurrencyOf: (lane: string) => number;
  readonly cancel: (request: unknown) => Promise<SafeResult<CancelResult>>;
}

interface Lane {
  readonly concurrency: number;
  running: number;
  readonly waiting: { readonly index: number; readonly request: unknown }[];
}

// How many requests may be held beyond those that run: enough to find work for a second account behind a run of
// requests for the first, and a bound on memory whatever the source's length.
const LOOKAHEAD = 256;

/** Runs the requests of a source, each lane within its own concurrency, and yields the items as they finish. */
export async function* cancelMany(
  source: Iterable<unknown> | AsyncIterable<unknown>,
  plan: ManyPlan,
): AsyncGenerator<ManyItem, void, undefined> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const lanes = new Map<string, Lane>();
  const finished: ManyItem[] = [];
  const running = new Set<Promise<void>>();
  let held = 0;
  let count = 0;
  let pulling: Promise<void> | undefined;
  let ended = false;
  let stopped = false;
  let room = LOOKAHEAD;
  let failure: { readonly error: unknown } | undefined;
  let wake = Promise.withResolvers<void>();
  const changed = (): void => wake.resolve();

  const start = (lane: Lane): void => {
    while (lane.running < lane.concurrency) {
      const next = lane.waiting.shift();
      if (next === undefined) return;
      lane.running += 1;
      const run = plan.cancel(next.request).then((result) => {
        lane.running -= 1;
        finished.push({ ...next, ...result });
        running.delete(run);
        start(lane);
        changed();
      });
      running.add(run);
    }
  };
  const take = async (): Promise<void> => {
    try {
      const step = await iterator.next();
      if (step.done === true) ended = true;
      else if (!stopped) {
        const name = plan.laneOf(step.value);
        const lane = lanes.get(name) ?? { concurrency: plan.concurrencyOf(name), running: 0, waiting: [] };
        if (!lanes.has(name)) room += lane.concurrency;
        lanes.set(name, lane);
        lane.waiting.push({ index: count, request: step.value });
        count += 1;
        held += 1;
        start(lane);
      }
    } catch (error) {
      // The source's own error is the caller's; it is thrown once everything that was started has been yielded.
      failure = { error };
      ended = true;
    }
    pulling = undefined;
    changed();
  };

  const close = async (): Promise<void> => {
    if (ended) return;
    const closing = Promise.resolve(iterator.return?.());
    if (pulling === undefined) await closing;
    // A source that is still busy with its next request may never come back; its end is not waited for.
    else closing.catch(() => undefined);
  };

  try {
    for (;;) {
      wake = Promise.withResolvers<void>();
      if (!ended && pulling === undefined && held < room) pulling = take();
      const item = finished.shift();
      if (item !== undefined) {
        yield item;
        held -= 1;
      } else if (ended && held === 0) {
        break;
      } else {
        await wake.promise;
      }
    }
  } finally {
    // Also where the caller stops early: what has been sent is seen through, and nothing more is begun.
    stopped = true;
    for (const lane of lanes.values()) lane.waiting.length = 0;
    try {
      await close();
    } finally {
      await Promise.all(running);
    }
  }
  if (failure !== undefined) throw failure.error;
}
