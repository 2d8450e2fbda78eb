import { setTimeout } from 'node:timers/promises';
import { inParallel } from '../proofs/parallel.ts';
import type { Certificate } from './certificate.ts';
import { cancelkitClient, plainKyClient, retryEverythingClient, type Client, type Job, type Said } from './clients.ts';
import { LATEST_EXECUTION_MS, pickFault, randomOf, READ_FAULTS, WRITE_FAULTS, type ConnectionFault } from './fault.ts';
import { startProviderServer, type Misbehaviour, type ProviderServer } from './provider-server.ts';

/** What a campaign is run with. Its processor must not be busy otherwise, or timeouts come on top of the faults. */
export interface CampaignPlan {
  readonly jobs: number;
  /** How many of the jobs the other clients do as well. Default: all. */
  readonly comparedJobs?: number;
  readonly concurrency: number;
  readonly seed: string;
  /** Must be trusted by this process. */
  readonly certificate: Certificate;
  /** Default: the mix of faults of `fault.ts`, on the requests and on the connections. */
  readonly misbehaviour?: Misbehaviour;
}

/** The result of a campaign for one client. */
export interface Tally {
  readonly client: string;
  readonly jobs: number;
  readonly attempts: number;
  /** Share of the attempts that did not get the response that belongs there. */
  readonly faulted: number;
  /** Services that were cancelled more than once. */
  readonly duplicates: number;
  /** Calls that said "not cancelled" of a cancellation that was, or was later, carried out. */
  readonly wrongNotCancelled: number;
  /** Calls that said "cancelled" of a service that is not. */
  readonly wrongCancelled: number;
  /** Calls whose write reached the server more often than they said it may have; only where they say so. */
  readonly wrongNotSent: number | undefined;
  /** Calls that sent nothing, since the account's breaker was open: a campaign of these would prove nothing. */
  readonly failedFast: number;
  /** What the clients said, in their own words, by call. */
  readonly words: Readonly<Record<string, number>>;
  /** HTTP versions that were spoken over TLS. */
  readonly tlsVersion: string | undefined;
}

/** Runs the same jobs with the same faults through each of the clients, each with servers of its own. */
export async function runCampaign(plan: CampaignPlan): Promise<readonly Tally[]> {
  const compared = { ...plan, jobs: plan.comparedJobs ?? plan.jobs };
  return [
    await runCancelkit(plan),
    await runClient(compared, () => plainKyClient()),
    await runClient(compared, () => retryEverythingClient()),
  ];
}

/** Runs the jobs through cancelkit alone. */
export function runCancelkit(plan: CampaignPlan): Promise<Tally> {
  return runClient(plan, (jobs) => cancelkitClient(jobs));
}

async function runClient(plan: CampaignPlan, clientOf: (jobs: readonly Job[]) => Client): Promise<Tally> {
  const { misbehaviour = mixOf(plan.seed) } = plan;
  const plain = await startProviderServer(misbehaviour);
  const secure = await startProviderServer(misbehaviour, plan.certificate);
  const servers = [plain, secure];
  const stopFlapping = plan.misbehaviour === undefined ? flap(servers) : (): Promise<void> => Promise.resolve();
  try {
    const jobs = jobsOf(plan.jobs, plain, secure);
    const client = clientOf(jobs);
    const said: Said[] = [];
    await inParallel(jobs.length, plan.concurrency, async (index) => {
      const job = jobs[index];
      if (job !== undefined) said.push(...(await client.cancel(job)));
    });
    // Nothing is judged before the last late execution is over.
    await setTimeout(LATEST_EXECUTION_MS + 100);
    return judge(client, servers, jobs, said);
  } finally {
    await stopFlapping();
    await Promise.all(servers.map((server) => server.close()));
  }
}

function judge(
  client: Client,
  servers: readonly ProviderServer[],
  jobs: readonly Job[],
  calls: readonly Said[],
): Tally {
  const executed = (reference: string): boolean =>
    servers.some((server) => server.executionsByReference.has(reference));
  const received = new Map<string, number>();
  for (const { effect, reference } of servers.flatMap((server) => server.received)) {
    if (effect === 'write') received.set(reference, (received.get(reference) ?? 0) + 1);
  }
  const clean = servers.reduce((sum, server) => sum + server.cleanAnswers, 0);
  const words: Record<string, number> = {};
  for (const call of calls) words[call.words] = (words[call.words] ?? 0) + 1;
  return {
    client: client.name,
    jobs: jobs.length,
    attempts: client.attempts(),
    faulted: 1 - clean / client.attempts(),
    duplicates: servers.flatMap((server) => [...server.executions.values()]).filter((count) => count > 1).length,
    wrongNotCancelled: calls.filter(({ claim, reference }) => claim === 'not_cancelled' && executed(reference)).length,
    wrongCancelled: calls.filter(({ claim, reference }) => claim === 'cancelled' && !executed(reference)).length,
    wrongNotSent: calls.every(({ writesPerhapsSent }) => writesPerhapsSent === undefined)
      ? undefined
      : calls.filter(
          ({ reference, writesPerhapsSent = Infinity }) => (received.get(reference) ?? 0) > writesPerhapsSent,
        ).length,
    failedFast: calls.filter(({ failedFast }) => failedFast).length,
    words,
    tlsVersion: servers[1]?.httpVersion,
  };
}

function jobsOf(count: number, plain: ProviderServer, secure: ProviderServer): Job[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `service-${index}`,
    kind: index % 2 === 0 ? 'readable' : 'blind',
    baseUrl: index % 4 < 2 ? plain.url : secure.url,
  }));
}

/** The faults of a service's requests depend on the seed alone, so that every client meets the same. */
function mixOf(seed: string): Misbehaviour {
  return {
    faultOf: ({ effect, id, index }) =>
      pickFault(effect === 'write' ? WRITE_FAULTS : READ_FAULTS, randomOf(`${seed} ${effect} ${id} ${index}`)),
    connectionFault: (index) => connectionFault(randomOf(`${seed} connection ${index}`)),
  };
}

function connectionFault(random: number): ConnectionFault | undefined {
  if (random < 0.03) return 'reset';
  if (random < 0.05) return 'garbage';
  return random < 0.08 ? 'silence' : undefined;
}

const FLAP = { openMs: 180, closedMs: 20 } as const;

/** Closes the ports now and then, as a provider does that restarts. */
function flap(servers: readonly ProviderServer[]): () => Promise<void> {
  const stopping = new AbortController();
  const pause = (milliseconds: number): Promise<boolean> =>
    setTimeout(milliseconds, true, { signal: stopping.signal }).catch((error: unknown) => {
      if (stopping.signal.aborted) return false;
      throw error;
    });
  const run = async (): Promise<void> => {
    while (await pause(FLAP.openMs)) {
      await Promise.all(servers.map((server) => server.refuse()));
      await pause(FLAP.closedMs);
      await Promise.all(servers.map((server) => server.accept()));
    }
  };
  const running = run();
  return () => {
    stopping.abort();
    return running;
  };
}
