import { setTimeout as delay } from 'node:timers/promises';
import { createCancelService, type CancelRequest } from 'cancelkit';
import type { QueueState } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acme } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, schemaOf, settle } from './support/open-queue.ts';
import { accepted, away, busy, closedGate, openShop, refuses, request, says, type Own } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

describe.each(DATABASES)('a worker on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('has written down that it is going to send before the provider is asked', async () => {
    const states: (QueueState | undefined)[] = [];
    const look = async (): Promise<Response> => {
      states.push((await queue.get('one'))?.state);
      return accepted();
    };
    const shop = openShop({ one: { writes: [look] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', by: 'ann' });
    await queue.work({ stopWhenIdle: true });
    expect(states).toHaveLength(1);
    expect(['intent', 'sent']).toContain(states[0]);
    const record = await queue.get('one');
    expect(record).toMatchObject({ state: 'requested', tries: 1, needsPerson: false });
    const story = record?.history.map(({ type }) => type);
    expect(story).toEqual(['enqueued', 'intent', 'attempt', 'answer', 'settled']);
    expect(Date.parse(record?.sentAt ?? '')).toBeGreaterThanOrEqual(Date.parse(record?.createdAt ?? ''));
  });

  it('works on what an earlier process left, and on its own accounts alone', async () => {
    const schema = schemaOf(database);
    const shop = openShop();
    const first = await openQueue(database, { services: shop.services, schema });
    await first.enqueue(request('alpha', 'one'), { id: 'one' });
    await first.close();
    const stranger = createCancelService({ gamma: acme() });
    const second = await openQueue(database, { services: stranger, schema });
    await second.work({ stopWhenIdle: true });
    expect(await second.get('one')).toMatchObject({ state: 'planned', tries: 0 });
    await second.close();
    await using third = await openQueue(database, { services: shop.services, schema });
    await third.work({ stopWhenIdle: true });
    expect(await third.get('one')).toMatchObject({ state: 'requested' });
    expect(shop.writes('one')).toBe(1);
  });

  it('lets an account rest that is forbidden, unless it was let in before', async () => {
    const forbidden = (): Response => refuses('forbidden');
    const shop = openShop({ one: { writes: [forbidden, () => accepted()] }, late: { writes: [forbidden] } });
    await using queue = await openQueue(database, { services: shop.services, limits: { alpha: { concurrency: 1 } } });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', priority: 1 });
    await queue.enqueue(request('alpha', 'two'), { id: 'two' });
    await queue.work({ stopWhenIdle: true });
    expect(shop.order()).toEqual(['one']);
    expect(await queue.get('one')).toMatchObject({ state: 'planned', lastError: { code: 'forbidden' } });
    expect(await queue.get('two')).toMatchObject({ state: 'planned', tries: 0 });
    expect((await queue.stats()).accounts['alpha']).toMatchObject({ pausedBecause: 'forbidden' });
    // It is let in, so the next refusal is about one service.
    await queue.resume('alpha');
    await queue.enqueue(request('alpha', 'late'), { id: 'late', priority: -1 });
    await queue.work({ stopWhenIdle: true });
    expect(shop.order()).toEqual(['one', 'one', 'two', 'late']);
    expect(await queue.get('two')).toMatchObject({ state: 'requested' });
    expect(await queue.get('late')).toMatchObject({ state: 'refused', outcome: { error: { code: 'forbidden' } } });
    expect((await queue.stats()).accounts['alpha']).not.toHaveProperty('pausedUntil');
  });

  it.each([
    ['alpha', 6],
    ['blind', 3],
  ] as const)('lets the account %s rest after three cancellations that a page answered', async (account, asked) => {
    let isDown = true;
    const page = (): Response => new Response('<html>Maintenance</html>', { headers: { 'content-type': 'text/html' } });
    const ids = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    const script = { writes: [() => (isDown ? page() : accepted())], reads: [page] };
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, script])));
    await using queue = await openQueue(database, { services: shop.services });
    for (const id of ids) await queue.enqueue(request(account, id), { id });
    await queue.work({ stopWhenIdle: true });
    expect([shop.writes(), shop.hosts().length]).toEqual([3, asked]);
    const needsPerson = account === 'blind';
    const stats = await queue.stats();
    expect(stats.accounts[account]).toMatchObject({
      states: { planned: 4, unknown: 3 },
      pausedBecause: 'outcome_unknown',
      needsPerson: needsPerson ? 3 : 0,
    });
    isDown = false;
    await queue.resume(account);
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(7);
    expect((await queue.stats()).accounts[account]?.states).toMatchObject({ requested: 4, unknown: 3 });
  });

  it('sends nothing again that something else answered, and keeps the rest of the account after three', async () => {
    let isMoved = true;
    const login = (): Response => new Response('', { status: 302, headers: { location: '/login' } });
    const ids = ['one', 'two', 'three', 'four', 'five'];
    const script = { writes: [() => (isMoved ? login() : accepted())] };
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, script])));
    await using queue = await openQueue(database, { services: shop.services });
    for (const id of ids) await queue.enqueue(request('alpha', id), { id });
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(3);
    const stats = await queue.stats();
    expect(stats.accounts['alpha']).toMatchObject({
      states: { refused: 3, planned: 2 },
      pausedBecause: 'unexpected_response',
    });
    isMoved = false;
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(5);
    expect((await queue.stats()).accounts['alpha']?.states).toMatchObject({ refused: 3, requested: 2 });
  });

  it('lets an account rest if its provider asks for it, and goes on with the others', async () => {
    const shop = openShop({ one: { writes: [() => busy(429, 3_600)] } });
    await using queue = await openQueue(database, { services: shop.services, limits: { alpha: { concurrency: 1 } } });
    await queue.enqueueMany([
      { request: request('alpha', 'one'), id: 'one', priority: 1 },
      { request: request('alpha', 'two'), id: 'two' },
      { request: request('beta', 'three'), id: 'three' },
    ]);
    await queue.work({ stopWhenIdle: true });
    expect(shop.order().toSorted()).toEqual(['one', 'three']);
    const one = await queue.get('one');
    expect(one).toMatchObject({ state: 'planned', lastError: { code: 'rate_limited' } });
    expect(one).not.toHaveProperty('outcome');
    expect(one?.notBefore).toBe(one?.lastError?.retryAt);
    expect(await queue.get('two')).toMatchObject({ state: 'planned', tries: 0 });
    expect(await queue.get('three')).toMatchObject({ state: 'requested' });
    const { accounts } = await queue.stats();
    expect(accounts['alpha']).toMatchObject({ pausedUntil: one?.notBefore, pausedBecause: 'rate_limited' });
    expect(accounts['beta']).not.toHaveProperty('pausedUntil');
  });

  it('goes on with the account by itself when its rest is over, and not before', async () => {
    const times: number[] = [];
    const note = (): Response => {
      times.push(Date.now());
      return accepted();
    };
    const shop = openShop({ one: { writes: [() => busy(429, 1), note] }, two: { writes: [note] } });
    const limits = { alpha: { concurrency: 1 } };
    // The wait does not fit into a call, so the queue waits.
    await using queue = await openQueue(database, { services: shop.services, limits, deadlineMs: 900 });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', priority: 1 });
    await queue.enqueue(request('alpha', 'two'), { id: 'two' });
    const settled = await settle(queue, 'one', 'two');
    expect(settled.map(({ state }) => state)).toEqual(['requested', 'requested']);
    const rest = (await queue.get('one'))?.history.find(({ data }) => data['code'] === 'rate_limited');
    const until = Date.parse(String(rest?.data['next']));
    expect(times).toHaveLength(2);
    expect([shop.writes('one'), shop.writes('two')]).toEqual([2, 1]);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(until);
  });

  it('stops at credentials that are refused after one send, and loses nothing', async () => {
    let isWrong = true;
    const guarded = (): Response => (isWrong ? refuses('unauthorized') : accepted());
    const ids = Array.from({ length: 9 }, (_, index) => `id-${index}`);
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, { writes: [guarded] }])));
    await using queue = await openQueue(database, { services: shop.services, limits: { alpha: { concurrency: 1 } } });
    const of = (account: 'alpha' | 'beta', id: string): { id: string; request: CancelRequest<Own> } => ({
      id,
      request: request(account, id),
    });
    await queue.enqueueMany(ids.map((id, index) => of(index < 3 ? 'alpha' : 'beta', id)));
    await queue.work({ stopWhenIdle: true });
    const [sentAtAlpha, sentAtBeta] = [ids.slice(0, 3), ids.slice(3)].map((own) =>
      own.reduce((sum, id) => sum + shop.writes(id), 0),
    );
    expect([sentAtAlpha, sentAtBeta]).toEqual([1, 1]);
    const { states, accounts } = await queue.stats();
    expect(states).toMatchObject({ planned: 9, refused: 0 });
    expect([accounts['alpha']?.pausedBecause, accounts['beta']?.pausedBecause]).toEqual([
      'unauthorized',
      'unauthorized',
    ]);
    const before = shop.writes();
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(before);

    isWrong = false;
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    expect(await queue.stats()).toMatchObject({ states: { planned: 6, requested: 3 } });
    expect(shop.writes()).toBe(before + 3);
    await queue.resume('beta');
    await queue.work({ stopWhenIdle: true });
    expect(await queue.stats()).toMatchObject({ states: { planned: 0, requested: 9 } });
    expect(shop.writes()).toBe(before + 9);
  });

  it('sends one request of an account after a rest for refused credentials, also within one run', async () => {
    let isWrong = false;
    const guarded = (): Response => (isWrong ? refuses('unauthorized') : accepted());
    const ids = Array.from({ length: 12 }, (_, index) => `id-${index}`);
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, { writes: [guarded] }])));
    await using queue = await openQueue(database, { services: shop.services, limits: { alpha: { concurrency: 4 } } });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await queue.enqueue(request('alpha', 'id-0'), { id: 'id-0' });
    expect(await queue.wait('id-0')).toMatchObject({ state: 'requested' });
    isWrong = true;
    await queue.enqueueMany(ids.slice(1).map((id) => ({ id, request: request('alpha', id) })));
    const paused = async (): Promise<boolean> => (await queue.stats()).accounts['alpha']?.pausedBecause !== undefined;
    await expect.poll(paused).toBe(true);
    await expect.poll(async () => (await queue.stats()).states.intent).toBe(0);
    const before = shop.writes();
    expect(before).toBeLessThanOrEqual(5);
    await queue.resume('alpha');
    await expect.poll(() => shop.writes()).toBe(before + 1);
    await expect.poll(paused).toBe(true);
    isWrong = false;
    await queue.resume('alpha');
    await expect.poll(async () => (await queue.stats()).states.requested).toBe(12);
    expect(shop.writes()).toBe(before + 12);
    stop.abort();
    await working;
  });

  it('tries again what the provider has not taken, and tells why it waits', async () => {
    const soon = (): Response => busy(425, 0);
    // A call sends what was refused unprocessed three times; the fourth is the queue's own.
    const shop = openShop({ one: { writes: [soon, soon, soon, accepted] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const [record] = await settle(queue, 'one');
    expect(record).toMatchObject({ state: 'requested', tries: 2 });
    expect(record).not.toHaveProperty('lastError');
    const recorded = (await queue.get('one'))?.history.filter(({ type }) => type === 'settled');
    expect(recorded?.map(({ data }) => [data['state'], data['code']])).toEqual([
      ['planned', 'unavailable'],
      ['requested', undefined],
    ]);
    expect(shop.writes('one')).toBe(4);
  });

  it('tries again later if nobody listens, and immediately after a person’s word', async () => {
    let isAway = true;
    const shop = openShop({ one: { writes: [() => (isAway ? away() : accepted())] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    const record = await queue.get('one');
    expect(record).toMatchObject({ state: 'planned', tries: 1, lastError: { code: 'unavailable' } });
    expect(Date.parse(record?.notBefore ?? '')).toBeGreaterThan(Date.now());
    isAway = false;
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'requested', tries: 2 });
  });

  it('gives up on what the provider has not taken for long enough', async () => {
    const shop = openShop({ one: { writes: [() => busy(425, 0)] } });
    await using queue = await openQueue(database, { services: shop.services, giveUpAfterMs: 2_500 });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const [record] = await settle(queue, 'one');
    expect(record).toMatchObject({
      state: 'refused',
      needsPerson: false,
      outcome: { ok: false, error: { code: 'unavailable' } },
    });
    expect(record?.tries).toBeGreaterThan(1);
  });

  it('writes down a response that the database cannot keep unchanged', async () => {
    const odd = { verdict: 'accepted', outcome: 'requested', note: 'a\0b \ud800 \\u0000', 'k\0': '😀' } as const;
    const shop = openShop({ one: { writes: [() => says(odd)] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueueMany(['one', 'two'].map((id) => ({ id, request: request('alpha', id) })));
    const settled = await settle(queue, 'one', 'two');
    expect(settled.map(({ state }) => state)).toEqual(['requested', 'requested']);
    expect(settled[0]?.outcome).toMatchObject({
      result: { raw: { status: 200, body: { note: 'a\ufffdb \ufffd \\u0000', 'k\ufffd': '😀' } } },
    });
  });

  it('lets started cancellations finish when the signal aborts, and starts nothing more', async () => {
    const gate = closedGate();
    const ids = ['one', 'two', 'three', 'four', 'five'];
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, { writes: [() => gate.pass()] }])));
    await using queue = await openQueue(database, { services: shop.services, limits: { alpha: { concurrency: 2 } } });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    // The first one is answered: until then an account has one request in flight.
    await queue.enqueue(request('alpha', 'first'), { id: 'first' });
    await queue.wait('first');
    await queue.enqueueMany(ids.map((id) => ({ id, request: request('alpha', id) })));
    await gate.held(2);
    expect(await queue.stats()).toMatchObject({ accounts: { alpha: { inFlight: 2 } } });
    stop.abort();
    gate.open();
    await working;
    expect((await queue.stats()).states).toMatchObject({ requested: 3, planned: 3, intent: 0, sent: 0 });
    await queue.work({ signal: stop.signal });
    expect(shop.writes()).toBe(3);
  });

  it('shares the queue with another one, and together they keep to the limit of the account', async () => {
    const gate = closedGate();
    const ids = Array.from({ length: 24 }, (_, index) => `id-${index}`);
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, { writes: [() => gate.pass()] }])));
    await using queue = await openQueue(database, { services: shop.services, limits: { alpha: { concurrency: 3 } } });
    // The first one is answered: until then each worker has one request of the account in flight.
    await queue.enqueueMany(['first', ...ids].map((id) => ({ id, request: request('alpha', id) })));
    const working = [queue.work({ stopWhenIdle: true }), queue.work({ stopWhenIdle: true })];
    await gate.held(3);
    gate.open();
    await Promise.all(working);
    expect(shop.most('alpha')).toBe(3);
    expect(shop.order().toSorted()).toEqual(['first', ...ids].toSorted());
    expect((await queue.stats()).states.requested).toBe(25);
  });

  it('runs no more concurrently than it is allowed to, over all accounts', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    const accounts = ['alpha', 'beta', 'blind'] as const;
    const items = Array.from({ length: 4 }, (_, index) => accounts.map((account) => request(account, `id-${index}`)));
    await queue.enqueueMany(items.flat().map((one) => ({ request: one })));
    await queue.work({ stopWhenIdle: true, concurrency: 1 });
    expect([shop.writes(), shop.most()]).toEqual([12, 1]);
  });

  it('takes the higher priority first, within its account', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services, limits: { alpha: { concurrency: 1 } } });
    const priorities = [0, -1_000, 7, 1_000, -3];
    await queue.enqueueMany(
      priorities.map((priority) => ({ priority, request: request('alpha', `priority${priority}`) })),
    );
    await queue.work({ stopWhenIdle: true });
    expect(shop.order()).toEqual(['priority1000', 'priority7', 'priority0', 'priority-3', 'priority-1000']);
  });

  it('starts no more of an account in any time than its rate allows', async () => {
    const shop = openShop();
    const limits = { alpha: { rate: { count: 2, perMs: 600_000 } } };
    await using queue = await openQueue(database, { services: shop.services, limits });
    const ids = ['one', 'two', 'three', 'four'];
    await queue.enqueueMany(ids.map((id) => ({ id, request: request('alpha', id) })));
    await queue.enqueue(request('beta', 'five'), { id: 'five' });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await queue.wait('five');
    // Some more cycles, in which it could do wrong.
    await delay(200);
    stop.abort();
    await working;
    expect((await queue.list({ account: 'alpha', state: 'requested' })).map(({ account }) => account)).toEqual([
      'alpha',
      'alpha',
    ]);
    expect(shop.writes()).toBe(3);
  });

  it('has nothing to do with an empty queue, and takes no odd options', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    await queue.work({ stopWhenIdle: true });
    for (const [options, path] of [
      [{ concurrency: 0 }, 'options.concurrency'],
      [{ concurrency: 1_001 }, 'options.concurrency'],
      [{ signal: {} }, 'options.signal'],
      [{ stopWhenIdle: 'yes' }, 'options.stopWhenIdle'],
      [{ forever: true }, 'options.forever'],
    ] as const) {
      expect(await failureOf(untyped(queue).work(options))).toMatchObject({
        code: 'invalid_request',
        issues: [{ path }],
      });
    }
    for (const account of ['gamma', 5]) {
      const error = await failureOf(untyped(queue).resume(account));
      expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'account' }] });
    }
  });
});
