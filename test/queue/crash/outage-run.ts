import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderError } from '../../../src/index.ts';
import { createCancelQueue } from '../../../src/queue/index.ts';
import { crashServer } from '../support/crash-server.ts';
import type { TestServer } from '../support/databases.ts';
import { steadyConduct } from './conduct.ts';
import { crashServices, SHORT_DELAYS } from './crash-accounts.ts';
import { enqueueJobs, everyRow, isAnythingOpen, makeJobs } from './jobs.ts';
import { startRecordingProvider } from './recording-provider.ts';
import { judge, type Verdict } from './verdict.ts';

/** How the database goes away, and for how many milliseconds at least. */
export interface Outage {
  /** `stop`: it is shut down; `crash`: all of its processes are killed. */
  readonly how: 'stop' | 'crash';
  readonly forMs: number;
}

/** The result of a run with outages. */
export interface OutageTally {
  readonly verdict: Verdict;
  /** What the worker told of the database. */
  readonly told: readonly ProviderError[];
  /** Services that had been cancelled when the database went away, each time. */
  readonly executedBefore: readonly number[];
}

const LATENCY_MS = 40;
const CONCURRENCY = 24;

/**
 * Lets a worker work while its database goes away, again and again, spread evenly over the jobs. Nobody touches the
 * worker meanwhile.
 */
export async function runOutages(
  server: TestServer,
  {
    jobs: count,
    outages,
    schema,
  }: { readonly jobs: number; readonly outages: readonly Outage[]; readonly schema: string },
): Promise<OutageTally> {
  await using provider = await startRecordingProvider(steadyConduct(LATENCY_MS));
  const told: ProviderError[] = [];
  const executedBefore: number[] = [];
  const queue = await createCancelQueue({
    services: crashServices(provider.url),
    database: server.address,
    schema,
    limits: { alpha: { concurrency: 8 }, beta: { concurrency: 8 }, blind: { concurrency: 8 } },
    onError: (error) => told.push(error),
    ...SHORT_DELAYS,
  });
  try {
    const jobs = makeJobs(count);
    await enqueueJobs(queue, jobs);
    const stop = new AbortController();
    const working = queue.work({ concurrency: CONCURRENCY, signal: stop.signal });
    working.catch(() => undefined);
    for (const [index, { how, forMs }] of outages.entries()) {
      await provider.executed(Math.ceil((count * (index + 1)) / (outages.length + 1)));
      executedBefore.push(provider.executions.size);
      await (how === 'stop' ? server.stop() : crashServer(server));
      await delay(forMs);
      await server.start();
    }
    while (await isAnythingOpen(queue)) await delay(100);
    stop.abort();
    await working;
    return { verdict: judge(jobs, await everyRow(queue), provider), told, executedBefore };
  } finally {
    await queue.close();
  }
}
