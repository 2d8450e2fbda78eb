/** One run of the benchmark of the queue: the database (`none` for `cancelMany`), the server's port and how many. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createCancelService, type CancelRequest } from 'cancelkit';
import { createCancelQueue } from 'cancelkit/queue';
import { whmcs, type WhmcsAccount } from 'cancelkit/whmcs';

/** What a run prints. */
export interface QueueFigures {
  readonly perSecond: number;
  readonly enqueueMs: number | undefined;
  /** The most memory that the process had, in MB. */
  readonly rssMb: number;
  /** How long the event loop was kept at most in 99 of 100 turns, in milliseconds. */
  readonly lagMs: number;
  /** Processor time of the process for each cancellation, from its start until the last outcome is written. */
  readonly ownUs: number;
  readonly executed: number;
  readonly twice: number;
}

const ACCOUNTS = ['one', 'two', 'three', 'four'] as const;
const AT_ONCE = 16;

const [database = 'none', port, count] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}`;
const account = (): WhmcsAccount => whmcs({ url, identifier: 'benchmark-identifier', secret: 'benchmark-secret' });
const services = createCancelService({ one: account(), two: account(), three: account(), four: account() });
type Request = CancelRequest<Record<(typeof ACCOUNTS)[number], WhmcsAccount>>;

const requests = Array.from({ length: Number(count) }, (_, index): Request => ({
  account: ACCOUNTS[index % ACCOUNTS.length] ?? 'one',
  service: { serviceId: index + 1 },
  when: 'end_of_period',
  reference: `order-${index}`,
}));

const delay = monitorEventLoopDelay({ resolution: 1 });
const { ms, enqueueMs } = database === 'none' ? await runPlain() : await runQueue(database);
const { user, system } = process.cpuUsage();
const answer = await fetch(url);
const figures: QueueFigures = {
  perSecond: (requests.length / ms) * 1_000,
  enqueueMs,
  rssMb: process.resourceUsage().maxRSS / 1_024,
  lagMs: delay.percentile(99) / 1e6,
  ownUs: (user + system) / requests.length,
  ...JSON.parse(await answer.text()),
};
console.log(JSON.stringify(figures));

async function runPlain(): Promise<{ readonly ms: number; readonly enqueueMs: undefined }> {
  delay.enable();
  const startedAt = performance.now();
  for await (const item of services.cancelMany(requests, { concurrency: AT_ONCE })) {
    if (!item.ok) throw item.error;
  }
  delay.disable();
  return { ms: performance.now() - startedAt, enqueueMs: undefined };
}

async function runQueue(address: string): Promise<{ readonly ms: number; readonly enqueueMs: number }> {
  const limits = Object.fromEntries(ACCOUNTS.map((name) => [name, { concurrency: AT_ONCE }]));
  const queue = await createCancelQueue({ services, database: address, limits });
  const enqueuedAt = performance.now();
  await queue.enqueueMany(requests.map((request, index) => ({ request, id: `job-${index}` })));
  const startedAt = performance.now();
  delay.enable();
  await queue.work({ concurrency: AT_ONCE * ACCOUNTS.length, stopWhenIdle: true });
  delay.disable();
  const ms = performance.now() - startedAt;
  const { states } = await queue.stats();
  if (states.requested !== requests.length) throw new Error(`the queue is left with ${JSON.stringify(states)}`);
  await queue.close();
  return { ms, enqueueMs: startedAt - enqueuedAt };
}
