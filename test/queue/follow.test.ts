import type { CancellationStatus, ProviderError } from 'cancelkit';
import type { CancelQueue, FollowRecord, QueuedCancellation } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, settle } from './support/open-queue.ts';
import {
  away,
  closedGate,
  lost,
  openShop,
  type Own,
  refuses,
  request,
  says,
  seen,
  type Reply,
} from './support/shop.ts';
import { untyped } from './support/untyped.ts';

const DAY = 86_400_000;

/** As the default, in milliseconds in place of hours. */
const QUICK = {
  afterMs: 30,
  afterDateMs: 30,
  everyMs: 30,
  forMs: 60_000,
  undatedEveryMs: 60,
  undatedForMs: 400,
} as const;

describe.each(DATABASES)('a cancellation that the provider accepted, on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const requested: Reply = () => seen('requested');
  const none: Reply = () => seen('none');
  const gone: Reply = () => refuses('not_found');
  const over: Reply = () => seen('completed');
  const endsOn =
    (value: string, more: Partial<CancellationStatus> = {}): Reply =>
    () =>
      seen('scheduled', { effectiveAt: { value, precision: 'date', source: 'provider' }, ...more });

  it('is completed once the provider says that the service is over', async () => {
    const shop = openShop({ one: { reads: [requested, requested, over] } });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    expect((await settle(queue, 'one'))[0]).toMatchObject({
      state: 'requested',
      follow: { nextAt: expect.any(String) },
    });
    const record = await followedUp(queue, 'one');
    expect(record).toMatchObject({
      state: 'completed',
      needsPerson: false,
      outcome: { ok: true, result: { outcome: 'completed', existing: { state: 'completed' } } },
      follow: { lastSeen: 'completed', readAt: expect.any(String) },
    });
    expect(record.follow?.nextAt).toBeUndefined();
    expect([shop.writes('one'), shop.reads('one')]).toEqual([1, 3]);
    const types = ((await queue.get('one'))?.history ?? []).map(({ type }) => type);
    expect(types.filter((type) => /follow|settled/.test(type))).toEqual([
      'settled',
      'following',
      'followed',
      'following',
      'followed',
      'following',
      'settled',
    ]);
  });

  it('is completed if the service is gone after its date, and that was read twice', async () => {
    const shop = openShop({ one: { reads: [gone] }, two: { reads: [gone, requested, gone] } });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    for (const id of ['one', 'two']) await queue.enqueue(request('alpha', id), { id });
    for (const id of ['one', 'two']) {
      expect(await followedUp(queue, id)).toMatchObject({ state: 'completed', follow: { lastSeen: 'absent' } });
    }
    expect([shop.reads('one'), shop.reads('two')]).toEqual([2, 4]);
  });

  it('delays nothing that waits to be sent if a page answers its readings', async () => {
    const page: Reply = () => new Response('<html>Not here</html>', { status: 404 });
    const ids = ['one', 'two', 'three', 'four', 'five'];
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, { reads: [page] }])));
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    for (const id of ids) await queue.enqueue(request('alpha', id), { id });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    const allRead = (): boolean => ids.every((id) => shop.reads(id) > 0);
    await expect.poll(allRead).toBe(true);
    stop.abort();
    await working;
    expect((await queue.stats()).accounts['alpha']).not.toHaveProperty('pausedUntil');
  });

  it('has lapsed if the provider has none any more, twice in a row; nothing is sent by itself', async () => {
    const shop = openShop({
      one: { reads: [requested, none, requested, none, none] },
      failed: { reads: [() => seen('failed')] },
    });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    for (const id of ['one', 'failed']) await queue.enqueue(request('alpha', id), { id });
    for (const id of ['one', 'failed']) {
      const record = await followedUp(queue, id);
      expect(record).toMatchObject({ state: 'lapsed', needsPerson: true, outcome: { ok: true } });
      expect(record.follow?.finding).toMatch(
        /^shop: the provider accepted this cancellation, and .*The service goes on/,
      );
    }
    await queue.work({ stopWhenIdle: true });
    expect([shop.writes(), shop.reads('one'), shop.reads('failed')]).toEqual([2, 5, 2]);
    expect((await queue.list({ needsPerson: true })).map(({ id }) => id).toSorted()).toEqual(['failed', 'one']);
    expect((await queue.stats()).states.lapsed).toBe(2);
  });

  it('has lapsed if the end of the service moved later than was promised', async () => {
    const shop = openShop({ one: { reads: [endsOn('2026-02-01'), endsOn('2027-02-01')] } });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    await queue.enqueue({ ...request('alpha', 'one'), when: 'end_of_period' }, { id: 'one' });
    const record = await followedUp(queue, 'one');
    expect(record).toMatchObject({
      state: 'lapsed',
      outcome: { result: { effectiveAt: { value: '2026-02-01' } } },
    });
    expect(record.follow?.finding).toContain('was to end on 2026-02-01, and ends on 2027-02-01');
  });

  it('is overdue if it is not over when the readings after its date are', async () => {
    const shop = openShop({
      now: { reads: [requested] },
      dated: {
        reads: [
          () => seen('requested', { effectiveAt: { value: '2026-02-01', precision: 'date', source: 'provider' } }),
        ],
      },
    });
    await using queue = await openQueue(database, { services: shop.services, follow: { ...QUICK, forMs: 90 } });
    await queue.enqueue(request('alpha', 'now'), { id: 'now' });
    await queue.enqueue({ ...request('alpha', 'dated'), when: 'end_of_period' }, { id: 'dated' });
    for (const id of ['now', 'dated']) {
      const record = await followedUp(queue, id);
      expect(record).toMatchObject({ state: 'overdue', needsPerson: true });
      expect(record.follow?.finding).toMatch(/does not say that the service is over/);
    }
    expect(shop.writes()).toBe(2);
    // One reading is never enough.
    expect(shop.reads('dated')).toBeGreaterThanOrEqual(2);
    expect(shop.reads('now')).toBeGreaterThanOrEqual(2);
  });

  it('is scheduled once a reading shows its date, and is read again a week before that date is over everywhere', async () => {
    const shop = openShop({ one: { reads: [endsOn('2090-02-01')] } });
    await using queue = await openQueue(database, { services: shop.services, follow: { ...QUICK, afterDateMs: DAY } });
    await queue.enqueue({ ...request('alpha', 'one'), when: 'end_of_period' }, { id: 'one' });
    await settle(queue, 'one');
    const record = await until(queue, 'one', ({ state }) => state === 'scheduled');
    const nextAt = Date.parse(record.follow?.nextAt ?? '');
    expect(record.outcome).toMatchObject({ result: { outcome: 'scheduled', effectiveAt: { value: '2090-02-01' } } });
    // 1 February is over at UTC-12 on 2 February at noon, UTC.
    expect(Math.abs(nextAt - Date.parse('2090-01-26T12:00:00Z'))).toBeLessThan(60_000);
    await queue.work({ stopWhenIdle: true });
    expect(shop.reads('one')).toBe(1);
  });

  it('is read later if a reading fails, and stays as it is', async () => {
    const shop = openShop({
      one: { reads: [...Array.from({ length: 4 }, () => away), () => says({ verdict: 'unrecognized' }), over] },
    });
    await using queue = await openQueue(database, { services: shop.services, follow: { ...QUICK, everyMs: 8 } });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await settle(queue, 'one');
    const record = await until(queue, 'one', ({ follow }) => follow?.nextAt !== undefined && shopRead(shop, 'one', 3));
    expect(record).toMatchObject({ state: 'requested', needsPerson: false });
    const history = (await queue.get('one'))?.history ?? [];
    expect(history.filter(({ type }) => type === 'followed').at(0)?.data).toMatchObject({
      state: 'requested',
      seen: { failed: 'unavailable' },
    });
  });

  it('rests with its account if the credentials are refused, and stays as it is', async () => {
    const shop = openShop({ one: { reads: [() => refuses('unauthorized')] } });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const record = await until(queue, 'one', ({ follow }) => afterMs(follow) > 60_000);
    expect(record).toMatchObject({ state: 'requested', needsPerson: false });
    expect((await queue.stats()).accounts['alpha']).toMatchObject({ pausedBecause: 'unauthorized' });
    expect(shop.reads('one')).toBe(1);
  });

  it('ends unconfirmed if it cannot be read until the plan is over, and needs no person', async () => {
    const shop = openShop({ one: { reads: [() => refuses('rejected')] } });
    const options = { services: shop.services, follow: { ...QUICK, everyMs: 16, forMs: 90 }, giveUpAfterMs: 20 };
    await using queue = await openQueue(database, options);
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const record = await followedUp(queue, 'one');
    expect(record).toMatchObject({ state: 'requested', needsPerson: false, follow: { ended: 'unconfirmed' } });
    const last = (await queue.get('one'))?.history.at(-1);
    expect(last).toMatchObject({ type: 'followed', data: { ended: 'unconfirmed' } });
  });

  it('is not followed where the provider cannot be read, or that was asked for', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await queue.enqueueMany([{ id: 'two', request: request('alpha', 'two'), follow: false }]);
    for (const record of await settle(queue, 'one', 'two')) {
      expect(record).toMatchObject({ state: 'requested' });
      expect(record.follow).toBeUndefined();
    }
  });

  it('is followed for a day by default, also on a queue that follows nothing else', async () => {
    const shop = openShop();
    await using unfollowed = await openQueue(database, { services: shop.services, follow: false });
    await unfollowed.enqueue(request('alpha', 'three'), { id: 'three' });
    await unfollowed.enqueue(request('alpha', 'four'), { id: 'four', follow: true });
    const [three, four] = await settle(unfollowed, 'three', 'four');
    expect(three?.follow).toBeUndefined();
    expect(Date.parse(four?.follow?.nextAt ?? '') - Date.parse(four?.follow?.since ?? '')).toBe(DAY);
  });

  it('that has lapsed is not sent again once a newer one of its service has been accepted', async () => {
    const shop = openShop({ one: { reads: [none] } });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    await queue.enqueue(request('alpha', 'one'), { id: 'older' });
    const { updatedAt } = await followedUp(queue, 'older');
    await queue.enqueue(request('alpha', 'one'), { id: 'newer', follow: { afterMs: DAY } });
    await settle(queue, 'newer');
    // Nothing has changed of the older one since a person looked at it.
    const refused = await failureOf(queue.retry('older', { by: 'ann', ifUpdatedAt: updatedAt }));
    expect(refused).toMatchObject({ code: 'invalid_request', issues: [{ path: 'id' }] });
    expect(refused.message).toContain('newer is requested');
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes('one')).toBe(2);
    await queue.resolve('older', { by: 'ann', as: 'refused' });
    expect((await failureOf(queue.retry('older', { by: 'ann' }))).message).toContain('newer is requested');
  });

  it('needs no person if a newer cancellation of its service has replaced it, and waits for the outcome of that', async () => {
    const shop = openShop({ one: { reads: [none] } });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    await queue.enqueue(request('alpha', 'one'), { id: 'old' });
    await until(queue, 'old', () => shopRead(shop, 'one', 1));
    await queue.enqueue(request('alpha', 'one'), { id: 'new', notBefore: '2090-01-01', follow: { afterMs: DAY } });
    const waiting = await until(queue, 'old', () => shopRead(shop, 'one', 4));
    expect(waiting).toMatchObject({ state: 'requested', needsPerson: false });
    await queue.withdraw('new', { by: 'ann' });
    await queue.enqueue(request('alpha', 'one'), { id: 'newer', follow: { afterMs: DAY } });
    expect(await followedUp(queue, 'old')).toMatchObject({
      state: 'requested',
      needsPerson: false,
      follow: { ended: 'superseded' },
    });
    expect(await queue.get('newer')).toMatchObject({ state: 'requested', follow: { nextAt: expect.any(String) } });
  });

  it('can be sent again, or resolved, by a person once it has lapsed; what is resolved is followed anew', async () => {
    const shop = openShop({
      again: { reads: [none, none, over] },
      resolved: { reads: [none, none, over] },
      wanted: { reads: [none, none] },
    });
    const ids = ['again', 'resolved', 'wanted'];
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    for (const id of ids) await queue.enqueue(request('alpha', id), { id });
    for (const id of ids) expect(await followedUp(queue, id)).toMatchObject({ state: 'lapsed' });
    await queue.retry('again', { by: 'ann' });
    await queue.resolve('resolved', { by: 'ann', as: 'requested' });
    await queue.resolve('wanted', { by: 'ann', as: 'refused', note: 'the customer stays' });
    expect(await queue.get('wanted')).toMatchObject({ state: 'refused', needsPerson: false, outcome: { ok: false } });
    for (const id of ['again', 'resolved']) expect(await followedUp(queue, id)).toMatchObject({ state: 'completed' });
    expect([shop.writes('again'), shop.writes('resolved'), shop.writes('wanted')]).toEqual([2, 1, 1]);
  });

  it('that has lapsed does not stand in the way of a new one', async () => {
    const shop = openShop({ one: { reads: [none] } });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    expect(await followedUp(queue, 'one')).toMatchObject({ state: 'lapsed' });
    await queue.enqueue(request('alpha', 'one'), { id: 'two' });
    await settle(queue, 'two');
    expect(shop.writes('one')).toBe(2);
    await expect(queue.enqueue({ ...request('alpha', 'one'), reference: 'r' }, { id: 'one' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('that was read back after a lost response is followed, too', async () => {
    const shop = openShop({ one: { writes: [lost], reads: [none, requested, over] } });
    await using queue = await openQueue(database, { services: shop.services, follow: QUICK });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    expect(await followedUp(queue, 'one')).toMatchObject({
      state: 'completed',
      outcome: { result: { reconciled: true } },
    });
    expect(shop.writes('one')).toBe(1);
  });

  it('is not moved to its month while it is followed, and is moved afterwards', async () => {
    const shop = openShop();
    const options = { services: shop.services, schema: `f_${crypto.randomUUID().slice(0, 8)}` };
    {
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await queue.enqueue(request('alpha', 'two'), { id: 'two', follow: false });
      await settle(queue, 'one', 'two');
    }
    {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${options.schema}.cancellation SET updated_at = updated_at - interval '500 days'`);
    }
    await using queue = await openQueue(database, options);
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'requested', follow: { nextAt: expect.any(String) } });
    expect(await queue.get('two')).toBeUndefined();
    expect(shop.reads('one')).toBe(0);
  });

  it('of an earlier version is not followed, and one that is still planned is', async () => {
    const shop = openShop({ open: { reads: [over] } });
    const schema = `f_${crypto.randomUUID().slice(0, 8)}`;
    {
      await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
      await queue.enqueue(request('alpha', 'done'), { id: 'done' });
      await settle(queue, 'done');
      await queue.enqueue(request('alpha', 'open'), { id: 'open' });
    }
    await using queue = await openQueue(database, { services: shop.services, schema, follow: QUICK });
    expect(await followedUp(queue, 'open')).toMatchObject({ state: 'completed' });
    expect((await queue.get('done'))?.follow).toBeUndefined();
    expect(shop.reads('done')).toBe(0);
  });

  it('counts its readings against the limits of the account', async () => {
    const gate = closedGate();
    const ids = Array.from({ length: 6 }, (__, index) => `s-${index}`);
    const slow: Reply = () => gate.pass(over);
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, { reads: [slow] }])));
    const options = { services: shop.services, follow: QUICK, limits: { alpha: { concurrency: 2 } } };
    await using queue = await openQueue(database, options);
    await queue.enqueueMany(ids.map((id) => ({ id, request: request('alpha', id) })));
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await gate.held(2);
    expect((await queue.stats()).accounts['alpha']).toMatchObject({ inFlight: 2 });
    gate.open();
    for (const id of ids) await until(queue, id, ({ state }) => state === 'completed', false);
    stop.abort();
    await working;
    expect(shop.most('alpha')).toBe(2);
  });

  it.each([
    [{ afterMs: 0 }, 'options.follow.afterMs'],
    [{ everyMs: -1 }, 'options.follow.everyMs'],
    [{ forMs: Infinity }, 'options.follow.forMs'],
    [{ after: 5 }, 'options.follow'],
    ['yes', 'options.follow'],
  ])('is not followed by a plan such as %j', async (follow, path) => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await expect(untyped(queue).enqueue(request('alpha', 'one'), { follow })).rejects.toSatisfy(
      (error: ProviderError) => error.code === 'invalid_request' && error.issues?.[0]?.path === path,
    );
  });
});

type Queue = Pick<CancelQueue<Own>, 'work' | 'get'>;

/** Works until a cancellation is not followed any more. */
async function followedUp(queue: Queue, id: string): Promise<QueuedCancellation> {
  return await until(
    queue,
    id,
    ({ state, follow }) =>
      follow !== undefined && (follow.nextAt === undefined || !/^(requested|scheduled)$/.test(state)),
  );
}

/** Looks at a cancellation until that is so; works meanwhile, unless somebody else does. */
async function until(
  queue: Queue,
  id: string,
  isSo: (record: QueuedCancellation) => boolean,
  works = true,
): Promise<QueuedCancellation> {
  const stop = new AbortController();
  const working = works ? queue.work({ signal: stop.signal }) : Promise.resolve();
  try {
    for (const end = performance.now() + 15_000; ;) {
      const record = await queue.get(id);
      if (record !== undefined && isSo(record)) return record;
      if (performance.now() > end) throw new Error(`nothing came of it: ${JSON.stringify(record)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    stop.abort();
    await working;
  }
}

function shopRead(shop: { readonly reads: (id: string) => number }, id: string, count: number): boolean {
  return shop.reads(id) >= count;
}

/** How long it is until the next reading, counted from the last change. */
function afterMs(follow: FollowRecord | undefined): number {
  return Date.parse(follow?.nextAt ?? '') - Date.now();
}
