import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { runOutages, type Outage } from './crash/outage-run.ts';
import { startPostgresServer, type TestServer } from './support/databases.ts';
import { freshSchema, openQueue, settle } from './support/open-queue.ts';
import { openShop, request } from './support/shop.ts';

const JOBS = 300;

describe('a PostgreSQL server that goes away', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const cases: readonly (readonly [string, readonly Outage[]])[] = [
    ['is shut down for two seconds', [{ how: 'stop', forMs: 2_000 }]],
    [
      'is killed, and killed again',
      [
        { how: 'crash', forMs: 0 },
        { how: 'crash', forMs: 500 },
      ],
    ],
  ];
  it.each(cases)(
    'in the middle of the work does not stop the worker for good, and nothing is lost or sent twice: it %s',
    async (_, outages) => {
      const { verdict, told, executedBefore } = await runOutages(server, {
        jobs: JOBS,
        outages,
        schema: freshSchema(),
      });
      for (const executed of executedBefore) expect(executed).toBeLessThan(JOBS);
      expect(verdict).toMatchObject({ jobs: JOBS, executed: JOBS, duplicates: 0, sentTwice: 0, lost: 0, wrong: 0 });
      // The worker was there all the time: it knows the outcome of each, and leaves none in doubt.
      expect(verdict).toMatchObject({ forPerson: 0, confirmedNot: 0 });
      expect(told.length).toBeGreaterThan(0);
      for (const error of told) expect(error).toMatchObject({ code: 'unavailable', operation: 'queue' });
    },
    60_000,
  );

  it('fails a caller that enqueues meanwhile with a clear error, and the same call works afterwards', async () => {
    const shop = openShop();
    await using queue = await openQueue(server, { services: shop.services, onError: () => undefined });
    await queue.enqueue(request('alpha', 'before'), { id: 'before' });
    await server.stop();
    try {
      const error = await failureOf(queue.enqueue(request('alpha', 'meanwhile'), { id: 'meanwhile' }));
      expect(error).toMatchObject({ code: 'unavailable', operation: 'queue' });
      // Their public views say that they could not be looked up, not that they could not be processed.
      const reads = [queue.get('before'), queue.list(), queue.wait('before'), queue.stats()].map(failureOf);
      const failed = { code: 'unavailable', operation: 'status' };
      expect(await Promise.all(reads)).toMatchObject(reads.map(() => failed));
    } finally {
      await server.start();
    }
    expect(await queue.enqueue(request('alpha', 'meanwhile'), { id: 'meanwhile' })).toMatchObject({ added: true });
    const settled = await settle(queue, 'before', 'meanwhile');
    expect(settled.map(({ state }) => state)).toEqual(['requested', 'requested']);
    expect(shop.writes()).toBe(2);
  }, 60_000);
});
