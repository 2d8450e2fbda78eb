import { setTimeout } from 'node:timers/promises';
import { createCancelService, isProviderError } from '../../src/index.ts';
import { inParallel } from '../proofs/parallel.ts';
import type { Certificate } from './certificate.ts';
import { NO_FAULT, type Fault } from './fault.ts';
import { startProviderServer, type Misbehaviour, type ProviderServer } from './provider-server.ts';
import { blind, readable, type TestConfig } from './test-provider.ts';

/** The outcomes of the calls against one kind of slowness. */
export interface Settling {
  readonly what: string;
  readonly calls: number;
  /** Milliseconds after its deadline that the last of them settled, worst case; negative is before it. */
  readonly worstOvershootMs: number;
  /** The same against a bare timer of that length, started with the call: what is left when the machine is busy. */
  readonly worstBeyondTimerMs: number;
  /** How often each outcome or code came. */
  readonly outcomes: Readonly<Record<string, number>>;
}

interface Slowness {
  readonly what: string;
  readonly misbehaviour: Misbehaviour;
  readonly secure?: boolean;
  readonly operation?: 'status';
  readonly config?: () => Promise<TestConfig>;
}

const ATTEMPT_TIMEOUT_MS = 100;
const SHORTEST_DEADLINE_MS = 60;
const DEADLINE_SPREAD_MS = 200;
const PARALLEL_CALLS = 10;

/** Makes so many calls, with deadlines from 60 to 260 ms, to providers that would keep them for ever. */
export async function runSlowProviders(calls: number, certificate: Certificate): Promise<readonly Settling[]> {
  const each = Math.ceil(calls / SLOWNESSES.length);
  const kinds: Settling[] = [];
  for (const slowness of SLOWNESSES) {
    const server = await startProviderServer(slowness.misbehaviour, slowness.secure === true ? certificate : undefined);
    try {
      // The first calls pay for what is loaded and compiled only once.
      await measure(slowness, server, PARALLEL_CALLS / 2);
      kinds.push(await measure(slowness, server, each));
    } finally {
      await server.close();
    }
  }
  return kinds;
}

async function measure(slowness: Slowness, server: ProviderServer, calls: number): Promise<Settling> {
  let worstOvershootMs = -Infinity;
  let worstBeyondTimerMs = -Infinity;
  const outcomes: Record<string, number> = {};
  await inParallel(calls, PARALLEL_CALLS, async (index) => {
    const { overshootMs, beyondTimerMs, outcome } = await settle(slowness, server, index);
    worstOvershootMs = Math.max(worstOvershootMs, overshootMs);
    worstBeyondTimerMs = Math.max(worstBeyondTimerMs, beyondTimerMs);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  });
  return { what: slowness.what, calls, worstOvershootMs, worstBeyondTimerMs, outcomes };
}

async function settle(
  { config, operation }: Slowness,
  server: ProviderServer,
  index: number,
): Promise<{ readonly overshootMs: number; readonly beyondTimerMs: number; readonly outcome: string }> {
  const source = config ?? { baseUrl: server.url };
  // Every call has accounts of its own: no breaker answers in the provider's place.
  const accounts = { readable: readable.account(source), blind: blind.account(source) };
  const service = createCancelService(accounts, { attemptTimeoutMs: ATTEMPT_TIMEOUT_MS });
  const deadlineMs = SHORTEST_DEADLINE_MS + ((index * 37) % DEADLINE_SPREAD_MS);
  const target = { id: `service-${index}` };
  const startedAt = performance.now();
  const timer = setTimeout(deadlineMs).then(() => performance.now());
  const outcome = await (
    operation === 'status'
      ? service.status({ account: 'readable', service: target }, { deadlineMs }).then(({ state }) => state)
      : service
          .cancel(
            { account: index % 2 === 0 ? 'readable' : 'blind', service: target, when: 'immediate' },
            { deadlineMs, verify: true },
          )
          .then((result) => result.outcome)
  ).catch((error: unknown) => {
    if (isProviderError(error)) return error.code;
    throw error;
  });
  const settledAt = performance.now();
  return { overshootMs: settledAt - startedAt - deadlineMs, beyondTimerMs: settledAt - (await timer), outcome };
}

function always(fault: Fault): Misbehaviour {
  return { faultOf: () => fault };
}

function onReads(fault: Fault): Misbehaviour {
  return { faultOf: ({ effect }) => (effect === 'read' ? fault : NO_FAULT) };
}

function wait(status: number, retryAfter: string): Fault {
  return { kind: 'answer', status, body: 'error', retryAfter, executed: false };
}

const HANG: Fault = { kind: 'hang', executed: true };
const TOMORROW = new Date(Date.now() + 86_400_000).toUTCString();

const SLOWNESSES: readonly Slowness[] = [
  { what: 'no response, to anything', misbehaviour: always(HANG) },
  { what: 'no response to the read-back', misbehaviour: onReads(HANG) },
  { what: 'no response to status()', misbehaviour: onReads(HANG), operation: 'status' },
  { what: 'headers a byte at a time', misbehaviour: always({ kind: 'drip', executed: true, part: 'headers' }) },
  { what: 'a body a byte at a time', misbehaviour: always({ kind: 'drip', executed: true }) },
  { what: 'a TLS handshake that never ends', misbehaviour: { connectionFault: () => 'silence' }, secure: true },
  { what: '429, Retry-After: 86400', misbehaviour: always(wait(429, '86400')) },
  { what: '429, Retry-After: tomorrow’s date', misbehaviour: always(wait(429, TOMORROW)) },
  { what: '503, Retry-After: 86400, on reads', misbehaviour: onReads(wait(503, '86400')), operation: 'status' },
  {
    what: 'a configuration that never comes',
    misbehaviour: {},
    config: () => new Promise<TestConfig>(() => undefined),
  },
];
