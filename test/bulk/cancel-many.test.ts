import { createCancelService, isProviderError, type CancelRequest } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { acme, REQUEST, type AcmeAccount } from '../support/acme.ts';
import { json, recordingFetch, writesOf } from '../support/fetch.ts';
import { untyped, type UntypedItem } from '../support/untyped.ts';

type Both = Readonly<Record<'fast' | 'slow', AcmeAccount>>;
type Request = CancelRequest<Both>;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const accounts: Both = {
  fast: acme({ baseUrl: 'https://fast.example.com', token: 'token-of-fast' }),
  slow: acme({ baseUrl: 'https://slow.example.com', token: 'token-of-slow' }),
};
const requestOf = (account: 'fast' | 'slow', index: number): Request => ({
  ...REQUEST,
  account,
  service: { ...REQUEST.service, hostingId: `h-${index}` },
});
const many = (count: number, account: 'fast' | 'slow' = 'fast'): Request[] =>
  Array.from({ length: count }, (_, index) => requestOf(account, index));

/** A service that records how many requests of each account are in flight concurrently. */
function setUp(
  answer: (url: URL) => Promise<Response> | Response = () => json({ result: 'success' }),
  options: object = {},
) {
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  const recording = recordingFetch(async ({ url }) => {
    const { hostname } = new URL(url);
    const now = (running.get(hostname) ?? 0) + 1;
    running.set(hostname, now);
    most.set(hostname, Math.max(now, most.get(hostname) ?? 0));
    try {
      return await answer(new URL(url));
    } finally {
      running.set(hostname, (running.get(hostname) ?? 1) - 1);
    }
  });
  const service = createCancelService(accounts, { fetch: recording.fetch, ...options });
  return { service, requests: recording.requests, running, most };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('cancelMany', () => {
  it('yields each request once, with its place in the source and as it was given, in the order of finishing', async () => {
    // The first one is alone, since the account has not answered before.
    const delays = [5, 60, 10, 30];
    const { service } = setUp(async ({ pathname }) => {
      await pause(delays[Number(/h-(\d+)/.exec(pathname)?.[1])] ?? 0);
      return json({ result: 'success' });
    });
    const requests = many(4);
    const items = await collect(service.cancelMany(requests));
    expect(items.map(({ index }) => index)).toEqual([0, 2, 3, 1]);
    for (const item of items) {
      expect(item.request).toBe(requests[item.index]);
      expect(item).toMatchObject({ ok: true, result: { account: 'fast', service: requests[item.index]?.service } });
    }
  });

  it.each<[string, object, object, number]>([
    ['of 4 where nothing is said', {}, {}, 4],
    ['of the service', { concurrency: 2 }, {}, 2],
    ['of the service for the account', { concurrency: { fast: 3 } }, {}, 3],
    ['of the run before the service’s', { concurrency: 2 }, { concurrency: 6 }, 6],
    ['of the run for the account', { concurrency: 2 }, { concurrency: { fast: 1, slow: 9 } }, 1],
    ['of the service where the run names another account', { concurrency: 2 }, { concurrency: { slow: 9 } }, 2],
  ])('keeps the concurrency %s', async (_, options, runOptions, expected) => {
    const { service, most } = setUp(async () => (await pause(2), json({ result: 'success' })), options);
    const items = await collect(service.cancelMany(many(30), runOptions));
    expect(items).toHaveLength(30);
    expect(most.get('fast.example.com')).toBe(expected);
  });

  it('does not let a slow account hold up another', async () => {
    const slow = Promise.withResolvers<Response>();
    const { service, running } = setUp(({ hostname }) =>
      hostname.startsWith('slow') ? slow.promise : json({ result: 'success' }),
    );
    const requests = [...many(100, 'slow'), ...many(100, 'fast')];
    const seen: string[] = [];
    for await (const item of service.cancelMany(requests, { concurrency: 2 })) {
      seen.push(item.request.account);
      if (seen.length === 100) {
        expect(running.get('slow.example.com')).toBe(1);
        slow.resolve(json({ result: 'success' }));
      }
    }
    expect(seen.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 'fast'));
    expect(seen).toHaveLength(200);
  });

  it('lets no failure end the run, whatever is wrong with an item', async () => {
    const { service, requests } = setUp(({ pathname }) =>
      pathname.includes('h-1/') ? json({}, 500) : json({ result: 'success' }),
    );
    const hostile = Object.defineProperty({ ...REQUEST }, 'account', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const source: unknown[] = [
      null,
      undefined,
      7,
      'fast',
      [],
      {},
      hostile,
      proxy,
      { ...REQUEST, account: 'plesk' },
      { ...REQUEST, account: '__proto__' },
      { account: 'fast' },
      requestOf('fast', 1),
      requestOf('fast', 2),
    ];
    const items = await collect(untyped(service).cancelMany(source));
    const byIndex = items.sort((a, b) => a.index - b.index);
    const codeOf = ({ ok, error }: UntypedItem): string => (ok ? 'ok' : isProviderError(error) ? error.code : 'odd');
    const invalid = 'invalid_request';
    expect(byIndex.map(codeOf)).toEqual([
      invalid,
      invalid,
      invalid,
      invalid,
      invalid,
      invalid,
      invalid,
      invalid,
      'unknown_account',
      'unknown_account',
      invalid,
      'outcome_unknown',
      'ok',
    ]);
    expect(byIndex.every(({ request, index }) => request === source[index])).toBe(true);
    expect(writesOf(requests).map(({ url }) => new URL(url).pathname)).toEqual([
      '/services/h-1/cancel',
      '/services/h-2/cancel',
    ]);
    // The one in doubt is read back; nothing else is asked.
    expect(requests).toHaveLength(3);
  });

  it('gives its deadline to each cancellation', async () => {
    const { service } = setUp(() => new Promise<Response>(() => undefined));
    const timed = await collect(service.cancelMany(many(3), { deadlineMs: 300 }));
    expect(timed.map((item) => !item.ok && item.error.reason)).toEqual(Array.from({ length: 3 }, () => 'timeout'));
  });

  it.each<[string, unknown, unknown]>([
    ['nothing', undefined, undefined],
    ['one request instead of several', REQUEST, undefined],
    ['a text', 'abc', undefined],
    ['an option that is none', [], { parallel: 3 }],
    ['a concurrency of 0', [], { concurrency: 0 }],
    ['options of null', [], null],
  ])('begins with %s only to refuse it', async (_, source, options) => {
    const { service } = setUp();
    const thrown: unknown = await collect(untyped(service).cancelMany(source, options)).catch(
      (error: unknown) => error,
    );
    expect(isProviderError(thrown, 'invalid_request')).toBe(true);
  });

  it('does nothing before it is iterated', async () => {
    const { service, requests } = setUp();
    let pulled = 0;
    service.cancelMany(
      (function* () {
        for (const request of many(3)) {
          pulled += 1;
          yield request;
        }
      })(),
    );
    await pause(5);
    expect([pulled, requests.length]).toEqual([0, 0]);
  });
});

describe('the source of cancelMany', () => {
  it('can be a list, a set, a generator or an async generator', async () => {
    const { service } = setUp();
    const list = many(5);
    async function* later(): AsyncGenerator<Request> {
      for (const request of list) {
        await pause(1);
        yield request;
      }
    }
    function* now(): Generator<Request> {
      yield* list;
    }
    for (const source of [list, new Set(list), now(), later()]) {
      const items = await collect(service.cancelMany(source));
      expect(items.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    }
    expect(await collect(service.cancelMany([]))).toEqual([]);
  });

  it.each(['next', 'iterator'])(
    'that fails in its %s ends the run with its own error, after what was started',
    async (where) => {
      const { service, requests } = setUp(async () => (await pause(5), json({ result: 'success' })));
      const own = new Error('the database is gone');
      const failing: Iterable<Request> = {
        [Symbol.iterator]: () => {
          if (where === 'iterator') throw own;
          const iterator = many(3)[Symbol.iterator]();
          return {
            next: () => {
              const step = iterator.next();
              if (step.done === true) throw own;
              return step;
            },
          };
        },
      };
      const items: number[] = [];
      const run = async (): Promise<void> => {
        for await (const { index } of service.cancelMany(failing)) items.push(index);
      };
      await expect(run()).rejects.toBe(own);
      expect(items).toHaveLength(where === 'next' ? 3 : 0);
      expect(requests).toHaveLength(items.length);
    },
  );

  it('is pulled only so far ahead of what is taken from it', async () => {
    let pulled = 0;
    function* endless(): Generator<Request> {
      for (;;) yield requestOf('fast', pulled++);
    }
    const { service, requests } = setUp();
    const run = service.cancelMany(endless(), { concurrency: 2 });
    await run.next();
    await pause(30);
    const ahead = pulled;
    expect(ahead).toBeLessThan(300);
    expect(requests.length).toBeLessThan(300);
    for (let count = 0; count < 50; count += 1) await run.next();
    await pause(30);
    expect(pulled).toBeLessThan(51 + 300);
    await run.return();
    expect(requests.length).toBeLessThanOrEqual(pulled);
  });

  it('of 20,000 requests is gone through with the same look-ahead throughout', async () => {
    let pulled = 0;
    let taken = 0;
    let furthest = 0;
    function* source(): Generator<Request> {
      for (; pulled < 20_000; pulled += 1) {
        furthest = Math.max(furthest, pulled - taken);
        yield requestOf(pulled % 2 ? 'fast' : 'slow', pulled);
      }
    }
    // Refused before sending, which is the quickest way through: the reference is too long.
    const { service, requests } = setUp();
    const indices = new Uint8Array(20_000);
    const long = { reference: 'x'.repeat(129) };
    const items = service.cancelMany(
      (function* () {
        for (const request of source()) yield { ...request, ...long };
      })(),
    );
    for await (const { index, ok } of items) {
      indices[index] = (indices[index] ?? 0) + (ok ? 2 : 1);
      taken += 1;
    }
    expect(indices.every((times) => times === 1)).toBe(true);
    expect(furthest).toBeLessThan(300);
    expect(requests).toEqual([]);
  });
});

describe('leaving cancelMany early', () => {
  it('starts nothing more, lets the calls in flight finish, and closes the source', async () => {
    let closed = 0;
    function* source(): Generator<Request> {
      try {
        yield* many(1_000);
      } finally {
        closed += 1;
      }
    }
    const { service, requests, running } = setUp(async () => (await pause(5), json({ result: 'success' })));
    for await (const item of service.cancelMany(source(), { concurrency: 3 })) {
      expect(item.ok).toBe(true);
      break;
    }
    const started = requests.length;
    expect([running.get('fast.example.com'), closed]).toEqual([0, 1]);
    expect(started).toBeLessThan(10);
    await pause(30);
    expect(requests.length).toBe(started);
  });

  it('by an error of the caller’s is the same', async () => {
    const { service, requests, running } = setUp(async () => (await pause(5), json({ result: 'success' })));
    const run = async (): Promise<void> => {
      for await (const { index } of service.cancelMany(many(100))) if (index >= 0) throw new Error('own');
    };
    await expect(run()).rejects.toThrow('own');
    expect(running.get('fast.example.com')).toBe(0);
    const started = requests.length;
    await pause(20);
    expect(requests.length).toBe(started);
  });

  it('does not wait for a source that never comes back', async () => {
    const { service } = setUp();
    async function* source(): AsyncGenerator<Request> {
      yield requestOf('fast', 0);
      await new Promise(() => undefined);
    }
    const items: number[] = [];
    for await (const { index } of service.cancelMany(source())) {
      items.push(index);
      break;
    }
    expect(items).toEqual([0]);
  });

  it('hears nothing of a source that fails afterwards', async () => {
    const { service } = setUp();
    async function* source(): AsyncGenerator<Request> {
      yield requestOf('fast', 0);
      await pause(20);
      throw new Error('too late');
    }
    for await (const { ok } of service.cancelMany(source())) {
      expect(ok).toBe(true);
      break;
    }
    await pause(40);
  });

  it('while the source fails to close is an error, and started requests finish', async () => {
    const { service, running } = setUp(async () => (await pause(5), json({ result: 'success' })));
    function* source(): Generator<Request> {
      try {
        yield* many(1_000);
      } finally {
        // oxlint-disable-next-line no-unsafe-finally -- a source that cannot be closed is what is tested
        throw new Error('cannot close');
      }
    }
    const run = async (): Promise<void> => {
      for await (const { ok } of service.cancelMany(source())) if (ok) return;
    };
    await expect(run()).rejects.toThrow('cannot close');
    expect(running.get('fast.example.com')).toBe(0);
  });
});
