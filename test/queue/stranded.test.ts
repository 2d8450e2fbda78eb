import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/queue/database/database.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf } from './support/open-queue.ts';
import { lost, openShop, request, seen } from './support/shop.ts';

/** What pg-boss itself, and so its dashboard, can do to the jobs of an account. */
const HARMS: Readonly<
  Record<string, (boss: PgBoss, name: string, ids: string[], tables: Database, schema: string) => Promise<unknown>>
> = {
  'are deleted': (boss, name, ids) => boss.deleteJob(name, ids),
  'are deleted all together': (boss, name) => boss.deleteAllJobs(name),
  'are cancelled': (boss, name, ids) => boss.cancel(name, ids),
  'are completed': async (boss, name, ids) => {
    await boss.fetch(name, { batchSize: ids.length });
    await boss.complete(name, ids);
  },
  'have failed': async (boss, name, ids, tables, schema) => {
    await boss.fetch(name, { batchSize: ids.length });
    await boss.fail(name, ids);
    // As after the last retry.
    await tables.query(`UPDATE ${schema}.job SET state = 'failed' WHERE state = 'retry'`);
  },
};

describe.each(DATABASES)('cancellations whose jobs are gone, on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  /** Opens pg-boss on the jobs of a schema. */
  async function bossOf(tables: Database, schema: string): Promise<PgBoss> {
    const executeSql = async (text: string, values?: unknown[]): Promise<{ rows: object[] }> =>
      values === undefined || values.length === 0 ? tables.script(text) : await tables.query(text, values);
    const boss = new PgBoss({
      db: { executeSql },
      schema: `${schema}_jobs`,
      backend: database.kind,
      createSchema: false,
      migrate: false,
      supervise: false,
      schedule: false,
      registerInstance: false,
    });
    return await boss.start();
  }

  /** Does something to all jobs of an account with pg-boss's own methods. */
  async function harm(schema: string, how: keyof typeof HARMS): Promise<number> {
    await using tables = await openTables(database);
    const boss = await bossOf(tables, schema);
    const { rows } = await tables.query(`SELECT id::text AS id FROM ${schema}_jobs.job WHERE name = 'account/alpha'`);
    const ids = rows.map(({ id }) => String(id));
    await HARMS[how]?.(boss, 'account/alpha', ids, tables, `${schema}_jobs`);
    await boss.stop({ graceful: false, close: false });
    return ids.length;
  }

  it.each(Object.keys(HARMS))('are carried out once after their jobs %s, and a worker becomes idle', async (how) => {
    const schema = schemaOf(database);
    const shop = openShop({ unknown: { writes: [lost], reads: [() => seen('none'), () => seen('completed')] } });
    const options = { services: shop.services, schema, readBackAfterMs: [1_500] };
    {
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'unknown'), { id: 'unknown' });
      await queue.work({ stopWhenIdle: true });
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await queue.enqueue(request('alpha', 'two'), { id: 'two' });
      await queue.enqueue(request('alpha', 'later'), { id: 'later', notBefore: '2999-01-01' });
    }
    expect(await harm(schema, how)).toBeGreaterThanOrEqual(4);
    await using queue = await openQueue(database, options);
    await queue.work({ stopWhenIdle: true });
    const found = await queue.list();
    expect(found.map(({ id, state }) => [id, state])).toEqual([
      ['unknown', expect.stringMatching(/^(?:completed|unknown)$/)],
      ['one', 'requested'],
      ['two', 'requested'],
      ['later', 'planned'],
    ]);
    await queue.wait('unknown', { timeoutMs: 1 }).catch(() => queue.work({ stopWhenIdle: true }));
    expect([shop.writes('one'), shop.writes('two'), shop.writes('unknown')]).toEqual([1, 1, 1]);
    expect(shop.writes('later')).toBe(0);
  });

  it('are followed to their end without a job, which would be kept for months', async () => {
    const schema = schemaOf(database);
    const shop = openShop({ one: { reads: [() => seen('completed')] } });
    const follow = { afterMs: 1_500, afterDateMs: 1_500, everyMs: 1_500, undatedEveryMs: 1_500 };
    const options = { services: shop.services, schema, follow };
    {
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await queue.work({ stopWhenIdle: true });
      expect(await queue.get('one')).toMatchObject({ state: 'requested', follow: { nextAt: expect.any(String) } });
    }
    {
      await using tables = await openTables(database);
      const waiting = await tables.query(`SELECT 1 FROM ${schema}_jobs.job WHERE state = 'created'`);
      expect(waiting.rows).toEqual([]);
    }
    await using queue = await openQueue(database, options);
    await expect
      .poll(async () => {
        await queue.work({ stopWhenIdle: true });
        return (await queue.get('one'))?.state;
      })
      .toBe('completed');
    expect(shop.writes('one')).toBe(1);
  });

  it('are read once when they are due, and not before, whatever jobs an earlier version has left of them', async () => {
    const schema = schemaOf(database);
    const shop = openShop({ due: { reads: [() => seen('completed')] } });
    const options = { services: shop.services, schema };
    {
      await using queue = await openQueue(database, options);
      for (const id of ['due', 'later']) await queue.enqueue(request('alpha', id), { id });
      await queue.work({ stopWhenIdle: true });
    }
    {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${schema}.cancellation SET not_before = clock_timestamp() WHERE id = 'due'`);
      const boss = await bossOf(tables, schema);
      const jobs = ['due', 'later', 'later', 'due'].map((id) => ({ data: { id }, priority: -1_000 }));
      await boss.insert('account/alpha', jobs);
      await boss.stop({ graceful: false, close: false });
    }
    await using queue = await openQueue(database, options);
    await Promise.all([queue.work({ stopWhenIdle: true }), queue.work({ stopWhenIdle: true })]);
    expect([shop.reads('due'), shop.reads('later'), shop.writes()]).toEqual([1, 0, 2]);
    expect(await queue.get('due')).toMatchObject({ state: 'completed' });
    expect(await queue.get('later')).toMatchObject({ state: 'requested', follow: { nextAt: expect.any(String) } });
  });

  it('are taken up although the jobs of others never end, once they have been due for an hour', async () => {
    const schema = schemaOf(database);
    const shop = openShop();
    const options = { services: shop.services, schema, limits: { alpha: { concurrency: 1 } } };
    {
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'stranded'), { id: 'stranded', notBefore: '2026-05-01' });
      await queue.enqueue(request('alpha', 'fresh'), { id: 'fresh', priority: 5 });
    }
    {
      await using tables = await openTables(database);
      await tables.query(`DELETE FROM ${schema}_jobs.job WHERE data->>'id' = 'stranded'`);
    }
    await using queue = await openQueue(database, options);
    await queue.work({ stopWhenIdle: true });
    expect(shop.order()).toEqual(['stranded', 'fresh']);
  });
});
