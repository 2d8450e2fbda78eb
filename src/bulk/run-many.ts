import { setImmediate as nextTurn } from 'node:timers/promises';
import { deferred } from '../platform/deferred.ts';
import type { ManyItem, ManyPlan } from './plan.ts';
import { ProgressReporter } from './progress.ts';
import { ManyRun } from './run.ts';
import { SourceReader } from './source.ts';

/** Runs the requests of a source, each lane within its own limits, and yields the items as they finish. */
export async function* runMany<Value>(
  source: Iterable<unknown> | AsyncIterable<unknown>,
  plan: ManyPlan<Value>,
): AsyncGenerator<ManyItem<Value>, void, undefined> {
  let wake = deferred<void>();
  const run = new ManyRun(plan, () => {
    reporter.changed();
    wake.resolve();
  });
  const reader = new SourceReader(
    source,
    (request) => run.accept(request),
    () => wake.resolve(),
  );
  const reporter = new ProgressReporter(plan.onProgress, () =>
    run.progress(plan.total ?? reader.size ?? (reader.ended ? run.taken : undefined)),
  );
  const stop = (): void => {
    reader.forgiveFailure();
    run.stop();
  };
  plan.signal?.addEventListener('abort', stop, { once: true });
  if (plan.signal?.aborted) stop();
  let breathedAt = performance.now();
  try {
    for (;;) {
      wake = deferred<void>();
      if (run.wantsMore(reader.size !== undefined)) reader.pull();
      if (reader.ended) run.complete();
      const finished = run.take();
      if (finished !== undefined) {
        yield finished.item;
        run.release(finished);
      } else if ((reader.ended || run.isStopped) && run.isEmpty) {
        break;
      } else {
        await wake.promise;
      }
      if (performance.now() - breathedAt > BREATH_MS) {
        await nextTurn();
        breathedAt = performance.now();
      }
    }
  } finally {
    plan.signal?.removeEventListener('abort', stop);
    // Also if the caller stops early: in-flight calls are allowed to finish, and nothing more is started.
    const abandoned = run.abandon();
    try {
      await reader.close();
    } finally {
      await abandoned;
      reporter.end();
    }
  }
  if (reader.failure !== undefined) throw reader.failure.error;
}

// Requests that fail without being sent never let go of the thread by themselves, and the responses of the others would
// go unread meanwhile.
const BREATH_MS = 10;
