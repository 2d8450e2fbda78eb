import { setImmediate as nextTurn } from 'node:timers/promises';
import { isProviderError, type OperationEvent } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Listener } from '../../src/call/call.ts';
import { json, networkError, recordingFetch } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';
import {
  type Names,
  advance,
  collecting,
  endOf,
  limited,
  ok,
  requestOf,
  requestsOf,
  rest,
  setUpMany,
  withStoppedClock,
} from './set-up.ts';

withStoppedClock();

const indices = (items: readonly { readonly index: number }[]): number[] =>
  items.map(({ index }) => index).toSorted((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('an account whose provider has had enough', () => {
  it('pauses until the time that the provider names, and then goes on with the same request', async () => {
    let isLimited = true;
    const { service, sent } = setUpMany((name) => (name === 'slow' && isLimited ? limited(60) : ok()));
    const requests = [...requestsOf('slow', 3), ...requestsOf('fast', 40)];
    const { items, done } = collecting(service.cancelMany(requests, { concurrency: { slow: 1 } }));
    await rest();
    expect(indices(items)).toEqual(upTo(43).slice(3));
    expect(sent('slow')).toEqual(['0']);
    isLimited = false;
    await advance(59_000);
    expect(sent('slow')).toEqual(['0']);
    await advance(2_000);
    await done;
    expect(sent('slow')).toEqual(['0', '0', '1', '2']);
    expect(indices(items)).toEqual(upTo(43));
    expect(new Set(items.map(endOf))).toEqual(new Set(['requested']));
  });

  it('pauses for 30 seconds if the provider names no time', async () => {
    let isLimited = true;
    const { service, sent } = setUpMany(() => (isLimited ? limited() : ok()));
    const { items, done } = collecting(service.cancelMany(requestsOf('slow', 2), { concurrency: 1 }));
    // The call itself sends three times, without waiting.
    while (sent('slow').length < 3) await advance(1);
    await advance(1);
    isLimited = false;
    await advance(29_000);
    expect([sent('slow').length, items]).toEqual([3, []]);
    await advance(2_000);
    await done;
    expect(items.map(endOf)).toEqual(['requested', 'requested']);
  });

  it.each([408, 421, 425])('pauses as well where that is said with %i and a time', async (status) => {
    let isBusy = true;
    const { service, sent } = setUpMany(() => (isBusy ? json({}, status, { 'retry-after': '60' }) : ok()));
    const { items, done } = collecting(service.cancelMany(requestsOf('slow', 2), { concurrency: 1 }));
    await rest();
    isBusy = false;
    expect(sent('slow')).toEqual(['0']);
    await advance(61_000);
    await done;
    expect(items.map(endOf)).toEqual(['requested', 'requested']);
  });

  it.each([-2, 2])('pauses as long if the clock is set by %i hours right after its response', async (hours) => {
    let isLimited = true;
    const onEvent: Listener = ({ type }) => {
      if (type === 'outcome' && isLimited) vi.setSystemTime(Date.now() + hours * 3_600_000);
    };
    const { service, sent } = setUpMany(() => (isLimited ? limited(60) : ok()), { onEvent });
    const { items, done } = collecting(service.cancelMany([requestOf('slow', 'a')]));
    await rest();
    isLimited = false;
    await advance(59_000);
    expect([sent('slow').length, items]).toEqual([1, []]);
    await advance(2_000);
    await done;
    expect(items.map(endOf)).toEqual(['requested']);
  });

  it('pauses for a second at least, whatever time the provider names', async () => {
    let answers = 0;
    const { service, sent } = setUpMany(() => ((answers += 1) <= 3 ? limited(0) : ok()));
    const { items, done } = collecting(service.cancelMany([requestOf('slow', 'a')]));
    // The call itself waits for nothing and sends three times.
    while (sent('slow').length < 3) await advance(1);
    await advance(900);
    expect(sent('slow')).toHaveLength(3);
    await advance(200);
    await done;
    expect(items.map(endOf)).toEqual(['requested']);
  });

  it('is asked three times for one request, with a pause after each, and no more', async () => {
    const { service, sent } = setUpMany((_, id) => (id === '0' ? limited(60) : ok()));
    const { items, done } = collecting(service.cancelMany(requestsOf('slow', 2), { concurrency: 1 }));
    for (const times of [1, 2, 3]) {
      await rest();
      expect(sent('slow')).toEqual(Array.from({ length: times }, () => '0'));
      expect(items.length).toBe(times < 3 ? 0 : 1);
      await advance(61_000);
    }
    await done;
    expect(sent('slow')).toEqual(['0', '0', '0', '1']);
    expect(items.map(endOf)).toEqual(['rate_limited', 'requested']);
    expect(items[0]).toMatchObject({ error: { retryAt: expect.any(String), providerStatus: 429 } });
  });

  it('that asks for more than the longest pause fails until then, and nothing of it is sent', async () => {
    let isLimited = true;
    const { service, sent } = setUpMany((name) => (name === 'slow' && isLimited ? limited(600) : ok()));
    const later = Promise.withResolvers<void>();
    async function* source() {
      yield* requestsOf('slow', 5);
      yield* requestsOf('fast', 5);
      await later.promise;
      yield requestOf('slow', 'later');
    }
    const { items, done } = collecting(service.cancelMany(source(), { concurrency: { slow: 1 } }));
    await rest();
    const retryAt = new Date(Date.now() + 600_000).toISOString();
    expect(sent('slow')).toEqual(['0']);
    expect(sent('fast')).toHaveLength(5);
    const failed = items.filter(({ request }) => request.account === 'slow');
    expect(failed.map((item) => !item.ok && [item.error.code, item.error.retryAt, item.error.attempts])).toEqual([
      ['rate_limited', retryAt, 1],
      ...Array.from({ length: 4 }, () => ['rate_limited', retryAt, 0]),
    ]);
    isLimited = false;
    await advance(601_000);
    later.resolve();
    await done;
    expect(sent('slow')).toEqual(['0', 'later']);
    expect(items).toHaveLength(11);
  });

  it.each([
    ['back', -3_600_000],
    ['forward', 3_600_000],
  ])('pauses for the same time if the clock is set %s by an hour', async (_, difference) => {
    let isLimited = true;
    const { service, sent } = setUpMany(() => (isLimited ? limited(60) : ok()));
    const { items, done } = collecting(service.cancelMany(requestsOf('slow', 2), { concurrency: 1 }));
    await rest();
    isLimited = false;
    vi.setSystemTime(Date.now() + difference);
    await advance(59_000);
    expect(sent('slow')).toEqual(['0']);
    await advance(2_000);
    await done;
    expect(items.map(endOf)).toEqual(['requested', 'requested']);
  });

  it.each([
    ['back', -3_600_000],
    ['forward', 3_600_000],
  ])(
    'fails for the same time where the clock is set %s by an hour, and names the time by it',
    async (_, difference) => {
      const { service, sent } = setUpMany(() => limited(600));
      const later = Promise.withResolvers<void>();
      async function* source() {
        yield requestOf('slow', 'first');
        await later.promise;
        yield requestOf('slow', 'second');
      }
      const { items, done } = collecting(service.cancelMany(source()));
      await rest();
      vi.setSystemTime(Date.now() + difference);
      await advance(590_000);
      const retryAt = new Date(Date.now() + 10_000).toISOString();
      later.resolve();
      await done;
      expect(sent('slow')).toEqual(['first']);
      expect(items[1]).toMatchObject({ ok: false, error: { code: 'rate_limited', retryAt, attempts: 0 } });
    },
  );

  it('never pauses if the longest pause is 0', async () => {
    const { service, sent } = setUpMany(() => limited());
    const { items, done } = collecting(service.cancelMany(requestsOf('slow', 4), { concurrency: 1, maxPauseMs: 0 }));
    while (items.length < 4) await advance(1);
    await done;
    expect(items.map(endOf)).toEqual(Array.from({ length: 4 }, () => 'rate_limited'));
    expect(new Set(sent('slow'))).toEqual(new Set(['0']));
  });
});

describe('an account that is broken', () => {
  it('fails immediately when its breaker is open, and leaves the others running', async () => {
    const { service, sent } = setUpMany((name, id) => {
      if (name === 'slow' && id !== '0') throw networkError('ECONNREFUSED', 'connect');
      return ok();
    });
    const requests = requestsOf('slow', 50).flatMap((request, index) => [request, requestOf('fast', index)]);
    const { items, done } = collecting(service.cancelMany(requests));
    const begunAt = Date.now();
    while (items.length < 100) await advance(1);
    await done;
    // The breaker is shut for 10 seconds; these are the waits within the calls of the first few.
    expect(Date.now() - begunAt).toBeLessThan(1_000);
    expect(indices(items)).toEqual(upTo(100));
    expect(sent('fast')).toHaveLength(50);
    expect(sent('slow').length).toBeLessThan(25);
    const ofSlow = items.filter(({ request }) => request.account === 'slow');
    expect(new Set(ofSlow.map(endOf))).toEqual(new Set(['requested', 'unavailable']));
    const unsent = ofSlow.filter((item) => !item.ok && item.error.attempts === 0);
    expect(unsent.length).toBeGreaterThan(25);
    for (const item of unsent) expect(item).toMatchObject({ error: { retryAt: expect.any(String) } });
  });
});

describe('an account that has never answered', () => {
  it.each([1, 2, 3, 4, 6])('is left alone after three requests, also with a concurrency of %i', async (concurrency) => {
    const { fetch, requests } = recordingFetch(({ url }) => {
      if (url.includes('slow')) throw networkError('ECONNRESET', 'read');
      return json({ result: 'success' });
    });
    const { service } = setUpMany(ok, { fetch });
    const all = [...requestsOf('slow', 20), ...requestsOf('fast', 20)];
    const { items, done } = collecting(service.cancelMany(all, { concurrency: { slow: concurrency } }));
    while (items.length < 40) await advance(1);
    await done;
    const ofSlow = items.filter(({ request }) => request.account === 'slow');
    const unknown = ofSlow.filter((item) => endOf(item) === 'outcome_unknown');
    expect(unknown).toHaveLength(3);
    expect(requests.filter(({ method, url }) => method !== 'GET' && url.includes('slow'))).toHaveLength(unknown.length);
    const unsent = ofSlow.filter((item) => !item.ok && item.error.attempts === 0);
    expect(unsent).toHaveLength(20 - unknown.length);
    for (const item of unsent) {
      expect(item).toMatchObject({ error: { code: 'unavailable', retryable: false } });
      expect(!item.ok && item.error.message).toContain('has not answered any of the first 3 requests');
    }
    expect(items.filter((item) => item.ok)).toHaveLength(20);
  });

  it('is left alone as well if nothing could be sent', async () => {
    const { service, sent } = setUpMany(() => {
      throw networkError('ECONNREFUSED', 'connect');
    });
    const { items, done } = collecting(service.cancelMany(requestsOf('slow', 20), { concurrency: 1 }));
    while (items.length < 20) await advance(1);
    await done;
    expect(new Set(sent('slow'))).toEqual(new Set(['0', '1', '2']));
    expect(new Set(items.map(endOf))).toEqual(new Set(['unavailable']));
  });

  it.each([
    ['a yes', ok],
    ['a no', () => json({ result: 'refused' }, 422)],
    ['a failure of the server', () => json({}, 500)],
  ])('is another than one that has answered once, with %s', async (_, answer) => {
    const { service, sent } = setUpMany((_name, id) => {
      if (id === '2') return answer();
      throw networkError('ECONNREFUSED', 'connect');
    });
    const { items, done } = collecting(service.cancelMany(requestsOf('slow', 8), { concurrency: 1 }));
    while (items.length < 8) await advance(1);
    await done;
    expect(sent('slow')).toContain('4');
  });

  it('is not what requests that cannot be sent at all make of it', async () => {
    const { service, sent } = setUpMany();
    const bad = Array.from({ length: 5 }, () => ({ ...requestOf('slow', 'x'), when: 'never' }));
    const { items, done } = collecting(untyped(service).cancelMany([...bad, ...requestsOf('slow', 3)]));
    await done;
    expect(items).toHaveLength(8);
    expect(sent('slow')).toEqual(['0', '1', '2']);
  });
});

describe('an account whose credentials are refused', () => {
  it('is not sent anything more, and each of its requests says so by an error of its own', async () => {
    const events: OperationEvent[] = [];
    const { service, sent } = setUpMany((name) => (name === 'slow' ? json({}, 401) : ok()));
    const requests = [...requestsOf('slow', 50), ...requestsOf('fast', 50)];
    const onEvent = (event: OperationEvent): void => void events.push(event);
    const { items, done } = collecting(service.cancelMany(requests, { concurrency: 2, onEvent }));
    await done;
    expect(indices(items)).toEqual(upTo(100));
    // Wrong credentials are sent once, however many may be in flight.
    expect(sent('slow')).toHaveLength(1);
    expect(sent('fast')).toHaveLength(50);
    const errors = items.flatMap((item) => (item.ok ? [] : [item.error]));
    expect(errors).toHaveLength(50);
    expect(errors.every((error) => isProviderError(error, 'unauthorized') && error.account === 'slow')).toBe(true);
    expect(new Set(errors.map(({ operationId }) => operationId)).size).toBe(50);
    const unsent = errors.filter(({ attempts }) => attempts === 0);
    expect(unsent).toHaveLength(49);
    for (const { message, provider } of unsent) {
      expect(message).toMatch(/^acme: .*Nothing was sent/);
      expect(provider).toBe('acme');
    }
    const ended = events.flatMap((event) => (event.type === 'outcome' ? [event.operationId] : []));
    expect(new Set(ended).size).toBe(100);
  });

  it('lets the calls in flight finish', async () => {
    const held = Promise.withResolvers<Response>();
    const { service } = setUpMany((_, id) => (id === '0' ? ok() : id === '1' ? held.promise : json({}, 401)));
    const { items, done } = collecting(service.cancelMany(requestsOf('slow', 10), { concurrency: 2 }));
    await rest();
    expect(items.map(endOf)).toEqual(['requested', ...Array.from({ length: 8 }, () => 'unauthorized')]);
    held.resolve(ok());
    await done;
    expect(items.at(-1)).toMatchObject({ index: 1, ok: true });
  });
});

describe('a concurrency', () => {
  it('for an account that there is not is refused before anything is sent', async () => {
    const { service, requests } = setUpMany();
    const concurrency = { fast: 1, plesk: 2 };
    const run = untyped(service).cancelMany(requestsOf('fast', 2), { concurrency });
    const expected = 'only the names of accounts: fast, slow, third';
    await expect(run.next()).rejects.toMatchObject({
      code: 'invalid_request',
      issues: [{ path: 'concurrency', expected }],
    });
    expect(requests).toEqual([]);
    let thrown: unknown;
    try {
      // @ts-expect-error there is no such account
      setUpMany(ok, { concurrency: { fast: 1, plesk: 2 } });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'invalid_request', issues: [{ path: 'concurrency', expected }] });
  });

  it.each<[string, unknown]>([
    ['a list', [1, 2, 3]],
    ['a text', '4'],
    ['half a request', { fast: 1.5 }],
    ['none', { fast: 0 }],
    [
      'a getter that throws',
      Object.defineProperty({}, 'fast', {
        enumerable: true,
        get: () => {
          throw new Error('no');
        },
      }),
    ],
  ])('of %s is refused', async (_, concurrency) => {
    const { service } = setUpMany();
    const run = untyped(service).cancelMany([], { concurrency });
    await expect(run.next()).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a slow account', () => {
  it('does not keep others from requests that come far behind its own', async () => {
    const { service, sent } = setUpMany((name) => (name === 'slow' ? new Promise(() => undefined) : ok()));
    function* mixed() {
      for (let index = 0; index < 800; index += 1) {
        yield requestOf('slow', index);
        yield requestOf('fast', index);
      }
    }
    const inTurn = collecting(service.cancelMany(mixed()));
    while (inTurn.items.length < 800) await nextTurn();
    expect(new Set(sent('fast')).size).toBe(800);
    const list = setUpMany((name) => (name === 'slow' ? new Promise(() => undefined) : ok()));
    const sorted = collecting(list.service.cancelMany([...requestsOf('slow', 9_000), ...requestsOf('fast', 50)]));
    while (sorted.items.length < 50) await nextTurn();
    expect(list.sent('slow')).toHaveLength(1);
  });

  it('lets no more than 10,000 requests wait', async () => {
    let pulled = 0;
    function* endless() {
      for (;;) yield requestOf((pulled += 1) % 20 ? 'slow' : 'fast', pulled);
    }
    const { service } = setUpMany((name) => (name === 'slow' ? new Promise(() => undefined) : ok()));
    const { items } = collecting(service.cancelMany(endless()));
    let before = -1;
    while (items.length !== before) {
      before = items.length;
      await rest();
    }
    expect(pulled - items.length).toBeLessThanOrEqual(10_010);
    expect(items.length).toBeGreaterThan(500);
  });
});

describe('a caller who takes no items', () => {
  it('is not run ahead of by more than the concurrency', async () => {
    const { service, sent } = setUpMany();
    const run = service.cancelMany(requestsOf('fast', 1_000), { concurrency: 3 });
    await run.next();
    await rest();
    expect(sent('fast').length).toBeLessThanOrEqual(7);
    await run.next();
    await rest();
    expect(sent('fast').length).toBeLessThanOrEqual(8);
    await run.return();
  });
});

describe('requests that fail without being sent', () => {
  it('let everything else in the process have its turn', async () => {
    vi.useRealTimers();
    const { service } = setUpMany();
    const over = new AbortController();
    let turns = 0;
    const others = (async () => {
      for (; !over.signal.aborted; turns += 1) await nextTurn();
    })();
    const source: unknown[] = Array.from({ length: 20_000 }, () => ({ account: 'nobody' }));
    let count = 0;
    for await (const { ok: went } of untyped(service).cancelMany(source)) count += went ? 0 : 1;
    over.abort();
    await others;
    expect(count).toBe(20_000);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('whatever the accounts, the responses and their order', () => {
  const names = ['fast', 'slow', 'third'] as const;
  const answers = {
    yes: ok,
    no: () => json({ result: 'refused' }, 422),
    odd: () => json({ result: 'odd' }),
    broken: () => json({}, 500),
    wrong_login: () => json({}, 401),
    busy: () => limited(60),
    lost: () => Promise.reject(networkError('ECONNRESET', 'read')),
  };
  type Kind = keyof typeof answers;
  const ends: Readonly<Record<Kind, string>> = {
    yes: 'requested',
    no: 'rejected',
    odd: 'outcome_unknown',
    broken: 'outcome_unknown',
    wrong_login: 'unauthorized',
    busy: 'rate_limited',
    lost: 'outcome_unknown',
  };
  const kinds: fc.Arbitrary<Kind> = fc.constantFrom('yes', 'yes', 'yes', 'no', 'odd', 'broken', 'busy', 'busy', 'lost');
  const turn = fc.record({
    kind: fc.oneof({ weight: 30, arbitrary: kinds }, fc.constant<Kind>('wrong_login')),
    turns: fc.nat(6),
  });
  const scripts = fc.array(
    fc.record({ name: fc.constantFrom(...names), answers: fc.array(turn, { minLength: 1, maxLength: 3 }) }),
    { maxLength: 40 },
  );
  const limits = fc.record({
    fast: fc.integer({ min: 1, max: 5 }),
    slow: fc.integer({ min: 1, max: 3 }),
    third: fc.integer({ min: 1, max: 2 }),
  });

  it('each request yields one item, none is sent twice but after a refusal for lack of room, and no lane is exceeded', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, limits, fc.boolean(), async (script, concurrency, isList) => {
        const given = new Map<string, Kind[]>();
        const refused = new Set<Names>();
        const sentInSpite: Record<Names, number> = { fast: 0, slow: 0, third: 0 };
        const { service, most, running } = setUpMany(async (name, id) => {
          const before = given.get(id) ?? [];
          const { kind, turns } = script[Number(id)]?.answers[before.length] ?? { kind: 'yes', turns: 0 };
          given.set(id, [...before, kind]);
          for (const shut of refused) if (shut === name) sentInSpite[shut] += 1;
          for (let count = 0; count < turns; count += 1) await nextTurn();
          return answers[kind]();
        });
        function* generated() {
          for (const [index, { name }] of script.entries()) yield requestOf(name, index);
        }
        const seen: number[] = [];
        const { items, done } = collecting(
          service.cancelMany(isList ? [...generated()] : generated(), {
            concurrency,
            onEvent: ({ type, account, ...event }) => {
              const name = names.find((known) => known === account);
              const isRefusal = type === 'outcome' && 'code' in event && event.code === 'unauthorized';
              if (isRefusal && name !== undefined) refused.add(name);
            },
          }),
        );
        while (items.length < script.length) {
          await rest();
          const before = items.length;
          // First the waits within the calls, then the pauses of the lanes.
          for (let step = 0; step < 3; step += 1) await advance(1);
          if (items.length === before && names.every((name) => running(name) === 0)) await advance(60_000);
        }
        await done;
        for (const item of items) {
          seen.push(item.index);
          const kindsGiven = given.get(String(item.index)) ?? [];
          expect(kindsGiven.slice(0, -1).filter((kind) => kind !== 'busy')).toEqual([]);
          expect(kindsGiven.length).toBeLessThanOrEqual(3);
          const last = kindsGiven.at(-1);
          const isStillWanted = last === undefined || (last === 'busy' && kindsGiven.length < 3);
          if (!isStillWanted) expect(endOf(item)).toBe(ends[last]);
          else expect(['unauthorized', last && ends[last]]).toContain(endOf(item));
          if (isStillWanted) expect(refused).toContain(item.request.account);
        }
        expect(indices(seen.map((index) => ({ index })))).toEqual(upTo(script.length));
        for (const name of names) expect(most(name)).toBeLessThanOrEqual(concurrency[name]);
        // The others that had been started when the first one was refused.
        for (const name of names) expect(sentInSpite[name]).toBeLessThanOrEqual(concurrency[name] - 1);
      }),
      { numRuns: 100 },
    );
  });
});
