import { getEventListeners } from 'node:events';
import { createCancelService, type OperationEvent } from 'cancelkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LimitEnded, TimeLimit } from '../../src/call/time-limit.ts';
import { acme, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, networkError, recordingFetch } from '../support/fetch.ts';

const never = new Promise<never>(() => undefined);

// Counted on a clock of the test's own: the process has timers that are not of these calls, and they come and go.
const useOwnTimers = (): void =>
  void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 1 });
afterEach(() => {
  vi.useRealTimers();
});

describe('TimeLimit', () => {
  it('ends by itself', async () => {
    const limit = new TimeLimit(10);
    await expect(limit.race(never)).rejects.toThrow(LimitEnded);
    expect([limit.end, limit.remaining, limit.signal.aborted]).toEqual(['timeout', 0, true]);
  });

  it('ends with the caller’s signal, also one that is aborted already', async () => {
    const controller = new AbortController();
    const limit = new TimeLimit(60_000, controller.signal);
    expect(limit.end).toBeUndefined();
    controller.abort();
    expect(limit.end).toBe('aborted');
    const late = new TimeLimit(60_000, controller.signal);
    expect([late.end, late.remaining]).toEqual(['aborted', 0]);
    await expect(late.race(Promise.resolve('immediately'))).rejects.toThrow(LimitEnded);
  });

  it.each([['timeout'], ['aborted']] as const)('within another ends as that one does (%s)', async (end) => {
    const controller = new AbortController();
    const outer = new TimeLimit(end === 'timeout' ? 10 : 60_000, controller.signal);
    const inner = new TimeLimit(60_000, outer);
    if (end === 'aborted') controller.abort();
    await expect(inner.race(never)).rejects.toThrow(LimitEnded);
    expect([inner.end, outer.end]).toEqual([end, end]);
  });

  it('that ends leaves the one around it alone', async () => {
    const outer = new TimeLimit(60_000);
    const inner = new TimeLimit(5, outer);
    await expect(inner.race(never)).rejects.toThrow(LimitEnded);
    expect(outer.end).toBeUndefined();
    outer.dispose();
  });

  it('keeps its first end', () => {
    const controller = new AbortController();
    const limit = new TimeLimit(1, controller.signal);
    controller.abort();
    for (const end = performance.now() + 5; performance.now() < end;);
    expect(limit.end).toBe('aborted');
  });

  it('passes on what settles in time, and leaves the loser unheard', async () => {
    const limit = new TimeLimit(20);
    expect(await limit.race(Promise.resolve(7))).toBe(7);
    await expect(limit.race(Promise.reject(new Error('own')))).rejects.toThrow('own');
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 40));
    await expect(limit.race(late)).rejects.toThrow(LimitEnded);
    await expect(limit.race(Promise.reject(new Error('later still')))).rejects.toThrow(LimitEnded);
    await new Promise((resolve) => setTimeout(resolve, 40));
  });

  it.each([
    ['the same time', 20, 20, ['timeout', 'timeout']],
    ['a longer time', 20, 60_000, ['timeout', 'timeout']],
    ['a shorter time', 60_000, 20, [undefined, 'timeout']],
  ] as const)('within another, with %s, ends it if its time is up', async (_, outerMs, innerMs, ends) => {
    const outer = new TimeLimit(outerMs);
    const inner = new TimeLimit(innerMs, outer);
    await expect(inner.race(never)).rejects.toThrow(LimitEnded);
    expect([outer.end, inner.end]).toEqual(ends);
    inner.dispose();
    outer.dispose();
  });

  it.each([0, 0.1, 0.7, 1 / 3])('waits as long as a timer can, started %f ms after a whole one', async (fraction) => {
    vi.spyOn(performance, 'now').mockReturnValue(1_000_000_000 + fraction);
    const waited = vi.spyOn(globalThis, 'setTimeout');
    const limit = new TimeLimit(2 ** 31 - 1);
    await limit.race(Promise.resolve());
    expect(waited.mock.calls.map(([, milliseconds]) => milliseconds)).toEqual([2 ** 31 - 1]);
    limit.dispose();
    vi.restoreAllMocks();
  });

  it('ends what waits for it after a limit within it is gone', async () => {
    const outer = new TimeLimit(30);
    const inner = new TimeLimit(20, outer);
    await inner.race(Promise.resolve());
    inner.dispose();
    await expect(outer.race(never)).rejects.toThrow(LimitEnded);
    expect([outer.end, inner.end]).toEqual(['timeout', undefined]);
    outer.dispose();
  });

  it('leaves nothing behind once it is disposed of', async () => {
    const { signal } = new AbortController();
    useOwnTimers();
    for (let count = 0; count < 100; count += 1) {
      const outer = new TimeLimit(60_000, signal);
      const inner = new TimeLimit(60_000, outer);
      expect(vi.getTimerCount()).toBe(0);
      await inner.race(Promise.resolve());
      // One for both.
      expect(vi.getTimerCount()).toBe(1);
      expect(getEventListeners(inner.signal, 'abort')).toHaveLength(0);
      inner.dispose();
      expect(getEventListeners(outer.signal, 'abort')).toHaveLength(0);
      outer.dispose();
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a thousand calls with one signal', () => {
  const config = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' };

  it('leave no listener and no timer behind, however they end', async () => {
    const { signal } = new AbortController();
    const sent = { GET: 0, POST: 0 };
    const { fetch } = recordingFetch(({ method }) => {
      const count = (sent[method === 'POST' ? 'POST' : 'GET'] += 1);
      if (count % 4 === 0) return Promise.reject(networkError('ECONNRESET', 'read'));
      if (count % 4 === 1) return json({}, 500);
      return json({ result: count % 4 === 2 ? 'refused' : 'success', state: count % 4 === 2 ? 'none' : 'scheduled' });
    });
    let repeated = 0;
    const onEvent = ({ type }: OperationEvent): void => void (repeated += type === 'retry' ? 1 : 0);
    const service = createCancelService({ acme: acme(config) }, { fetch, onEvent });
    const ends = new Set<string>();
    useOwnTimers();
    for (let count = 0; count < 1_000; count += 1) {
      const ended = await service.safeCancel(count % 10 === 9 ? { ...REQUEST, reference: '' } : REQUEST, { signal });
      ends.add(ended.ok ? ended.result.outcome : ended.error.code);
    }
    expect([...ends].toSorted()).toEqual(['invalid_request', 'outcome_unknown', 'rejected', 'requested', 'scheduled']);
    // One write for each that is valid, and some of the waits were those before a repetition.
    expect([sent.POST, repeated > 0]).toEqual([900, true]);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  }, 60_000);

  it('at the same moment cause no warning of a leak', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const controller = new AbortController();
    const service = createCancelService({ acme: acme(config) }, { fetch: () => never });
    const calls = Array.from({ length: 100 }, () => failureOf(service.cancel(REQUEST, { signal: controller.signal })));
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    const codes = (await Promise.all(calls)).map(({ code }) => code);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(new Set(codes)).toEqual(new Set(['outcome_unknown']));
    expect(warnings).toEqual([]);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});
