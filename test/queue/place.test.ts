import { createCancelService } from 'cancelkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acme } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, schemaOf } from './support/open-queue.ts';
import { lost, openShop, request, seen, TOKEN, type Script, type Shop } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

const OLD = 'https://old.example.com';
const NEW = 'https://new.example.com/api';

/** A shop whose accounts lead somewhere else from now on, whenever that is said. */
function movingShop(scripts: Readonly<Record<string, Script>> = {}): Shop & { moveTo: (baseUrl: string) => void } {
  let place = OLD;
  const shop = openShop(scripts, TOKEN, () => place);
  return { ...shop, moveTo: (baseUrl) => (place = baseUrl) };
}

describe.each(DATABASES)('a cancellation whose account leads to another place by now, on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('is held for a person, and not sent there', async () => {
    const shop = movingShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.enqueueMany([{ id: 'two', request: request('beta', 'two') }]);
    shop.moveTo(NEW);
    await queue.work({ stopWhenIdle: true });
    await queue.work({ stopWhenIdle: true });
    for (const id of ['one', 'two']) {
      const record = await queue.wait(id);
      expect(record).toMatchObject({
        state: 'planned',
        needsPerson: true,
        place: `shop ${OLD}/`,
        otherPlace: `shop ${NEW}`,
        lastError: { code: 'not_configured' },
      });
      expect(record.lastError?.message).toContain(`leads to shop ${NEW} now`);
      expect(record.lastError?.message).toContain(`enqueued for shop ${OLD}/`);
      expect(JSON.stringify(record)).not.toContain(TOKEN);
    }
    expect(shop.hosts()).toEqual([]);
    // The account itself does not rest: what is enqueued for the new place goes there.
    await queue.enqueue(request('alpha', 'three'), { id: 'three' });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('three')).toMatchObject({ state: 'requested', place: `shop ${NEW}` });
    expect(shop.hosts()).toEqual(['new.example.com']);
  });

  it('sends a person to the place that it was enqueued for, and nowhere else', async () => {
    const shop = movingShop();
    const asked: unknown[] = [];
    const said = { steps: ['Look.'], source: 'inferred' } as const;
    const whereToLook = async (request: unknown, options?: { readonly place?: string | undefined }) => {
      asked.push([request, options?.place]);
      return Promise.resolve(said);
    };
    await using queue = await openQueue(database, { services: { ...shop.services, whereToLook } });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    expect(await queue.whereToLook('one')).toEqual(said);
    expect(asked).toEqual([[{ account: 'alpha', service: request('alpha', 'one').service }, `shop ${OLD}/`]]);
    expect(await queue.whereToLook('two')).toBeUndefined();
    expect(await failureOf(untyped(queue).whereToLook(7))).toMatchObject({ code: 'invalid_request' });
  });

  it('is not taken for absent because it is absent there', async () => {
    const shop = movingShop({ one: { writes: [lost], reads: [() => seen('none')] } });
    await using queue = await openQueue(database, { services: shop.services, whenAbsent: 'send_again' });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    shop.moveTo(OLD);
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    while (shop.reads('one') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    shop.moveTo(NEW);
    const record = await queue.wait('one', { timeoutMs: 45_000 });
    stop.abort();
    await working;
    expect(record).toMatchObject({ state: 'unknown', needsPerson: true, otherPlace: `shop ${NEW}` });
    expect(record.outcome).toMatchObject({ ok: false, error: { code: 'outcome_unknown' } });
    expect(new Set(shop.hosts())).toEqual(new Set(['old.example.com']));
  });

  it('goes on at its own place once the account leads there again and is resumed', async () => {
    const shop = movingShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    shop.moveTo(NEW);
    await queue.work({ stopWhenIdle: true });
    // Resumed too early, it is held again.
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'planned', needsPerson: true });
    shop.moveTo(OLD);
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'requested', needsPerson: false });
    expect(shop.hosts()).toEqual(['old.example.com']);
  });

  it('goes to the place that a person has accepted, and to no third one', async () => {
    const shop = movingShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueueMany(['one', 'two'].map((id) => ({ id, request: request('alpha', id) })));
    shop.moveTo(NEW);
    await queue.work({ stopWhenIdle: true });
    await queue.retry('one', { by: 'ann', acceptPlace: true });
    // Without that, it stays pinned.
    await queue.retry('two', { by: 'ann' });
    shop.moveTo('https://third.example.com');
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({
      needsPerson: true,
      place: `shop ${NEW}`,
      otherPlace: 'shop https://third.example.com/',
    });
    shop.moveTo(NEW);
    await queue.retry('one', { by: 'ann' });
    await queue.work({ stopWhenIdle: true });
    const one = await queue.get('one');
    expect(one).toMatchObject({ state: 'requested', place: `shop ${NEW}` });
    expect(one?.history.find(({ type }) => type === 'retried')?.data).toEqual({ by: 'ann', place: `shop ${NEW}` });
    expect(await queue.get('two')).toMatchObject({ state: 'planned', needsPerson: true, place: `shop ${OLD}/` });
    expect(shop.hosts()).toEqual(['new.example.com']);
    await queue.withdraw('two', { by: 'ann' });
    expect(await queue.get('two')).toMatchObject({ state: 'refused', needsPerson: false });
  });

  it('offers no place to accept while none has been seen', async () => {
    const shop = movingShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    expect(await failureOf(queue.retry('one', { by: 'ann' }))).toMatchObject({ issues: [{ path: 'id' }] });
    await queue.withdraw('one', { by: 'ann' });
    for (const acceptPlace of [true, 'yes', `shop ${NEW}`]) {
      expect(await failureOf(untyped(queue).retry('one', { by: 'ann', acceptPlace }))).toMatchObject({
        code: 'invalid_request',
        issues: [{ path: 'decision.acceptPlace' }],
      });
    }
  });

  it('is compared with the configuration of the very call that sends it', async () => {
    // Leads to the old place whenever it is looked at, and to the new one at the call.
    let reads = 0;
    const shop = openShop({}, TOKEN, () => (reads++ === 0 ? OLD : NEW));
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'planned', needsPerson: true });
    expect(shop.hosts()).toEqual([]);
  });

  it('is pinned before it is first sent, if the configuration could not be read when it was enqueued', async () => {
    let place: string | undefined;
    let inLedger: string | undefined;
    const look = async (): Promise<Response> => {
      inLedger = (await queue.get('one'))?.place;
      return lost();
    };
    const shop = openShop({ one: { writes: [look] } }, TOKEN, () => place ?? Promise.reject(new Error(TOKEN)));
    const schema = schemaOf(database);
    await using queue = await openQueue(database, { services: shop.services, schema });
    expect(await queue.enqueue(request('alpha', 'one'), { id: 'one' })).toEqual({ id: 'one', added: true });
    expect(await queue.get('one')).not.toHaveProperty('place');
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'planned', lastError: { code: 'not_configured' } });
    expect(await queue.get('one')).not.toHaveProperty('place');
    place = OLD;
    await queue.resume('alpha');
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    while (shop.writes('one') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    place = NEW;
    expect(await queue.wait('one', { timeoutMs: 45_000 })).toMatchObject({
      state: 'unknown',
      otherPlace: `shop ${NEW}`,
    });
    stop.abort();
    await working;
    expect(inLedger).toBe(`shop ${OLD}/`);
    expect(new Set(shop.hosts())).toEqual(new Set(['old.example.com']));
  });

  it('is held if its account is one of another provider by now', async () => {
    const schema = schemaOf(database);
    const first = await openQueue(database, { services: movingShop().services, schema });
    await first.enqueue(request('alpha', 'one'), { id: 'one' });
    await first.close();
    const stranger = createCancelService({
      alpha: acme({ baseUrl: 'https://api.example.com/v1', token: 'token-of-acme' }),
    });
    await using second = await openQueue(database, { services: stranger, schema });
    await second.work({ stopWhenIdle: true });
    expect(await second.get('one')).toMatchObject({
      state: 'planned',
      needsPerson: true,
      place: `shop ${OLD}/`,
      otherPlace: 'acme https://api.example.com/v1',
    });
    const error = await failureOf(second.retry('one', { by: 'ann', acceptPlace: true }));
    expect(error).toMatchObject({ issues: [{ path: 'decision.acceptPlace' }] });
  });

  it('shows no secret that the address contains', async () => {
    const shop = openShop({}, TOKEN, () => `${OLD}/${TOKEN}/`);
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    const one = await queue.get('one');
    expect(one).toMatchObject({ state: 'requested', place: `shop ${OLD}/[REDACTED]` });
    expect(JSON.stringify(one)).not.toContain(TOKEN);
  });

  it('is not read back sooner than planned after a person read it back while its account led elsewhere', async () => {
    const shop = movingShop({ one: { writes: [lost] } });
    const readBackAfterMs = [1, 3_600_000];
    await using queue = await openQueue(database, {
      services: shop.services,
      readBackAfterMs,
      whenAbsent: 'send_again',
    });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    let planned = 0;
    for (let turn = 0; turn < 50 && planned < Date.now() + 1_800_000; turn += 1) {
      await queue.work({ stopWhenIdle: true });
      planned = Date.parse((await queue.get('one'))?.notBefore ?? '1970-01-01');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    shop.moveTo(NEW);
    expect(await failureOf(queue.readBack('one', { by: 'ann' }))).toMatchObject({ code: 'not_configured' });
    expect(await queue.get('one')).toMatchObject({ needsPerson: true, otherPlace: `shop ${NEW}` });
    shop.moveTo(OLD);
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    const { state, needsPerson, notBefore } = (await queue.get('one')) ?? {};
    expect([state, needsPerson, shop.writes('one')]).toEqual(['unknown', false, 1]);
    expect(Math.abs(Date.parse(String(notBefore)) - planned)).toBeLessThan(30_000);
  });

  it('goes on by itself once a person has read it back at its own place again, and is not left to anyone', async () => {
    const shop = movingShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [1, 3_600_000] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    while (shop.reads('one') === 0) await queue.work({ stopWhenIdle: true });
    shop.moveTo(NEW);
    await failureOf(queue.readBack('one', { by: 'ann' }));
    shop.moveTo(OLD);
    const read = await queue.readBack('one', { by: 'ann' });
    expect(read).toMatchObject({ state: 'unknown', needsPerson: false, notBefore: expect.any(String) });
    expect(read).not.toHaveProperty('otherPlace');
  });

  it('is read again once its account is resumed, if it is followed', async () => {
    const shop = movingShop({ one: { reads: [() => seen('completed')] } });
    await using queue = await openQueue(database, {
      services: shop.services,
      follow: { afterMs: 1_000, everyMs: 3_600_000 },
    });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'requested' });
    shop.moveTo(NEW);
    await expect
      .poll(async () => {
        await queue.work({ stopWhenIdle: true });
        return await queue.get('one');
      })
      .toMatchObject({ state: 'requested', needsPerson: false, otherPlace: `shop ${NEW}` });
    expect(Date.parse((await queue.get('one'))?.follow?.nextAt ?? '')).toBeGreaterThan(Date.now() + 60_000);
    // Still elsewhere: it is compared anew, and not read.
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'requested', otherPlace: `shop ${NEW}` });
    expect(shop.reads('one')).toBe(0);
    shop.moveTo(OLD);
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    const record = await queue.get('one');
    expect(record).toMatchObject({ state: 'completed', needsPerson: false });
    expect(record).not.toHaveProperty('otherPlace');
    expect([shop.reads('one'), shop.hosts()]).toEqual([1, ['old.example.com', 'old.example.com']]);
  });
});
