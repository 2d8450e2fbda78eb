import { beforeAll, describe, expect, it, afterAll } from 'vitest';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf } from './support/open-queue.ts';
import { accepted, openShop, refuses, request, type Reply } from './support/shop.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe.each(DATABASES)('an account whose credentials are refused, on %s', { timeout: 120_000 }, (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  /** Works until nothing is due, and returns how the account stands then. */
  async function work(schema: string, reply: Reply): Promise<{ readonly restMs: number; readonly times: number }> {
    const shop = openShop({ one: { writes: [reply] }, two: { writes: [reply] }, three: { writes: [reply] } });
    await using queue = await openQueue(database, { services: shop.services, schema, giveUpAfterMs: 500 * HOUR });
    for (const id of ['one', 'two', 'three']) await queue.enqueue(request('alpha', id), { id });
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBeLessThanOrEqual(reply === refused ? 1 : 3);
    const { alpha } = (await queue.stats()).accounts;
    const restMs = Date.parse(alpha?.pausedUntil ?? new Date().toISOString()) - Date.now();
    return { restMs, times: alpha?.turnedAwayTimes ?? 0 };
  }

  /** Lets so much time pass for the account and what waits. */
  async function pass(schema: string, ms: number): Promise<void> {
    await using tables = await openTables(database);
    const by = `interval '${ms} milliseconds'`;
    await tables.query(
      `UPDATE ${schema}.account SET paused_at = paused_at - ${by}, paused_until = paused_until - ${by},
         turned_away_since = turned_away_since - ${by}`,
    );
    await tables.query(`UPDATE ${schema}.cancellation SET not_before = not_before - ${by} - interval '5 seconds'`);
  }

  const refused: Reply = () => refuses('unauthorized');

  it('rests twice as long each time, up to a day, is tried by one request each time, and reported until it is let in', async () => {
    const schema = schemaOf(database);
    const minutes: number[] = [];
    for (let times = 1; times <= 9; times += 1) {
      const stands = await work(schema, refused);
      expect(stands.times).toBe(times);
      minutes.push(Math.round(stands.restMs / MINUTE));
      await pass(schema, stands.restMs + 1_000);
    }
    expect(minutes).toEqual([15, 30, 60, 120, 240, 480, 960, 1_440, 1_440]);
    expect(await work(schema, accepted)).toMatchObject({ times: 0, restMs: expect.toSatisfy((ms) => Number(ms) <= 0) });
  });

  it('begins with 15 minutes again after it was resumed, or let in', async () => {
    const schema = schemaOf(database);
    const first = await work(schema, refused);
    await pass(schema, first.restMs + 1_000);
    expect((await work(schema, refused)).times).toBe(2);
    {
      await using queue = await openQueue(database, { services: openShop({}).services, schema });
      await queue.resume('alpha');
      expect((await queue.stats()).accounts['alpha']).not.toHaveProperty('turnedAwaySince');
    }
    const { restMs, times } = await work(schema, refused);
    expect([Math.round(restMs / MINUTE), times]).toEqual([15, 1]);
  });

  it('is tried by a worker that starts, perhaps with other credentials, once the last refusal is an hour ago', async () => {
    const schema = schemaOf(database);
    for (let times = 1; times <= 5; times += 1) {
      await pass(schema, (await work(schema, refused)).restMs + 1_000);
    }
    const long = await work(schema, refused);
    expect(Math.round(long.restMs / HOUR)).toBe(8);
    await pass(schema, 10 * MINUTE);
    const early = await work(schema, accepted);
    expect(Math.round(early.restMs / MINUTE)).toBe(50);
    // What the provider asked for is not shortened.
    {
      await using tables = await openTables(database);
      await tables.query(
        `UPDATE ${schema}.account SET paused_at = paused_at - interval '1 hour', is_turned_away = false`,
      );
    }
    expect(Math.round((await work(schema, accepted)).restMs / MINUTE)).toBe(50);
    await pass(schema, 50 * MINUTE + 1_000);
    expect(await work(schema, accepted)).toMatchObject({ times: 0 });
  });

  it('is sent one request where the refusal is a text that is not the API’s, and nothing can be read back', async () => {
    const schema = schemaOf(database);
    const text: Reply = () => new Response('Invalid API key');
    const shop = openShop({ one: { writes: [text] }, two: { writes: [text] }, three: { writes: [text] } });
    await using queue = await openQueue(database, { services: shop.services, schema });
    for (const id of ['one', 'two', 'three']) await queue.enqueue(request('blind', id), { id });
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(1);
    const { states, accounts } = await queue.stats();
    expect(states).toMatchObject({ unknown: 1, planned: 2 });
    expect(accounts['blind']).toMatchObject({ pausedBecause: 'unauthorized', turnedAwayTimes: 1 });
  });

  it('is tried by one request after a rest because of answers that proved nothing, also by a worker that starts', async () => {
    const schema = schemaOf(database);
    const page: Reply = () => new Response('<h1>Maintenance</h1>', { status: 200 });
    const ids = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, { writes: [page] }])));
    const options = { services: shop.services, schema };
    const written: number[] = [];
    {
      await using queue = await openQueue(database, options);
      for (const id of ids) await queue.enqueue(request('blind', id), { id });
    }
    for (const waitMs of [0, 16 * MINUTE, 16 * MINUTE]) {
      if (waitMs > 0) await pass(schema, waitMs);
      await using queue = await openQueue(database, options);
      await queue.work({ stopWhenIdle: true });
      written.push(shop.writes());
    }
    expect(written).toEqual([3, 4, 5]);
    await using queue = await openQueue(database, options);
    await queue.resume('blind');
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(8);
  });
});
