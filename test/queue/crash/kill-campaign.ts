import { createCancelQueue, type CancelQueue } from '../../../src/queue/index.ts';
import { startChild, type Child } from './child.ts';
import { randomConduct } from './conduct.ts';
import { crashServices, ROOMY_LIMITS, SHORT_DELAYS, type CrashAccounts } from './crash-accounts.ts';
import { decideOnTheRest } from './decide.ts';
import { enqueueJobs, everyRow, makeJobs } from './jobs.ts';
import { killRepeatedly, type Kills } from './kills.ts';
import { startRecordingProvider, type RecordingProvider } from './recording-provider.ts';
import { judge, type Verdict } from './verdict.ts';
import type { WorkerOptions } from './worker-process.ts';

/** How workers are killed. */
export interface KillPlan {
  /** What `createCancelQueue` takes. */
  readonly database: string;
  readonly schema: string;
  readonly kills: number;
  readonly jobs: number;
  /** The same seed makes the same choices; where they hit, the machine decides too. */
  readonly seed: string;
  /**
   * How far off the workers' clocks are, in milliseconds: ahead and behind in turn. An embedded database takes its time
   * from them, so that its own clock is set back and forth. Default 0.
   */
  readonly clocksOffMs?: number;
}

/** The result. */
export interface KillTally {
  readonly kills: Kills;
  /** Services that were still to be cancelled at the last kill. */
  readonly leftAtLastKill: number;
  /** Once nothing was left that happens by itself. */
  readonly verdict: Verdict;
  /** Cancellations that were followed until their service was over. */
  readonly followed: number;
  /** Services that are cancelled exactly once after a person's and the caller's word on what was left. */
  readonly onceInTheEnd: number;
}

type Site = Pick<WorkerOptions, 'database' | 'schema' | 'url'>;

// Few, so that the work lasts until the last kill.
const CONCURRENCY = 12;
const LAST_CONCURRENCY = 60;

/** Kills a worker again and again, lets the last one finish, and holds the ledger against the provider's record. */
export async function runKills({
  database,
  schema,
  kills,
  jobs: count,
  seed,
  clocksOffMs = 0,
}: KillPlan): Promise<KillTally> {
  await using provider = await startRecordingProvider(randomConduct(seed));
  const site: Site = { database, schema, url: provider.url };
  const jobs = makeJobs(count);
  await withQueue(site, (queue) => enqueueJobs(queue, jobs));
  let started = 0;
  const clockOff = (): number => (started++ % 2 === 0 ? clocksOffMs : -clocksOffMs);
  const hit = await killRepeatedly(provider, kills, seed, () => startWorker(site, CONCURRENCY, false, clockOff()));
  const leftAtLastKill = count - provider.executions.size;
  await finish(site, provider, clockOff());
  const rows = await withQueue(site, everyRow);
  const verdict = judge(jobs, rows, provider);
  const followed = rows.filter(({ state, follow }) => state === 'completed' && follow !== undefined).length;
  // What is sent again may lose its response again.
  for (let round = 0; round < 10; round += 1) {
    const decided = await withQueue(site, (queue) => decideOnTheRest(queue, provider.executions));
    if (decided === 0) break;
    await finish(site, provider, clockOff());
  }
  const onceInTheEnd = [...provider.executions.values()].filter((times) => times === 1).length;
  return { kills: hit, leftAtLastKill, verdict, followed, onceInTheEnd };
}

function startWorker(site: Site, concurrency: number, untilSettled: boolean, clockOffMs: number): Child {
  const options: WorkerOptions = {
    ...site,
    ...SHORT_DELAYS,
    limits: ROOMY_LIMITS,
    concurrency,
    untilSettled,
    clockOffMs,
  };
  return startChild('worker-process.ts', options);
}

/** Lets a worker that nobody kills settle everything that settles by itself. */
async function finish(site: Site, provider: RecordingProvider, clockOffMs: number): Promise<void> {
  await using child = startWorker(site, LAST_CONCURRENCY, true, clockOffMs);
  await child.ended;
  await provider.settled();
}

async function withQueue<Value>(
  { url, database, schema }: Site,
  work: (queue: CancelQueue<CrashAccounts>) => Promise<Value>,
): Promise<Value> {
  const services = crashServices(url);
  const queue = await createCancelQueue({ services, database, schema, limits: ROOMY_LIMITS, ...SHORT_DELAYS });
  try {
    return await work(queue);
  } finally {
    await queue.close();
  }
}
