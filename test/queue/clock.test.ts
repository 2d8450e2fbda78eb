import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/queue/database/database.ts';
import { datedService, type DatedAccount } from '../support/dated.ts';
import { json, recordingFetch } from '../support/fetch.ts';
import { startPglite, startPostgres, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf } from './support/open-queue.ts';
import { shiftClock } from './support/shifted-clock.ts';
import { accepted, busy, lost, openShop, refuses, request } from './support/shop.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a worker on PostgreSQL whose clock is wrong', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const offsets = [
    ['20 minutes behind', -20 * MINUTE],
    ['25 hours behind', -25 * HOUR],
    ['30 minutes ahead', 30 * MINUTE],
    ['25 hours ahead', 25 * HOUR],
  ] as const;

  it.each(offsets)('lets an account rest as long as it has to, and sends nothing meanwhile: %s', async (_, offset) => {
    const schema = schemaOf(database);
    const shop = openShop({
      one: { writes: [() => refuses('unauthorized')] },
      two: { writes: [() => busy(429, 3_600)] },
    });
    const limits = { alpha: { concurrency: 1 }, beta: { concurrency: 1 } };
    using _clock = shiftClock(offset);
    await using queue = await openQueue(database, { services: shop.services, limits, schema });
    await queue.enqueueMany([
      { id: 'one', request: request('alpha', 'one') },
      { id: 'two', request: request('beta', 'two') },
    ]);
    for (let round = 0; round < 5; round += 1) await queue.work({ stopWhenIdle: true });
    expect([shop.writes('one'), shop.writes('two')]).toEqual([1, 1]);
    await using tables = await openTables(database);
    const [alpha = 0, beta = 0] = await minutesUntil(
      tables,
      `SELECT paused_until AS at FROM ${schema}.account ORDER BY name`,
    );
    expect([Math.round(alpha), Math.round(beta)]).toEqual([15, 60]);
    const two = await queue.get('two');
    expect(two?.lastError).toMatchObject({ code: 'rate_limited', retryAt: two?.notBefore });
    const { accounts } = await queue.stats();
    expect(accounts['beta']?.pausedUntil).toBe(two?.notBefore);
    await queue.close();
    await tables.query(`DROP SCHEMA ${schema}, ${schema}_jobs CASCADE`);
  });

  it.each(offsets)('reads back on the schedule, and confirms nothing early: %s', async (_, offset) => {
    const schema = schemaOf(database);
    const shop = openShop({ one: { writes: [lost] } });
    using _clock = shiftClock(offset);
    await using queue = await openQueue(database, {
      services: shop.services,
      schema,
      readBackAfterMs: [20, 40, 60 * MINUTE, 24 * HOUR],
    });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const stop = AbortSignal.timeout(1_000);
    await queue.work({ signal: stop });
    const one = await queue.get('one');
    // The call reads back once by itself.
    expect(shop.reads('one')).toBe(3);
    expect(one).toMatchObject({ state: 'unknown', needsPerson: false });
    await using tables = await openTables(database);
    const [next = 0] = await minutesUntil(tables, `SELECT not_before AS at FROM ${schema}.cancellation`);
    expect(Math.round(next)).toBe(60);
    await queue.close();
    await tables.query(`DROP SCHEMA ${schema}, ${schema}_jobs CASCADE`);
  });

  it.each(offsets)('writes every time by the database’s clock: %s', async (_, offset) => {
    const schema = schemaOf(database);
    const shop = openShop({ one: { writes: [lost] } });
    await using tables = await openTables(database);
    const from = await databaseTime(tables);
    {
      using _clock = shiftClock(offset);
      await using queue = await openQueue(database, { services: shop.services, schema, readBackAfterMs: [HOUR] });
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await queue.enqueue(request('alpha', 'two'), { id: 'two', notBefore: '2100-01-01' });
      await queue.work({ stopWhenIdle: true });
      await queue.withdraw('two', { by: 'ann' });
    }
    const to = await databaseTime(tables);
    await using queue = await openQueue(database, { services: shop.services, schema });
    const one = await queue.get('one');
    const two = await queue.get('two');
    const { outcome } = one ?? {};
    const sentAt = outcome?.ok === false ? outcome.error.sentAt : undefined;
    const times = [one?.sentAt, sentAt, one?.createdAt, one?.updatedAt, two?.updatedAt].map(String);
    const history = [one, two].flatMap((record) => record?.history ?? []);
    expect(history.map(({ type }) => type)).toEqual([
      'enqueued',
      'intent',
      'attempt',
      'answer',
      'read_back',
      'attempt',
      'answer',
      'settled',
      'enqueued',
      'withdrawn',
    ]);
    for (const time of [...times, ...history.map(({ at }) => at)].map((at) => Date.parse(at))) {
      expect(time).toBeGreaterThanOrEqual(from - 5);
      expect(time).toBeLessThanOrEqual(to + 5);
    }
    expect(sentAt).toBe(one?.sentAt);
    await queue.close();
    await tables.query(`DROP SCHEMA ${schema}, ${schema}_jobs CASCADE`);
  });

  it.each(offsets)('compares the date that was asked for with the database’s clock: %s', async (_, offset) => {
    const asked: string[] = [];
    const { fetch } = recordingFetch(({ body }) => {
      asked.push(body);
      return json({ verdict: 'accepted', outcome: 'requested' });
    });
    await using queue = await openQueue<{ readonly dated: DatedAccount }>(database, { services: datedService(fetch) });
    await using tables = await openTables(database);
    // A day is over 12 hours after it is over in UTC. The one ends within a day from now, the other has ended within
    // the last one.
    const today = new Date((await databaseTime(tables)) - 12 * HOUR).toISOString().slice(0, 10);
    const yesterday = new Date(Date.parse(today) - 24 * HOUR).toISOString().slice(0, 10);
    await queue.enqueueMany(
      ['ends today', 'ended'].map((id) => ({
        id,
        request: { account: 'dated', service: { id }, when: { on: today } } as const,
      })),
    );
    await tables.query(
      `UPDATE ${queue.schema}.cancellation SET request = jsonb_set(request, '{when,on}', to_jsonb($1::text)) WHERE id = 'ended'`,
      [yesterday],
    );
    {
      using _clock = shiftClock(offset);
      await queue.work({ stopWhenIdle: true });
    }
    expect(asked.map((body) => JSON.parse(body))).toEqual([{ when: today }]);
    expect(await queue.get('ends today')).toMatchObject({ state: 'requested' });
    expect(await queue.get('ended')).toMatchObject({
      state: 'refused',
      outcome: { error: { code: 'invalid_request' } },
    });
  });
});

describe('a machine that sleeps while a worker is at a cancellation', () => {
  it('sends nothing more of it once its lease is over, since another worker may have recovered it', async () => {
    await using database = await startPostgres();
    await using slept = new AsyncDisposableStack();
    const sleep = (): Response => {
      // The monotonic clock stands still meanwhile, as it does on Linux and macOS.
      slept.adopt(shiftClock(HOUR), (clock) => clock[Symbol.dispose]());
      return busy(425, 0);
    };
    const shop = openShop({ one: { writes: [sleep, accepted] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes('one')).toBe(1);
    expect(await queue.get('one')).toMatchObject({ state: 'planned', lastError: { code: 'aborted' } });
  }, 60_000);
});

describe('the clock of an embedded database, which is that of the process', () => {
  it('makes no rest and no lease longer if it is set back between two processes', async () => {
    await using database = await startPglite();
    const schema = schemaOf(database);
    const shop = openShop({ one: { writes: [() => refuses('unauthorized')] } });
    const limits = { alpha: { concurrency: 1 } };
    const options = { services: shop.services, limits, schema, deadlineMs: 500 };
    {
      using _clock = shiftClock(HOUR);
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await queue.work({ stopWhenIdle: true });
      await queue.enqueueMany(['left', 'new'].map((id) => ({ id, request: request('beta', id) })));
    }
    {
      // A worker was killed that had one in hand.
      using _clock = shiftClock(HOUR);
      await using tables = await openTables(database);
      await tables.query(
        `UPDATE ${schema}.cancellation SET state = 'sent', claim = 1, tries = 1, worker = 'gone',
           updated_at = clock_timestamp(), lease_until = clock_timestamp() + interval '1 second' WHERE id = 'left'`,
      );
    }
    await using queue = await openQueue(database, options);
    await queue.work({ signal: AbortSignal.timeout(2_000) });
    const now = Date.now();
    const { accounts } = await queue.stats();
    const rest = Date.parse(accounts['alpha']?.pausedUntil ?? '') - now;
    expect(rest).toBeGreaterThan(14 * MINUTE);
    expect(rest).toBeLessThanOrEqual(15 * MINUTE);
    expect(Date.parse((await queue.get('one'))?.notBefore ?? '') - now).toBeLessThanOrEqual(15 * MINUTE);
    // What was enqueued by the old time is not kept waiting by it.
    expect(await queue.get('new')).toMatchObject({ state: 'requested' });
    expect((await queue.get('left'))?.history.map(({ type }) => type)).toContain('worker_lost');
    expect([shop.writes('one'), shop.writes('left'), shop.writes('new')]).toEqual([1, 0, 1]);
  });

  it('does not use up the readings in a moment if it is set ahead', async () => {
    await using database = await startPglite();
    const shop = openShop({ one: { writes: [lost] } });
    const readBackAfterMs = [10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR];
    const options = { services: shop.services, schema: schemaOf(database), readBackAfterMs };
    {
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await queue.work({ stopWhenIdle: true });
    }
    using _clock = shiftClock(25 * HOUR);
    await using queue = await openQueue(database, options);
    for (let round = 0; round < 5; round += 1) await queue.work({ stopWhenIdle: true });
    const one = await queue.get('one');
    expect(one).toMatchObject({ state: 'unknown', needsPerson: false });
    expect(shop.reads('one')).toBe(2);
    expect(Date.parse(one?.notBefore ?? '') - Date.now()).toBeGreaterThan(9 * MINUTE);
  });
});

async function minutesUntil(tables: Database, select: string): Promise<readonly number[]> {
  const { rows } = await tables.query(
    `SELECT extract(epoch FROM at - clock_timestamp())::float8 / 60 AS minutes FROM (${select}) x`,
  );
  return rows.map(({ minutes }) => Number(minutes));
}

async function databaseTime(tables: Database): Promise<number> {
  const { rows } = await tables.query('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at');
  return Number(rows[0]?.['at']);
}
