import { createCancelQueue, type AccountLimit } from '../../../src/queue/index.ts';
import { startChild } from './child.ts';
import type { Conduct } from './conduct.ts';
import { crashServices, SHORT_DELAYS } from './crash-accounts.ts';
import { enqueueJobs, everyRow, makeJobs } from './jobs.ts';
import { startRecordingProvider, type RecordingProvider } from './recording-provider.ts';
import { judge, type Verdict } from './verdict.ts';
import type { WorkerOptions } from './worker-process.ts';

/** Worker processes that share a database. */
export interface TeamPlan {
  readonly database: string;
  readonly schema: string;
  readonly workers: number;
  /** How many cancellations each process runs concurrently. */
  readonly concurrency: number;
  /** The limit of the account, over all processes. */
  readonly limit: AccountLimit;
  readonly jobs: number;
  readonly conductOf: () => Conduct;
  /** Called while they work. */
  readonly meanwhile?: (provider: RecordingProvider) => Promise<void>;
}

/** What they did. */
export interface TeamTally {
  readonly verdict: Verdict;
  /** The most requests that the provider was at, concurrently. */
  readonly mostAtOnce: number;
  /** When each cancellation was started, by the ledger: ascending, in milliseconds since the epoch. */
  readonly begunAt: readonly number[];
}

/** Lets worker processes settle jobs of one account, each in a process of its own, until none is left. */
export async function runTeam(plan: TeamPlan): Promise<TeamTally> {
  const { database, schema, limit, workers, concurrency, conductOf, meanwhile } = plan;
  await using provider = await startRecordingProvider(conductOf);
  const options = { database, schema, ...SHORT_DELAYS, follow: false, deadlineMs: 20_000, limits: { alpha: limit } };
  const queue = await createCancelQueue({ services: crashServices(provider.url), ...options });
  try {
    const jobs = makeJobs(plan.jobs, ['alpha']);
    await enqueueJobs(queue, jobs);
    const child: WorkerOptions = { ...options, url: provider.url, concurrency, untilSettled: true, clockOffMs: 0 };
    await using team = new AsyncDisposableStack();
    const all = Array.from({ length: workers }, () => team.use(startChild('worker-process.ts', child)));
    await Promise.all([...all.map(({ ended }) => ended), meanwhile?.(provider)]);
    const verdict = judge(jobs, await everyRow(queue), provider);
    const begunAt: number[] = [];
    for (const { id } of jobs) {
      const history = (await queue.get(id))?.history ?? [];
      begunAt.push(...history.filter(({ type }) => type === 'intent').map(({ at }) => Date.parse(at)));
    }
    return { verdict, mostAtOnce: provider.most(), begunAt: begunAt.toSorted((one, other) => one - other) };
  } finally {
    await queue.close();
  }
}
