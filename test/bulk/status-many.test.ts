import { createCancelService, type StatusManyItem, type StatusManyOptions, type StatusRequest } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { acme, blindAcmeProvider, REQUEST, type AcmeAccount } from '../support/acme.ts';
import { json, recordingFetch, type RecordedRequest } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';
import { advance, collecting, limited, rest, withStoppedClock } from './set-up.ts';

type Own = Readonly<Record<'fast' | 'slow', AcmeAccount>>;
type Item = StatusManyItem<Own>;

const accounts: Own = {
  fast: acme({ baseUrl: 'https://fast.example.com', token: 'token-of-fast' }),
  slow: acme({ baseUrl: 'https://slow.example.com', token: 'token-of-slow' }),
};
const requestOf = (account: 'fast' | 'slow', id: string | number): StatusRequest<Own> => ({
  account,
  service: { ...REQUEST.service, hostingId: String(id) },
});
const requestsOf = (account: 'fast' | 'slow', count: number): StatusRequest<Own>[] =>
  Array.from({ length: count }, (_, index) => requestOf(account, index));
const endOf = (item: Item): string => (item.ok ? item.result.state : item.error.code);

interface SetUp {
  readonly run: (
    requests: Iterable<StatusRequest<Own>> | AsyncIterable<StatusRequest<Own>>,
    options?: StatusManyOptions<Own>,
  ) => AsyncGenerator<Item, void, undefined>;
  readonly requests: readonly RecordedRequest[];
  readonly most: () => number;
}

/** A service that records how many requests are in flight concurrently. */
function setUp(
  answer: (id: string) => Promise<Response> | Response = () => json({ state: 'none' }),
  options: object = {},
): SetUp {
  let running = 0;
  let most = 0;
  const { fetch, requests } = recordingFetch(async ({ url }) => {
    running += 1;
    most = Math.max(most, running);
    try {
      return await answer(new URL(url).pathname.split('/')[2] ?? '');
    } finally {
      running -= 1;
    }
  });
  const service = createCancelService(accounts, { fetch, ...options });
  return { run: (source, own) => service.statusMany(source, own), requests, most: () => most };
}

describe('statusMany', () => {
  withStoppedClock();

  it('reads each request once, yields it as it was given, and sends nothing but reads', async () => {
    const states = ['none', 'scheduled', 'requested', 'completed'];
    const { run, requests } = setUp((id) => json({ state: states[Number(id)] }));
    const source = requestsOf('fast', 4);
    const { items, done } = collecting(run(source));
    await done;
    const inOrder = items.toSorted((one, other) => one.index - other.index);
    expect(inOrder.map((item) => endOf(item))).toEqual(states);
    for (const item of items) expect(item.request).toBe(source[item.index]);
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'GET']);
  });

  it('starts one request of an account until it has answered, then as many as its concurrency', async () => {
    const waiting: (() => void)[] = [];
    const { run, requests, most } = setUp(
      () => new Promise((resolve) => waiting.push(() => resolve(json({ state: 'none' })))),
    );
    const { done } = collecting(run(requestsOf('fast', 9), { concurrency: 3 }));
    await rest();
    expect(requests).toHaveLength(1);
    while (waiting.length > 0) {
      waiting.shift()?.();
      await rest();
    }
    await done;
    expect(most()).toBe(3);
  });

  it('rests an account whose access is refused, and goes on with the others', async () => {
    const { fetch, requests } = recordingFetch(({ url }) =>
      url.includes('slow.') ? json({ message: 'no' }, 401) : json({ state: 'none' }),
    );
    const service = createCancelService(accounts, { fetch });
    const { items, done } = collecting(service.statusMany([...requestsOf('slow', 50), ...requestsOf('fast', 5)]));
    await done;
    const slow = items.filter(({ request }) => request.account === 'slow').map((item) => endOf(item));
    expect(new Set(slow)).toEqual(new Set(['unexpected_response']));
    expect(slow).toHaveLength(50);
    expect(requests.filter(({ url }) => url.includes('slow.'))).toHaveLength(1);
    expect(items.filter(({ request }) => request.account === 'fast').map((item) => endOf(item))).toEqual(
      Array.from({ length: 5 }, () => 'none'),
    );
  });

  it('pauses an account that asks for it, and reads the request again afterwards', async () => {
    let times = 0;
    const { run } = setUp(() => {
      times += 1;
      return times <= 3 ? limited(20) : json({ state: 'none' });
    });
    const seen: (string | undefined)[] = [];
    const { items, done } = collecting(
      run(requestsOf('fast', 2), {
        deadlineMs: 5_000,
        onProgress: ({ accounts: { fast } }) => seen.push(fast?.pausedUntil),
      }),
    );
    for (let second = 0; second < 70; second += 1) await advance(1_000);
    await done;
    expect(items.map((item) => endOf(item))).toEqual(['none', 'none']);
    expect(seen.some((until) => until !== undefined)).toBe(true);
  });

  it('says of each service of a provider without read-back that it is unsupported, and goes on', async () => {
    const { fetch, requests } = recordingFetch(() => json({ state: 'scheduled' }));
    const blind = blindAcmeProvider().account({ baseUrl: 'https://blind.example.com', token: 'token-of-blind' });
    const service = untyped(createCancelService({ ...accounts, blind }, { fetch }));
    const source = [1, 2, 3].flatMap((id) => [{ ...requestOf('fast', id), account: 'blind' }, requestOf('fast', id)]);
    const { items, done } = collecting(service.statusMany(source));
    await done;
    const codes = items.filter(({ ok }) => !ok).map(({ error, index }) => [index, error]);
    expect(codes).toHaveLength(3);
    expect(codes).toEqual([0, 2, 4].map((index) => [index, expect.objectContaining({ code: 'unsupported' })]));
    expect(requests).toHaveLength(3);
  });

  it('stops gracefully: reads in flight end, and what was not started is aborted', async () => {
    const stopping = new AbortController();
    const { run } = setUp(() => {
      stopping.abort();
      return json({ state: 'none' });
    });
    const { items, done } = collecting(run(requestsOf('fast', 20), { signal: stopping.signal }));
    await done;
    const ends = items.map((item) => endOf(item));
    expect(ends.filter((end) => end === 'none')).toHaveLength(1);
    expect(ends.filter((end) => end === 'aborted').length).toBe(ends.length - 1);
  });

  it('takes from an endless source no more than it can use', async () => {
    let taken = 0;
    function* endless(): Generator<StatusRequest<Own>> {
      for (;;) yield requestOf('fast', (taken += 1));
    }
    const { run } = setUp();
    let count = 0;
    for await (const item of run(endless())) {
      expect(item.ok).toBe(true);
      count += 1;
      if (count === 1_000) break;
    }
    expect(taken).toBeLessThan(1_300);
  });

  it('counts the states in its progress, and takes no options that only cancelling has', async () => {
    const { run } = setUp((id) => json({ state: id === '0' ? 'scheduled' : 'none' }));
    const ends: object[] = [];
    const { done } = collecting(
      run(requestsOf('fast', 3), { onProgress: ({ outcomes, total }) => ends.push({ outcomes, total }) }),
    );
    await done;
    expect(ends.at(-1)).toEqual({ outcomes: { scheduled: 1, none: 2 }, total: 3 });
    const service = untyped(createCancelService(accounts));
    for (const options of [{ verify: true }, { batch: { fast: 2 } }, { place: 'acme x' }, 5]) {
      await expect(service.statusMany([], options).next()).rejects.toMatchObject({ code: 'invalid_request' });
    }
    await expect(service.statusMany({}).next()).rejects.toMatchObject({ code: 'invalid_request', operation: 'status' });
  });

  it('has one event stream of operation status for a request that was never started', async () => {
    const operations = new Set<string>();
    const { run } = setUp(() => json({}, 401));
    const { done } = collecting(
      run(requestsOf('fast', 4), { onEvent: ({ operation, type }) => operations.add(`${operation} ${type}`) }),
    );
    await done;
    expect([...operations].every((words) => words.startsWith('status '))).toBe(true);
    expect(operations).toContain('status outcome');
  });
});
