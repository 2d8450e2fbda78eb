import { ProviderError, type CancelManyProgress } from 'cancelkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Job, Lane } from '../../src/bulk/lane.ts';
import { progressOf } from '../../src/bulk/progress.ts';
import { json } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';
import {
  type Own,
  advance,
  collecting,
  limited,
  ok,
  requestOf,
  requestsOf,
  rest,
  setUpMany,
  withStoppedClock,
} from './set-up.ts';

withStoppedClock();
afterEach(() => {
  vi.restoreAllMocks();
});

describe('onProgress', () => {
  it('receives at the end the number of each outcome for each account', async () => {
    const told: CancelManyProgress<Own>[] = [];
    const { service } = setUpMany((name, id) => {
      if (name === 'slow') return json({}, 401);
      return id === '3' ? json({ result: 'refused' }, 422) : ok();
    });
    const requests: unknown[] = [...requestsOf('fast', 5), ...requestsOf('slow', 4), { account: 'nobody' }, null];
    const onProgress = (progress: CancelManyProgress<Own>): void => void told.push(progress);
    const { done } = collecting(untyped(service).cancelMany(requests, { onProgress, concurrency: { slow: 1 } }));
    await done;
    // The clock has stood still: this is the one call at the end, though there were eleven items.
    expect(told).toEqual([
      {
        done: 11,
        started: 8,
        total: 11,
        outcomes: { requested: 4, rejected: 1, unauthorized: 4, unknown_account: 1, invalid_request: 1 },
        accounts: { fast: { done: 5, running: 0, waiting: 0 }, slow: { done: 4, running: 0, waiting: 0 } },
        remainingMs: 0,
      },
    ]);
  });

  it('receives each change and each pause within 100 milliseconds', async () => {
    const told: CancelManyProgress<Own>[] = [];
    const { service } = setUpMany((name) => (name === 'slow' ? limited(60) : new Promise(() => undefined)));
    const requests = [...requestsOf('slow', 5), ...requestsOf('fast', 8)];
    const run = service.cancelMany(requests, {
      concurrency: { slow: 1, fast: 2 },
      onProgress: (progress) => void told.push(progress),
    });
    collecting(run);
    await rest();
    expect(told).toEqual([]);
    const pausedUntil = new Date(Date.now() + 60_000).toISOString();
    await advance(100);
    expect(told).toEqual([
      {
        done: 0,
        started: 2,
        total: 13,
        outcomes: {},
        accounts: {
          slow: { done: 0, running: 0, waiting: 5, pausedUntil },
          // One, until it has answered.
          fast: { done: 0, running: 1, waiting: 7 },
        },
        remainingMs: undefined,
      },
    ]);
    await advance(1_000);
    expect(told).toHaveLength(1);
  });

  it.each<[string, number | undefined, number]>([
    ['the length of a list', undefined, 4],
    ['the option', 1_000, 1_000],
    ['never less than what has come', 2, 4],
  ])('takes for the total %s', async (_, total, expected) => {
    const totals: (number | undefined)[] = [];
    const { service } = setUpMany();
    const onProgress = (progress: CancelManyProgress<Own>): void => void totals.push(progress.total);
    for (const source of [requestsOf('fast', 4), new Set(requestsOf('fast', 4))]) {
      await collecting(service.cancelMany(source, { onProgress, total })).done;
    }
    expect(totals).toEqual([expected, expected]);
  });

  it('does not know the total of a source that has not ended', async () => {
    const totals: (number | undefined)[] = [];
    const { service } = setUpMany();
    const more = Promise.withResolvers<void>();
    async function* source() {
      yield requestOf('fast', 1);
      await more.promise;
      yield requestOf('fast', 2);
    }
    const run = service.cancelMany(source(), { onProgress: ({ total }) => void totals.push(total) });
    const { done } = collecting(run);
    await rest();
    await advance(100);
    more.resolve();
    await done;
    expect(totals).toEqual([undefined, 2]);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
  ])('that %s is a warning, and the run goes on', async (_, onProgress) => {
    const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
    const { service } = setUpMany();
    const { items, done } = collecting(untyped(service).cancelMany(requestsOf('fast', 5), { onProgress }));
    await done;
    await rest();
    expect(items).toHaveLength(5);
    expect(warnings).toHaveBeenCalledOnce();
    expect(JSON.stringify(warnings.mock.calls[0])).toMatch(/onProgress/);
    expect(JSON.stringify(warnings.mock.calls[0])).not.toMatch(/secret/);
  });

  it.each([{ onProgress: 5 }, { total: -1 }, { total: 1.5 }, { maxPauseMs: -1 }, { maxPauseMs: 2 ** 31 }])(
    'and its fellows are refused as %j',
    async (options) => {
      const { service } = setUpMany();
      const run = untyped(service).cancelMany([], options);
      await expect(run.next()).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );
});

describe('the estimate of what remains', () => {
  const job = (index: number): Job => ({
    index,
    request: {},
    batchKey: undefined,
    arrivedAt: 0,
    started: 0,
    error: undefined,
  });
  function lane(concurrency: number, waiting: number, eachMs?: number): Lane {
    const made = new Lane({ concurrency, batchSize: 1, maxPauseMs: 300_000 }, () => undefined);
    for (let index = 0; index < waiting; index += 1) made.add(job(index));
    if (eachMs !== undefined) made.pace.record(eachMs);
    return made;
  }
  const counts = { started: 0, outcomes: new Map<never, number>() };

  it('is that of the account that takes longest', () => {
    const lanes = new Map([
      ['fast', lane(4, 100, 50)],
      ['slow', lane(1, 30, 200)],
    ]);
    expect(progressOf(lanes, { ...counts, taken: 130, total: 130 }).remainingMs).toBe(6_000);
  });

  it('shares out what has not been taken yet as what has been', () => {
    const lanes = new Map([
      ['fast', lane(4, 100, 50)],
      ['slow', lane(1, 100, 200)],
    ]);
    expect(progressOf(lanes, { ...counts, taken: 200, total: 2_000 }).remainingMs).toBe(200_000);
  });

  it('counts what is left of a pause', () => {
    const paused = lane(1, 10, 100);
    const retryAt = new Date(Date.now() + 60_000).toISOString();
    expect(paused.settle(job(10), new ProviderError('rate_limited', { message: 'Later.', retryAt }))).toBe(true);
    vi.advanceTimersByTime(20_000);
    // The eleventh waits to be started again.
    const remaining = progressOf(new Map([['slow', paused]]), { ...counts, taken: 11, total: 11 }).remainingMs;
    expect(remaining).toBe(11 * 100 + 40_000);
    paused.clear();
  });

  it.each<[string, Lane, number | undefined]>([
    ['before the first request of an account has ended', lane(2, 5), 5],
    ['while the total is not known', lane(2, 5, 50), undefined],
  ])('is not there %s', (_, only, total) => {
    expect(progressOf(new Map([['fast', only]]), { ...counts, taken: 5, total }).remainingMs).toBeUndefined();
  });

  it('follows the recent pace', () => {
    const changing = lane(1, 10, 1_000);
    for (let times = 0; times < 100; times += 1) changing.pace.record(10);
    const remaining = progressOf(new Map([['fast', changing]]), { ...counts, taken: 10, total: 10 }).remainingMs;
    expect(remaining).toBeLessThan(110);
    expect(remaining).toBeGreaterThanOrEqual(100);
  });
});
