import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  advance,
  collecting,
  endOf,
  limited,
  ok,
  requestOf,
  requestsOf,
  rest,
  setUpMany,
  stopTheClock,
} from './set-up.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('the signal of cancelMany', () => {
  it('lets what is in flight finish, begins nothing more, and gives back what was taken', async () => {
    const answers = new Map<string, PromiseWithResolvers<Response>>();
    const { service, sent } = setUpMany((name, id) => {
      const answer = Promise.withResolvers<Response>();
      answers.set(`${name}-${id}`, answer);
      return answer.promise;
    });
    const controller = new AbortController();
    let pulled = 0;
    function* source() {
      for (; pulled < 1_000; pulled += 1) yield requestOf(pulled % 2 ? 'fast' : 'slow', pulled);
    }
    const run = service.cancelMany(source(), { signal: controller.signal, concurrency: { fast: 3, slow: 1 } });
    const { items, done } = collecting(run);
    await rest();
    controller.abort();
    await rest();
    const given = pulled + 1;
    expect(items).toHaveLength(given - 2);
    expect(new Set(items.map(endOf))).toEqual(new Set(['aborted']));
    for (const item of items) {
      expect(item).toMatchObject({ ok: false, error: { attempts: 0, account: item.request.account } });
    }
    for (const { resolve } of answers.values()) resolve(ok());
    await done;
    expect(items.slice(-2).map(endOf)).toEqual(['requested', 'requested']);
    expect(items.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: given }, (_, index) => index),
    );
    // Neither has answered before, so each has one in flight.
    expect(sent('fast').length + sent('slow').length).toBe(2);
    expect(pulled).toBeLessThan(300);
  });

  it('ends the run immediately if the source keeps its next request to itself', async () => {
    const { service } = setUpMany();
    const controller = new AbortController();
    let closed = 0;
    const source: AsyncIterable<ReturnType<typeof requestOf>> = {
      [Symbol.asyncIterator]: () => {
        let count = 0;
        return {
          next: async () => {
            count += 1;
            if (count > 2) await new Promise(() => undefined);
            return { done: false, value: requestOf('fast', count) };
          },
          return: async () => {
            closed += 1;
            return { done: true, value: undefined };
          },
        };
      },
    };
    const { items, done } = collecting(service.cancelMany(source, { signal: controller.signal }));
    await rest();
    expect(items.map(endOf)).toEqual(['requested', 'requested']);
    controller.abort();
    await done;
    expect(closed).toBe(1);
  });

  it('that has aborted already takes nothing from the source', async () => {
    const { service, requests } = setUpMany();
    let pulled = 0;
    function* source() {
      for (;;) yield requestOf('fast', (pulled += 1));
    }
    const { items, done } = collecting(service.cancelMany(source(), { signal: AbortSignal.abort() }));
    await done;
    expect([items, pulled, requests]).toEqual([[], 0, []]);
  });

  it('holds while the caller deals with an item', async () => {
    const { service, sent } = setUpMany();
    const controller = new AbortController();
    const run = service.cancelMany(requestsOf('fast', 50), { signal: controller.signal, concurrency: 1 });
    await run.next();
    controller.abort();
    const started = sent('fast').length;
    const { items, done } = collecting(run);
    await done;
    expect(sent('fast')).toHaveLength(started);
    // Each that was taken from the list; the rest of it was not looked at.
    expect(items.map(({ index }) => index)).toEqual(Array.from(items, (_, place) => place + 1));
    expect(items.length).toBeLessThan(50);
    expect(items.filter(({ ok: went }) => went)).toHaveLength(started - 1);
  });

  it('gives back what waits for a pause to end as what it was last refused with', async () => {
    stopTheClock();
    const { service, sent } = setUpMany(() => limited(120));
    const controller = new AbortController();
    const run = service.cancelMany(requestsOf('slow', 3), { signal: controller.signal, concurrency: 1 });
    const { items, done } = collecting(run);
    await rest();
    expect(sent('slow')).toEqual(['0']);
    controller.abort();
    await done;
    expect(items.map((item) => [item.index, endOf(item)])).toEqual([
      [0, 'rate_limited'],
      [1, 'aborted'],
      [2, 'aborted'],
    ]);
    expect(items[0]).toMatchObject({ error: { attempts: 1, providerStatus: 429 } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may be that of the source, too, whose end is then no error', async () => {
    const { service } = setUpMany();
    const controller = new AbortController();
    async function* source() {
      yield requestOf('fast', 1);
      await new Promise((_, reject) => {
        controller.signal.addEventListener('abort', () => reject(new Error('the query was aborted')));
      });
    }
    const { items, done } = collecting(service.cancelMany(source(), { signal: controller.signal }));
    await rest();
    controller.abort();
    await done;
    expect(items.map(endOf)).toEqual(['requested']);
  });

  it('gives back a request that the source hands over while the last responses are awaited', async () => {
    const answer = Promise.withResolvers<Response>();
    const handover = Promise.withResolvers<void>();
    const { service, sent } = setUpMany(() => answer.promise);
    const controller = new AbortController();
    async function* source() {
      yield requestOf('fast', 0);
      await handover.promise;
      yield requestOf('slow', 1);
    }
    const { items, done } = collecting(service.cancelMany(source(), { signal: controller.signal }));
    await rest();
    controller.abort();
    handover.resolve();
    await rest();
    answer.resolve(ok());
    await done;
    expect(items.map((item) => [item.index, endOf(item)])).toEqual([
      [1, 'aborted'],
      [0, 'requested'],
    ]);
    expect(sent('slow')).toEqual([]);
  });
});

describe('leaving cancelMany early during a pause', () => {
  it('leaves no timer behind, and sends nothing later', async () => {
    stopTheClock();
    const { service, sent } = setUpMany((name) => (name === 'slow' ? limited(120) : ok()));
    const source = [...requestsOf('slow', 3), ...requestsOf('fast', 3)];
    for await (const item of service.cancelMany(source, { onProgress: () => undefined })) {
      expect(item.request.account).toBe('fast');
      break;
    }
    expect(vi.getTimerCount()).toBe(0);
    const started = sent('slow').length;
    await advance(600_000);
    expect(sent('slow')).toHaveLength(started);
  });
});
