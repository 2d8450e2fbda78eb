/**
 * Metrics of a queue for Prometheus, by prom-client. `alerts.yml` beside this file has rules for them.
 *
 * ```ts
 * const metrics = createMetrics(register);
 * const services = createCancelService(accounts, { onEvent: metrics.onEvent });
 * const queue = await createCancelQueue({ services });
 * metrics.watch(queue);
 * app.get('/metrics', async (_, reply) => reply.type(register.contentType).send(await register.metrics()));
 * ```
 *
 * Apart from the attempts, which each process has its own of, the metrics are of the whole queue: let one process watch
 * it, or take the `max` over the processes.
 */
import { isProviderError, type OperationEvent } from 'cancelkit';
import type { CancelQueue, QueueChanges } from 'cancelkit/queue';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a queue is watched by. */
type Watched = Pick<CancelQueue<never>, 'stats' | 'changes'>;

/** The metrics, and what feeds them. */
export interface Metrics {
  /** Give it to `createCancelService`. */
  readonly onEvent: (event: OperationEvent) => void;
  /** Reads this queue whenever the metrics are asked for. If its database fails, so does the request for them. */
  readonly watch: (queue: Watched) => void;
}

/** Registers the metrics. */
export function createMetrics(registry: Registry): Metrics {
  const attempts = new Histogram({
    name: 'cancelkit_attempt_seconds',
    help: 'How long the requests to a provider took.',
    labelNames: ['account', 'operation', 'outcome'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    onEvent: (event) => {
      if (event.type !== 'answer') return;
      const { account = '', operation, outcome, durationMs } = event;
      attempts.observe({ account, operation, outcome }, durationMs / 1_000);
    },
    watch: (queue) => watch(queue, registry),
  };
}

function watch(queue: Watched, registry: Registry): void {
  const stats = shared(() => queue.stats());
  const needsPerson = new Gauge({
    name: 'cancelkit_needs_person',
    help: 'Cancellations that wait for a person.',
    labelNames: ['account'],
    registers: [],
    async collect() {
      const { accounts } = await stats();
      this.reset();
      for (const [account, { needsPerson: count }] of Object.entries(accounts)) this.set({ account }, count);
    },
  });
  const oldestDue = new Gauge({
    name: 'cancelkit_oldest_due_seconds',
    help: 'For how long the oldest cancellation that is due has been waiting for a worker.',
    registers: [],
    async collect() {
      const { oldestDueAt } = await stats();
      this.set(oldestDueAt === undefined ? 0 : Math.max(0, Date.now() - Date.parse(oldestDueAt)) / 1_000);
    },
  });
  const paused = new Gauge({
    name: 'cancelkit_account_paused',
    help: '1 while an account rests, with the code of the error that made it.',
    labelNames: ['account', 'code'],
    registers: [],
    async collect() {
      const { accounts } = await stats();
      this.reset();
      for (const [account, { pausedUntil, turnedAwaySince, pausedBecause = '' }] of Object.entries(accounts)) {
        if ((pausedUntil ?? turnedAwaySince) !== undefined) this.set({ account, code: pausedBecause }, 1);
      }
    },
  });
  let cursor = 'latest';
  const settled = new Counter({
    name: 'cancelkit_settled_total',
    help: 'Cancellations that were settled since this process watches.',
    labelNames: ['account', 'state'],
    registers: [],
    collect: shared(async () => {
      for (let isMore = true; isMore;) {
        const read = await changesAfter(queue, cursor);
        for (const { account, from, to } of read.changes) {
          if (from !== to && SETTLED.has(to)) settled.inc({ account, state: to });
        }
        cursor = read.cursor;
        isMore = read.changes.length > 0;
      }
    }),
  });
  registry.registerMetric(needsPerson);
  registry.registerMetric(oldestDue);
  registry.registerMetric(paused);
  registry.registerMetric(settled);
}

/** A counter may begin anew, as after a restored backup, which has no place for the cursor of before. */
async function changesAfter(queue: Watched, after: string): Promise<QueueChanges> {
  try {
    return await queue.changes({ after, limit: 1_000 });
  } catch (error) {
    if (!isProviderError(error, 'invalid_request')) throw error;
    return await queue.changes({ after: 'latest' });
  }
}

const SETTLED: ReadonlySet<string> = new Set(['requested', 'scheduled', 'completed', 'already_cancelled', 'refused']);

/** The same response for all who ask while it is being fetched. */
function shared<Value>(fetch: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | undefined;
  return () =>
    (running ??= fetch().finally(() => {
      running = undefined;
    }));
}
