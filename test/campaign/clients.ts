import ky from 'ky';
import { createCancelService, type OperationEvent } from '../../src/index.ts';
import { blind, readable } from './test-provider.ts';

/** One cancellation that somebody wants. */
export interface Job {
  readonly id: string;
  /** Whether the provider can be read back, which also decides between DELETE and POST. */
  readonly kind: 'readable' | 'blind';
  readonly baseUrl: string;
}

/** What a client said of one call. */
export interface Said {
  /** Names the call; the server records by it. */
  readonly reference: string;
  /** What the caller has to go by: that it is cancelled, that it is not, or that nobody knows. */
  readonly claim: 'cancelled' | 'not_cancelled' | 'unknown';
  /** The same in the client's own words. */
  readonly words: string;
  /** How often the write went out as far as the client can prove nothing else. */
  readonly writesPerhapsSent: number | undefined;
  /** Whether nothing was even tried. */
  readonly failedFast: boolean;
}

/** Makes calls and counts its requests. */
export interface Client {
  readonly name: string;
  /** Requests that were tried. */
  readonly attempts: () => number;
  cancel(job: Job): Promise<readonly Said[]>;
}

/** How long the clients of a campaign wait, in milliseconds. */
export const PATIENCE = { attemptTimeoutMs: 400, deadlineMs: 3_000 } as const;

// Many enough for an account's calls to know of each other, and few enough that its breaker, which is not what a
// campaign is about, hardly ever opens.
const JOBS_PER_ACCOUNT = 10;
const MOST_CALLS = 3;

/**
 * A caller of cancelkit that believes its codes: after `unavailable` and `rate_limited`, which promise that nothing
 * happened, it calls again. A wrong "nothing happened" therefore becomes a second cancellation.
 */
export function cancelkitClient(jobs: readonly Job[]): Client {
  const writes = new Map<string, number>();
  const effects = new Map<string, 'read' | 'write'>();
  let attempts = 0;
  const onEvent = (event: OperationEvent): void => {
    const { operationId } = event;
    if (event.type === 'attempt') {
      attempts += 1;
      effects.set(operationId, event.effect);
      if (event.effect === 'write') writes.set(operationId, (writes.get(operationId) ?? 0) + 1);
    }
    if (event.type === 'answer' && event.outcome === 'not_sent' && effects.get(operationId) === 'write') {
      writes.set(operationId, (writes.get(operationId) ?? 0) - 1);
    }
  };
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = `${job.kind} ${job.baseUrl}`;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  const calls = new Map<string, (reference: string) => Promise<{ said: Said; again: boolean }>>();
  for (const group of groups.values()) {
    const count = Math.ceil(group.length / JOBS_PER_ACCOUNT);
    for (let account = 0; account < count; account += 1) {
      // Every account is in use from the beginning to the end.
      const members = group.filter((_, index) => index % count === account);
      const baseUrl = members[0]?.baseUrl ?? '';
      const accounts = { readable: readable.account({ baseUrl }), blind: blind.account({ baseUrl }) };
      const service = createCancelService(accounts, { ...PATIENCE, onEvent });
      for (const { id, kind } of members) {
        calls.set(id, async (reference) => {
          const request = { account: kind, service: { id }, when: 'immediate', reference } as const;
          const tried = await service.safeCancel(request);
          const { operationId } = tried.ok ? tried.result : tried.error;
          const failedFast = !tried.ok && tried.error.attempts === 0;
          const sent = { reference, writesPerhapsSent: writes.get(operationId ?? '') ?? 0, failedFast };
          if (tried.ok) {
            const words = tried.result.reconciled ? 'success, reconciled' : 'success';
            return { said: { ...sent, claim: 'cancelled', words }, again: false };
          }
          const { code, lastSeen } = tried.error;
          const seen = lastSeen === undefined ? '' : `, last seen: ${lastSeen}`;
          const refused = failedFast ? ' (failed fast)' : '';
          const claim = code === 'outcome_unknown' ? 'unknown' : 'not_cancelled';
          const again = code === 'unavailable' || code === 'rate_limited';
          return { said: { ...sent, claim, words: `${code}${seen}${refused}` }, again };
        });
      }
    }
  }
  return {
    name: 'cancelkit',
    attempts: () => attempts,
    cancel: async ({ id }) => {
      const said: Said[] = [];
      for (let call = 1; call <= MOST_CALLS; call += 1) {
        const made = await calls.get(id)?.(`${id}-${call}`);
        if (made === undefined) throw new RangeError(`no such job: ${id}`);
        said.push(made.said);
        if (!made.again) break;
      }
      return said;
    },
  };
}

/** ky as it comes, with its default retries. */
export function plainKyClient(): Client {
  let attempts = 0;
  const counting: typeof fetch = (input, init) => {
    attempts += 1;
    return fetch(input, init);
  };
  return {
    name: 'ky, default retries',
    attempts: () => attempts,
    cancel: (job) =>
      said(`${job.id}-1`, async () => {
        const { method, url, init } = requestOf(job);
        const signal = AbortSignal.timeout(PATIENCE.deadlineMs);
        const timeout = PATIENCE.attemptTimeoutMs;
        return await ky(url, { ...init, method, signal, timeout, fetch: counting }).json();
      }),
  };
}

/** fetch in a loop: three more tries after any failure. */
export function retryEverythingClient(): Client {
  let attempts = 0;
  return {
    name: 'fetch, 3 retries of anything',
    attempts: () => attempts,
    cancel: (job) =>
      said(`${job.id}-1`, async () => {
        for (let retries = 0; ; retries += 1) {
          try {
            attempts += 1;
            const { method, url, init } = requestOf(job);
            const signal = AbortSignal.timeout(PATIENCE.attemptTimeoutMs);
            const response = await fetch(url, { ...init, method, signal });
            if (response.ok) return await response.json();
            throw new Error(`HTTP ${response.status}`);
          } catch (error) {
            if (retries === 3) throw error;
            await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** retries));
          }
        }
      }),
  };
}

function requestOf({ id, kind, baseUrl }: Job): {
  readonly method: string;
  readonly url: string;
  readonly init: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
} {
  const isReadable = kind === 'readable';
  return {
    method: isReadable ? 'DELETE' : 'POST',
    url: isReadable ? `${baseUrl}/services/${id}` : `${baseUrl}/cancel/${id}`,
    init: { headers: { 'x-reference': `${id}-1`, 'content-type': 'application/json' }, body: '{"when":"immediate"}' },
  };
}

async function said(reference: string, call: () => Promise<unknown>): Promise<readonly Said[]> {
  try {
    await call();
    return [{ reference, claim: 'cancelled', words: 'success', writesPerhapsSent: undefined, failedFast: false }];
  } catch {
    // Whatever it is, it tells a caller that the cancellation failed.
    return [{ reference, claim: 'not_cancelled', words: 'failed', writesPerhapsSent: undefined, failedFast: false }];
  }
}
