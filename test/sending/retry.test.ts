import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createCancelService,
  isProviderError,
  type CallOptions,
  type OperationEvent,
  type CancelResult,
  type ProviderError,
  type ServiceOptions,
} from '../../src/index.ts';
import type { AnswerFault, Fault } from '../campaign/fault.ts';
import { startScriptedProvider, type ScriptedProvider } from '../campaign/scripted-provider.ts';
import { blind, readable } from '../campaign/test-provider.ts';

const service = { id: 'service-1' };
const SHORT: ServiceOptions = { attemptTimeoutMs: 300 };

let provider: ScriptedProvider;
let events: OperationEvent[];
beforeEach(async () => {
  provider = await startScriptedProvider();
  events = [];
  // No jitter: what is not about waiting does not wait.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  return () => provider.server.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Kind = 'readable' | 'blind';
interface Calls {
  readonly cancel: (kind?: Kind, options?: CallOptions) => Promise<CancelResult | ProviderError>;
  readonly status: () => Promise<string | ProviderError>;
}

function callsWith(options: ServiceOptions = {}): Calls {
  const { url: baseUrl } = provider.server;
  const accounts = { readable: readable.account({ baseUrl }), blind: blind.account({ baseUrl }) };
  const services = createCancelService(accounts, { ...options, onEvent: (event) => events.push(event) });
  return {
    cancel: async (account = 'readable', callOptions = {}) => {
      const tried = await services.safeCancel({ account, service, when: 'immediate' }, callOptions);
      return tried.ok ? tried.result : tried.error;
    },
    status: () => services.status({ account: 'readable', service }).then(({ state }) => state, ownError),
  };
}

function ownError(error: unknown): ProviderError {
  if (isProviderError(error)) return error;
  throw error;
}

function answer(status: number, more: Partial<AnswerFault> = {}): Fault {
  return { kind: 'answer', status, body: 'error', executed: false, ...more };
}

function times(count: number, fault: Fault): Fault[] {
  return Array.from({ length: count }, () => fault);
}

function delays(): number[] {
  return events.flatMap((event) => (event.type === 'retry' ? [event.delayMs] : []));
}

describe('class A, provably not sent', () => {
  it.each(['cancel', 'status'] as const)('%s: tried four times in all, then unavailable', async (operation) => {
    await provider.server.refuse();
    const error = await callsWith()[operation]();
    expect(error).toMatchObject({ code: 'unavailable', attempts: 4, retryable: true });
    expect(provider.server.received).toEqual([]);
    expect(events.flatMap((event) => (event.type === 'retry' ? [event.because] : []))).toEqual(
      Array(3).fill('not_sent'),
    );
  });

  it('a cancellation goes through once the provider can be reached again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.4);
    await provider.server.refuse();
    const running = callsWith().cancel();
    await expect.poll(() => delays().length, { interval: 5 }).toBe(2);
    await provider.server.accept();
    expect(await running).toMatchObject({ outcome: 'requested', attempts: 3, reconciled: false });
    expect(provider.executed()).toBe(1);
  });
});

describe('class B, refused unprocessed', () => {
  const codes = [
    [429, 'rate_limited'],
    [408, 'unavailable'],
    [425, 'unavailable'],
    [421, 'unavailable'],
  ] as const;

  it.each(codes)('%i: a cancellation is sent again up to two times', async (status) => {
    provider.writes.push(...times(2, answer(status)));
    expect(await callsWith().cancel()).toMatchObject({ outcome: 'requested', attempts: 3 });
    expect(provider.writesReceived()).toBe(3);
    expect(provider.executed()).toBe(1);
  });

  it.each(codes)('%i: after the third it is %s, and nothing has happened', async (status, code) => {
    provider.writes.push(...times(20, answer(status)));
    expect(await callsWith().cancel()).toMatchObject({ code, providerStatus: status, attempts: 3, retryable: true });
    expect(provider.executed()).toBe(0);
    expect(provider.readsReceived()).toBe(0);
  });

  it.each(codes)('%i: a read is sent again up to two times', async (status) => {
    provider.reads.push(...times(2, answer(status)));
    expect(await callsWith().status()).toBe('none');
    expect(provider.readsReceived()).toBe(3);
  });

  it('waits for the seconds of Retry-After', async () => {
    provider.writes.push(answer(429, { retryAfter: '1' }));
    const startedAt = performance.now();
    expect(await callsWith().cancel()).toMatchObject({ outcome: 'requested', attempts: 2 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(delays()[0]).toBeGreaterThan(900);
    expect(delays()[0]).toBeLessThanOrEqual(1_000);
  });

  it('waits for the date of Retry-After', async () => {
    const date = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 1_000);
    provider.writes.push(answer(408, { retryAfter: date.toUTCString() }));
    expect(await callsWith().cancel()).toMatchObject({ outcome: 'requested', attempts: 2 });
    expect(Date.now()).toBeGreaterThanOrEqual(date.getTime() - 10);
  });

  it('does not wait for a date that is over', async () => {
    provider.writes.push(answer(429, { retryAfter: new Date(Date.now() - 60_000).toUTCString() }));
    expect(await callsWith().cancel()).toMatchObject({ outcome: 'requested', attempts: 2 });
    expect(delays()).toEqual([0]);
  });

  it.each(['soon', '-1', '2026-03-10', '99999999999'])(
    'a Retry-After of %j is a wait, too, which does not fit the deadline',
    async (retryAfter) => {
      provider.writes.push(answer(429, { retryAfter }));
      expect(await callsWith().cancel()).toMatchObject({ code: 'rate_limited', attempts: 1 });
      expect(delays()).toEqual([]);
    },
  );

  it.each(codes)('%i: a Retry-After beyond the deadline is returned as retryAt instead', async (status, code) => {
    const inADay = Date.now() + 86_400_000;
    provider.writes.push(...times(2, answer(status, { retryAfter: '86400' })));
    const error = await callsWith().cancel();
    expect(error).toMatchObject({ code, attempts: 1 });
    const retryAt = 'retryAt' in error ? Date.parse(error.retryAt ?? '') : NaN;
    expect(retryAt).toBeGreaterThanOrEqual(inADay - 1_000);
    expect(retryAt).toBeLessThan(inADay + 30_000);
  });

  it('so is a date beyond the deadline', async () => {
    const tomorrow = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 86_400_000);
    provider.writes.push(answer(429, { retryAfter: tomorrow.toUTCString() }));
    const error = await callsWith().cancel();
    expect(error).toMatchObject({ code: 'rate_limited' });
    // The response's Date has whole seconds.
    const retryAt = 'retryAt' in error ? Date.parse(error.retryAt ?? '') : NaN;
    expect(Math.abs(retryAt - tomorrow.getTime())).toBeLessThan(2_000);
  });
});

const LOST: readonly (readonly [string, (executed: boolean) => Fault, string])[] = [
  ['C, a reset', (executed) => ({ kind: 'reset', executed }), 'connection_lost'],
  ['C, a timeout', (executed) => ({ kind: 'hang', executed }), 'timeout'],
  ['C, a body that ends in its middle', (executed) => ({ kind: 'cut', executed }), 'connection_lost'],
  ['C, a body that never ends', (executed) => ({ kind: 'drip', executed }), 'timeout'],
  ['D, 500', (executed) => answer(500, { executed }), 'server_error'],
  ['D, 502', (executed) => answer(502, { body: 'html', executed }), 'server_error'],
  ['D, 503', (executed) => answer(503, { body: 'html', executed, retryAfter: '0' }), 'server_error'],
  ['D, 504', (executed) => answer(504, { body: 'empty', executed }), 'server_error'],
  ['D, a yes with 500', (executed) => answer(500, { body: 'accepted', executed }), 'server_error'],
  ['E, HTML', (executed) => answer(200, { body: 'html', executed }), 'unreadable_answer'],
  ['E, half of the JSON', (executed) => answer(200, { body: 'truncated', executed }), 'unreadable_answer'],
  ['E, an empty body', (executed) => answer(200, { body: 'empty', executed }), 'unreadable_answer'],
  ['E, JSON of another kind', (executed) => answer(200, { executed }), 'unreadable_answer'],
  ['a firewall’s 403', (executed) => answer(403, { body: 'html', executed }), 'unreadable_answer'],
];

describe('a cancellation of classes C, D and E is sent once, and read back', () => {
  it.each(LOST)('%s: found, it is a success', async (_, fault) => {
    provider.writes.push(fault(true));
    const result = await callsWith(SHORT).cancel();
    expect(result).toMatchObject({ outcome: 'requested', reconciled: true, existing: { state: 'requested' } });
    expect([provider.writesReceived(), provider.readsReceived(), provider.executed()]).toEqual([1, 1, 1]);
  });

  it.each(LOST)('%s: not found, it is unknown, since it may still be in flight', async (_, fault, reason) => {
    provider.writes.push(fault(false));
    const error = await callsWith(SHORT).cancel();
    expect(error).toMatchObject({ code: 'outcome_unknown', reason, lastSeen: 'none', retryable: false, attempts: 2 });
    expect(error).toHaveProperty('sentAt');
    expect(error).not.toHaveProperty('existing');
    expect([provider.writesReceived(), provider.readsReceived()]).toEqual([1, 1]);
  });

  it.each(LOST)('%s: not readable, it is unknown', async (_, fault, reason) => {
    provider.writes.push(fault(true));
    provider.reads.push(answer(200, { body: 'html' }));
    const error = await callsWith(SHORT).cancel();
    expect(error).toMatchObject({ code: 'outcome_unknown', reason, attempts: 2 });
    expect(error).not.toHaveProperty('lastSeen');
    expect(provider.writesReceived()).toBe(1);
  });

  it.each(LOST)('%s: without a read-back, it is unknown', async (_, fault, reason) => {
    provider.writes.push(fault(true));
    const error = await callsWith(SHORT).cancel('blind');
    expect(error).toMatchObject({ code: 'outcome_unknown', reason, attempts: 1 });
    expect(error).not.toHaveProperty('lastSeen');
    expect([provider.writesReceived(), provider.readsReceived()]).toEqual([1, 0]);
  });

  it('found with another timing, it is unknown: that is not the one that was sent', async () => {
    provider.writes.push({ kind: 'reset', executed: true });
    provider.reads.push({ kind: 'none', executed: true, when: 'end_of_period' });
    expect(await callsWith().cancel()).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'requested',
      existing: { state: 'requested', when: 'end_of_period' },
    });
    expect(provider.writesReceived()).toBe(1);
  });

  it('found with the same timing, no warning is left', async () => {
    provider.writes.push({ kind: 'reset', executed: true });
    provider.reads.push({ kind: 'none', executed: true, when: 'immediate' });
    expect(await callsWith().cancel()).toMatchObject({ reconciled: true, warnings: [] });
  });

  it('the read-back itself is sent again', async () => {
    provider.writes.push({ kind: 'reset', executed: true });
    provider.reads.push({ kind: 'reset', executed: false }, answer(503));
    expect(await callsWith().cancel()).toMatchObject({ reconciled: true, attempts: 4 });
    expect([provider.writesReceived(), provider.readsReceived()]).toEqual([1, 3]);
  });

  it('a cancellation that was refused at first and lost then is not sent a third time', async () => {
    provider.writes.push(answer(429), { kind: 'reset', executed: false });
    expect(await callsWith().cancel()).toMatchObject({ code: 'outcome_unknown', attempts: 3 });
    expect(provider.writesReceived()).toBe(2);
  });

  it('a read-back that is refused at the login is not sent again, and leaves it unknown', async () => {
    provider.writes.push({ kind: 'reset', executed: true });
    provider.reads.push(answer(401, { body: 'unauthorized' }));
    expect(await callsWith().cancel()).toMatchObject({ code: 'outcome_unknown', attempts: 2 });
    expect(provider.readsReceived()).toBe(1);
  });
});

describe('a read of classes C and D is sent again', () => {
  const failures: readonly (readonly [string, Fault])[] = [
    ['a reset', { kind: 'reset', executed: false }],
    ['a timeout', { kind: 'hang', executed: false }],
    ['a body that ends in its middle', { kind: 'cut', executed: false }],
    ['500', answer(500)],
    ['502', answer(502, { body: 'html' })],
    ['503', answer(503, { body: 'empty' })],
    ['504', answer(504)],
  ];

  it.each(failures)('%s: twice, and the third is the response', async (_, fault) => {
    provider.reads.push(fault, fault);
    expect(await callsWith(SHORT).status()).toBe('none');
    expect(provider.readsReceived()).toBe(3);
  });

  it.each(failures)('%s: three times is unavailable', async (_, fault) => {
    provider.reads.push(fault, fault, fault);
    expect(await callsWith(SHORT).status()).toMatchObject({ code: 'unavailable', attempts: 3, retryable: true });
    expect(provider.readsReceived()).toBe(3);
  });

  it.each(['html', 'truncated', 'empty', 'error'] as const)(
    'E, %s: a response is an answer, and it is not sent again',
    async (body) => {
      provider.reads.push(answer(200, { body }));
      expect(await callsWith().status()).toMatchObject({ code: 'unexpected_response', attempts: 1 });
      expect(provider.readsReceived()).toBe(1);
    },
  );
});

describe('class G, a definite no', () => {
  it.each([
    [401, 'unauthorized', 'unauthorized'],
    [400, 'error', 'unexpected_response'],
    [404, 'error', 'unexpected_response'],
  ] as const)('%i is never sent again', async (status, body, code) => {
    provider.writes.push(answer(status, { body, retryAfter: '0' }));
    provider.reads.push(answer(status, { body, retryAfter: '0' }));
    const calls = callsWith();
    expect(await calls.cancel()).toMatchObject({ code, providerStatus: status, attempts: 1 });
    expect(await calls.status()).toMatchObject({ providerStatus: status, attempts: 1 });
    expect([provider.writesReceived(), provider.readsReceived(), provider.executed()]).toEqual([1, 1, 0]);
  });
});

describe('an abort by the caller', () => {
  it('in flight: unknown, and nothing more is sent', async () => {
    provider.writes.push({ kind: 'hang', executed: true });
    const abort = new AbortController();
    const running = callsWith().cancel('readable', { signal: abort.signal });
    await expect.poll(() => provider.writesReceived()).toBe(1);
    abort.abort();
    expect(await running).toMatchObject({ code: 'outcome_unknown', reason: 'aborted', attempts: 1 });
    expect(provider.readsReceived()).toBe(0);
  });

  it('during a wait: aborted, since nothing has happened', async () => {
    provider.writes.push(answer(429, { retryAfter: '20' }));
    const abort = new AbortController();
    const running = callsWith().cancel('readable', { signal: abort.signal });
    await expect.poll(() => delays().length).toBe(1);
    abort.abort();
    expect(await running).toMatchObject({ code: 'aborted', attempts: 1 });
    expect(provider.executed()).toBe(0);
  });
});

describe('one deadline holds over everything', () => {
  it('lost responses and read-backs that hang', async () => {
    provider.writes.push({ kind: 'hang', executed: true });
    provider.reads.push(...times(10, { kind: 'hang', executed: false }));
    const error = await callsWith({ attemptTimeoutMs: 100, deadlineMs: 250 }).cancel();
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'timeout' });
    expect(provider.readsReceived()).toBeLessThanOrEqual(2);
  });

  it('a refused connection: no wait is started that does not fit', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.99);
    await provider.server.refuse();
    const error = await callsWith({ deadlineMs: 200 }).cancel();
    expect(error).toMatchObject({ code: 'unavailable', attempts: 1 });
  });
});

describe('the calls of an account know of each other', () => {
  async function outage(calls: Calls, count: number): Promise<(readonly [unknown, unknown])[]> {
    const seen: (readonly [unknown, unknown])[] = [];
    for (let call = 0; call < count; call += 1) {
      const error = await calls.cancel('blind');
      seen.push('code' in error ? [error.code, error.attempts] : [error.outcome, error.attempts]);
    }
    return seen;
  }

  it('repetitions come out of one budget, and after 15 failures in a row calls fail fast', async () => {
    await provider.server.refuse();
    const calls = callsWith();
    expect(await outage(calls, 7)).toEqual([
      ['unavailable', 4],
      ['unavailable', 4],
      ['unavailable', 4],
      ['unavailable', 2],
      ['unavailable', 1],
      ['unavailable', 0],
      ['unavailable', 0],
    ]);
    const error = await calls.cancel('blind');
    const wait = 'retryAt' in error ? Date.parse(error.retryAt ?? '') - Date.now() : NaN;
    expect(wait).toBeGreaterThan(5_000);
    expect(wait).toBeLessThanOrEqual(10_000);
  });

  it('another account of the same provider goes on', async () => {
    await provider.server.refuse();
    const calls = callsWith();
    await outage(calls, 6);
    await provider.server.accept();
    expect(await calls.cancel('blind')).toMatchObject({ code: 'unavailable', attempts: 0 });
    expect(await calls.cancel('readable')).toMatchObject({ outcome: 'requested' });
  });

  it('once the provider is back, the first call after ten seconds finds out', async () => {
    const moveOn = runningClock();
    await provider.server.refuse();
    const calls = callsWith();
    await outage(calls, 6);
    await provider.server.accept();
    expect(await calls.cancel('blind')).toMatchObject({ code: 'unavailable', attempts: 0 });
    moveOn(10_001);
    expect(await calls.cancel('blind')).toMatchObject({ outcome: 'requested' });
    expect(await calls.cancel('blind')).toMatchObject({ outcome: 'requested' });
  });

  it.each([
    ['back', -3_600_000],
    ['forward', 3_600_000],
  ])('a clock that is set %s by an hour changes nothing of these ten seconds', async (_, difference) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const moveOn = runningClock();
    await provider.server.refuse();
    const calls = callsWith();
    await outage(calls, 6);
    await provider.server.accept();
    vi.setSystemTime(Date.now() + difference);
    moveOn(9_000);
    const refused = await calls.cancel('blind');
    expect(refused).toMatchObject({ code: 'unavailable', attempts: 0 });
    const wait = 'retryAt' in refused ? Date.parse(refused.retryAt ?? '') - Date.now() : NaN;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1_000);
    moveOn(1_001);
    expect(await calls.cancel('blind')).toMatchObject({ outcome: 'requested' });
  });

  it('a preview is let in while the breaker is open', async () => {
    const { url: baseUrl } = provider.server;
    const services = createCancelService({ blind: blind.account({ baseUrl }) });
    await provider.server.refuse();
    for (let call = 0; call < 6; call += 1) await services.safeCancel({ account: 'blind', service, when: 'immediate' });
    const preview = await services.preview({ account: 'blind', service, when: 'immediate' });
    expect(preview.url).toBe(`${baseUrl}/cancel/service-1`);
  });

  it('answers of any other kind do not open it', async () => {
    provider.writes.push(...times(20, answer(404)));
    const calls = callsWith();
    const seen = await outage(calls, 20);
    expect(seen.map(([code, attempts]) => `${String(code)} ${String(attempts)}`)).toEqual(
      Array(20).fill('unexpected_response 1'),
    );
  });
});

/** Lets the monotonic clock be moved on by so many milliseconds. */
function runningClock(): (milliseconds: number) => void {
  const real = performance.now.bind(performance);
  let ahead = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => real() + ahead);
  return (milliseconds) => void (ahead += milliseconds);
}
