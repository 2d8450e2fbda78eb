import { createCancelService, isProviderError, type ProviderError } from '../../src/index.ts';
import { inParallel } from '../proofs/parallel.ts';
import { startProviderServer } from './provider-server.ts';
import { readable } from './test-provider.ts';

/** What an outage cost. */
export interface OutageCost {
  readonly what: string;
  readonly jobs: number;
  readonly sends: number;
  /** 1.1 sends a job and the budget of 10. */
  readonly allowed: number;
  /** Calls that sent nothing, since the breaker was open. */
  readonly failedFast: number;
  /** Those among them that say when to come back. */
  readonly withRetryAt: number;
  /** Calls whose code was something else than `unavailable`. */
  readonly otherCodes: number;
}

const CONCURRENCY = 20;
// Longer than the breaker stays open.
const PACE_MS = 11_000;

/**
 * A provider that refuses every connection, or answers 503 to every read, and jobs that come all concurrently or one by
 * one.
 */
export async function runOutages(jobs: number): Promise<readonly OutageCost[]> {
  return [
    await runOutage('refused, all concurrently', 'refused', jobs),
    await runOutage('refused, one every 11 s', 'refused', jobs, PACE_MS),
    await runOutage('503 on reads, all concurrently', '503', jobs),
    await runOutage('503 on reads, one every 11 s', '503', jobs, PACE_MS),
  ];
}

async function runOutage(what: string, kind: 'refused' | '503', jobs: number, paceMs?: number): Promise<OutageCost> {
  const server = await startProviderServer({
    faultOf: () => ({ kind: 'answer', status: 503, body: 'html', executed: false }),
  });
  if (kind === 'refused') await server.refuse();
  const clock = new Clock();
  let sends = 0;
  const errors: ProviderError[] = [];
  try {
    const service = createCancelService(
      { outage: readable.account({ baseUrl: server.url }) },
      { onEvent: ({ type }) => (sends += type === 'attempt' ? 1 : 0) },
    );
    const call = (id: string): Promise<unknown> =>
      kind === '503'
        ? service.status({ account: 'outage', service: { id } })
        : service.cancel({ account: 'outage', service: { id }, when: 'immediate' });
    await inParallel(jobs, paceMs === undefined ? CONCURRENCY : 1, async (index) => {
      clock.advance(paceMs ?? 0);
      errors.push(await errorOf(call(`service-${index}`)));
    });
  } finally {
    clock.restore();
    await server.close();
  }
  const fast = errors.filter(({ attempts }) => attempts === 0);
  return {
    what,
    jobs,
    sends,
    allowed: 1.1 * jobs + 10,
    failedFast: fast.length,
    withRetryAt: fast.filter(({ retryAt }) => retryAt !== undefined).length,
    otherCodes: errors.filter(({ code }) => code !== 'unavailable').length,
  };
}

/** The clock of this process, moved forward: nobody waits for eleven seconds a thousand times. */
class Clock {
  readonly #now: () => number = performance.now.bind(performance);
  #ahead = 0;

  constructor() {
    performance.now = () => this.#now() + this.#ahead;
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
  }

  restore(): void {
    performance.now = this.#now;
  }
}

async function errorOf(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isProviderError(error)) return error;
  throw new Error('a call during an outage did not end with an error of the provider', { cause: error });
}
