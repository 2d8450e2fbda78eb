import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/queue/ledger/migrate.ts';
import { readStats } from '../../src/queue/ledger/stats.ts';
import { foldTally } from '../../src/queue/ledger/tally.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle } from './support/open-queue.ts';
import { closedGate, lost, openShop, refuses, request } from './support/shop.ts';

describe.each(DATABASES)('the statistics of a queue on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('say since when the oldest one is due, and leave out what waits for its time or a person', async () => {
    const shop = openShop({ three: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    const stats = async (): Promise<readonly unknown[]> => {
      const { oldestDueAt, accounts } = await queue.stats();
      return [
        oldestDueAt,
        accounts['alpha']?.oldestDueAt,
        accounts['beta']?.oldestDueAt,
        accounts['blind']?.oldestDueAt,
      ];
    };
    await queue.enqueue(request('blind', 'three'), { id: 'three' });
    await settle(queue, 'three');
    await queue.enqueue(request('alpha', 'later'), { id: 'later', notBefore: '2999-01-01' });
    expect(await stats()).toEqual([undefined, undefined, undefined, undefined]);
    await queue.enqueue(request('alpha', 'one'), { id: 'one', notBefore: '2026-05-01T10:00:00Z' });
    await queue.enqueue(request('beta', 'two'), { id: 'two' });
    const two = (await queue.get('two'))?.createdAt;
    const one = '2026-05-01T10:00:00.000Z';
    expect(await stats()).toEqual([one, one, expect.stringMatching(String(two).slice(0, 16)), undefined]);
    await queue.work({ stopWhenIdle: true });
    expect(await stats()).toEqual([undefined, undefined, undefined, undefined]);
    // What a person has planned again has been due since then, and not since it was enqueued.
    await queue.resolve('three', { by: 'ann', as: 'refused' });
    await queue.retry('three', { by: 'ann' });
    const { updatedAt = '' } = (await queue.get('three')) ?? {};
    expect((await stats())[3]).toBe(new Date(updatedAt).toISOString());
  });

  it('count a reading of one that is followed as due once it has waited for a day, also of an account that is gone', async () => {
    const schema = schemaOf(database);
    await using queue = await openQueue(database, { services: openShop().services, schema });
    for (const id of ['one', 'two']) await queue.enqueue(request('alpha', id), { id });
    await settle(queue, 'one', 'two');
    const waits = async (hours: number): Promise<unknown> => {
      await using tables = await openTables(database);
      await tables.query(
        `UPDATE ${schema}.cancellation SET account = 'renamed', not_before = clock_timestamp() - $1 * interval '1 hour'`,
        [hours],
      );
      const stats = await readStats(tables, schema);
      return [stats.oldestDueAt !== undefined, stats.accounts['renamed']?.oldestDueAt !== undefined];
    };
    await queue.close();
    expect(await waits(-24)).toEqual([false, false]);
    expect(await waits(23)).toEqual([false, false]);
    expect(await waits(25)).toEqual([true, true]);
  });

  it('count what was settled in each hour, whoever settled it, and nothing that was only moved', async () => {
    const schema = schemaOf(database);
    const shop = openShop({ bad: { writes: [() => refuses('rejected')] }, lost: { writes: [lost] } });
    {
      await using queue = await openQueue(database, {
        services: shop.services,
        schema,
        limits: { alpha: { concurrency: 7 } },
      });
      const ids = ['good-1', 'good-2', 'bad'];
      await queue.enqueueMany(ids.map((id) => ({ id, request: request('alpha', id) })));
      await queue.enqueue(request('blind', 'lost'), { id: 'lost' });
      await settle(queue, ...ids, 'lost');
      await queue.resolve('lost', { by: 'ann', as: 'completed' });
      await queue.enqueue(request('beta', 'gone'), { id: 'gone', notBefore: '2999-01-01' });
      await queue.withdraw('gone', { by: 'ann' });
      const { accounts } = await queue.stats();
      const sums = Object.entries(accounts).map(([name, { hours, settledLastHour, limit }]) => [
        name,
        hours.length,
        hours.reduce((sum, { good }) => sum + good, 0),
        hours.reduce((sum, { bad }) => sum + bad, 0),
        settledLastHour,
        limit?.concurrency,
      ]);
      expect(sums.toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1))).toEqual([
        ['alpha', 24, 2, 1, 3, 7],
        ['beta', 24, 0, 1, 1, 4],
        ['blind', 24, 1, 0, 1, 4],
      ]);
    }
    {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${schema}.cancellation SET updated_at = clock_timestamp() - interval '3 days'`);
    }
    await using queue = await openQueue(database, { services: shop.services, schema });
    await queue.work({ stopWhenIdle: true });
    const { accounts } = await queue.stats();
    expect(Object.values(accounts).map(({ settledLastHour }) => settledLastHour)).toEqual([3, 1, 1]);
    expect(accounts['alpha']).not.toHaveProperty('oldestDueAt');
  });

  it('forget what is older than a day, and stay the same when they are folded', async () => {
    await using tables = await openTables(database);
    const schema = schemaOf(database);
    await migrate(tables, schema);
    await tables.query(
      `INSERT INTO ${schema}.settled_count (account, at, good, count)
       SELECT 'alpha', clock_timestamp() - n * interval '1 minute', n % 10 <> 0, 2 FROM generate_series(1, 3000) AS n`,
    );
    await tables.query(
      `INSERT INTO ${schema}.settled_count VALUES ('alpha', clock_timestamp() + interval '1 hour', true, 9)`,
    );
    const before = (await readStats(tables, schema)).accounts['alpha'];
    const sum = (before?.hours ?? []).reduce((total, { good, bad }) => total + good + bad, 0);
    expect(sum).toBeGreaterThan(23 * 120);
    expect(sum).toBeLessThanOrEqual(24 * 120);
    expect(before?.settledLastHour).toBeGreaterThanOrEqual(118);
    expect(before?.settledLastHour).toBeLessThanOrEqual(120);
    await foldTally(tables, schema);
    const { rows } = await tables.query(`SELECT count(*)::int AS count FROM ${schema}.settled_count`);
    expect(Number(rows[0]?.['count'])).toBeLessThan(200);
    const after = (await readStats(tables, schema)).accounts['alpha'];
    const whole = (hours: typeof before): unknown => hours?.hours.slice(1, -2);
    expect(whole(after)).toEqual(whole(before));
  });

  it('name the workers that are alive, and none that has stopped', async () => {
    const gate = closedGate();
    const shop = openShop({ one: { writes: [() => gate.pass()] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const working = [queue.work({ stopWhenIdle: true }), queue.work({ stopWhenIdle: true })];
    await gate.held(1);
    const { workers } = await queue.stats();
    gate.open();
    await Promise.all(working);
    expect(workers.length).toBeGreaterThanOrEqual(1);
    for (const { id, seenAt, aliveUntil } of workers) {
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(Date.parse(aliveUntil)).toBeGreaterThan(Date.parse(seenAt));
    }
    expect((await queue.stats()).workers).toEqual([]);
  });
});
