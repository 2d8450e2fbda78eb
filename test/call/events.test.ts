import { tracingChannel } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OperationTrace } from '../../src/call/run-call.ts';
import { createCancelService, isProviderError, type OperationEvent } from '../../src/index.ts';
import { startScriptedProvider, type ScriptedProvider } from '../campaign/scripted-provider.ts';
import { readable, type TestConfig } from '../campaign/test-provider.ts';

const TOKEN = 'a-token-that-nobody-may-see';
const REASON = 'the customer owes us 4,711 euros';
const ISO: RegExp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let provider: ScriptedProvider;
beforeEach(async () => {
  provider = await startScriptedProvider();
  vi.spyOn(Math, 'random').mockReturnValue(0);
  return () => provider.server.close();
});
afterEach(() => {
  vi.restoreAllMocks();
});

function config(): TestConfig {
  return { baseUrl: provider.server.url, token: TOKEN };
}

/** Cancels, and returns the events with what they led to. */
async function eventsOf(id = 'service-1'): Promise<{ events: OperationEvent[]; operationId: string | undefined }> {
  const events: OperationEvent[] = [];
  const services = createCancelService(
    { shop: readable.account(config()) },
    { onEvent: (event) => events.push(event) },
  );
  const request = {
    account: 'shop',
    service: { id },
    when: 'immediate',
    reason: REASON,
    reference: 'order-1',
  } as const;
  const tried = await services.safeCancel(request);
  return { events, operationId: tried.ok ? tried.result.operationId : tried.error.operationId };
}

describe('onEvent receives each event, in order', () => {
  it('a cancellation that goes well', async () => {
    const { events, operationId } = await eventsOf();
    const url = `${provider.server.url}/services/service-1`;
    const base = {
      operationId,
      operation: 'cancel',
      account: 'shop',
      provider: 'readable',
      serviceKey: 'id=service-1',
    };
    const steady = events.map(({ at, ...event }) => {
      expect(at).toMatch(ISO);
      if (!('durationMs' in event)) return event;
      expect(event.durationMs).toBeGreaterThanOrEqual(0);
      return { ...event, durationMs: 0 };
    });
    const answer = { type: 'answer', attempt: 1, outcome: 'answered', status: 200, durationMs: 0 };
    const outcome = { type: 'outcome', ok: true, outcome: 'requested', code: undefined, attempts: 1, durationMs: 0 };
    expect(steady).toEqual([
      { ...base, type: 'attempt', attempt: 1, effect: 'write', method: 'DELETE', url },
      { ...base, ...answer },
      { ...base, ...outcome },
    ]);
  });

  it('a cancellation that is refused once, lost then and read back twice', async () => {
    provider.writes.push(
      { kind: 'answer', status: 429, body: 'error', executed: false },
      { kind: 'reset', executed: true },
    );
    provider.reads.push({ kind: 'answer', status: 503, body: 'html', executed: false });
    const { events } = await eventsOf();
    expect(events).toMatchObject([
      { type: 'attempt', attempt: 1, effect: 'write' },
      { type: 'answer', attempt: 1, outcome: 'answered', status: 429 },
      { type: 'retry', because: 'unprocessed', delayMs: 0 },
      { type: 'attempt', attempt: 2, effect: 'write' },
      { type: 'answer', attempt: 2, outcome: 'connection_lost', status: undefined },
      { type: 'read_back', because: 'connection_lost' },
      { type: 'attempt', attempt: 3, effect: 'read', method: 'GET' },
      { type: 'answer', attempt: 3, outcome: 'answered', status: 503 },
      { type: 'retry', because: 'server_error' },
      { type: 'attempt', attempt: 4, effect: 'read' },
      { type: 'answer', attempt: 4, outcome: 'answered', status: 200 },
      { type: 'outcome', ok: true, outcome: 'requested', attempts: 4 },
    ]);
    expect(new Set(events.map(({ operationId }) => operationId)).size).toBe(1);
  });

  it('a cancellation that never leaves', async () => {
    await provider.server.refuse();
    const { events } = await eventsOf();
    const tried = [{ type: 'attempt' }, { type: 'answer', outcome: 'not_sent', status: undefined }];
    const again = { type: 'retry', because: 'not_sent' };
    const end = { type: 'outcome', ok: false, outcome: undefined, code: 'unavailable', attempts: 4 };
    expect(events).toMatchObject([...tried, again, ...tried, again, ...tried, again, ...tried, end]);
  });

  it('a request that is refused before anything is sent', async () => {
    const { events } = await eventsOf('../admin');
    expect(events).toMatchObject([{ type: 'outcome', ok: false, code: 'invalid_request', attempts: 0 }]);
  });

  it('nothing of the token, the reason or the bodies is in it, not even if the token is part of the address', async () => {
    provider.writes.push({ kind: 'reset', executed: true });
    const { events } = await eventsOf(`service-${TOKEN}`);
    expect(events.length).toBeGreaterThan(5);
    const told = JSON.stringify(events);
    expect(told).not.toContain(TOKEN);
    expect(told).not.toContain(REASON);
    expect(told).not.toContain('accepted');
    expect(told).toContain('/services/service-[REDACTED]');
  });
});

describe('a listener that throws', () => {
  it('changes nothing, and what it threw is not shown', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    provider.writes.push({ kind: 'reset', executed: true });
    const services = createCancelService(
      { shop: readable.account(config()) },
      {
        onEvent: () => {
          throw new Error(TOKEN);
        },
      },
    );
    const result = await services.cancel({ account: 'shop', service: { id: 'service-1' }, when: 'immediate' });
    expect(result).toMatchObject({ outcome: 'requested', reconciled: true, attempts: 2 });
    expect(provider.writesReceived()).toBe(1);
    // attempt, answer, read_back, attempt, answer, outcome
    expect(warn).toHaveBeenCalledTimes(6);
    expect(JSON.stringify(warn.mock.calls)).not.toContain(TOKEN);
  });
});

describe('the tracing channel cancelkit:operation', () => {
  const channel = tracingChannel<string, OperationTrace>('cancelkit:operation');
  type Told = readonly [string, Readonly<Record<string, unknown>>];
  let told: Told[];
  const note =
    (name: string) =>
    (trace: OperationTrace): void => {
      // Read now: the trace is the same object throughout, and shows the state of the moment.
      const { operation, account, provider: id, attempts, operationId } = trace;
      told.push([name, { operation, account, provider: id, attempts, operationId, trace }]);
    };
  const subscribers = {
    start: note('start'),
    end: note('end'),
    asyncStart: note('asyncStart'),
    asyncEnd: note('asyncEnd'),
    error: note('error'),
  };
  beforeEach(() => {
    told = [];
    channel.subscribe(subscribers);
    return () => channel.unsubscribe(subscribers);
  });

  it('shows when an operation starts and ends, and its outcome', async () => {
    const { operationId } = await eventsOf();
    expect(told.map(([name]) => name)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
    expect(told[0]?.[1]).toMatchObject({ operation: 'cancel', operationId, attempts: 0 });
    const last = told.at(-1)?.[1];
    expect(last).toMatchObject({ account: 'shop', provider: 'readable', attempts: 1, operationId });
    expect(last?.['trace']).toMatchObject({ result: { outcome: 'requested', operationId } });
  });

  it('tells of an error, which is the one that the caller gets', async () => {
    await provider.server.refuse();
    const services = createCancelService({ shop: readable.account(config()) });
    const caught = await services
      .status({ account: 'shop', service: { id: 'service-1' } })
      .catch((error: unknown) => error);
    expect(isProviderError(caught, 'unavailable')).toBe(true);
    expect(told.map(([name]) => name)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
    const [, error] = told[2] ?? [];
    expect(error).toMatchObject({ operation: 'status', account: 'shop', provider: 'readable', attempts: 4 });
    expect(error?.['trace']).toHaveProperty('error', caught);
  });

  it('is not needed: without subscribers an operation goes the same way', async () => {
    channel.unsubscribe(subscribers);
    const { events } = await eventsOf();
    expect(events.at(-1)).toMatchObject({ type: 'outcome', outcome: 'requested' });
    expect(told).toEqual([]);
  });
});
