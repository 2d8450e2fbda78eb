import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryClient } from '../../src/queue/database/database.ts';
import { openPostgres } from '../../src/queue/database/postgres.ts';
import { lockAccounts, lockClaims } from '../../src/queue/ledger/claim.ts';
import { startPostgres, type TestDatabase } from './support/databases.ts';
import { openQueue } from './support/open-queue.ts';
import { closedGate, openShop, request } from './support/shop.ts';

describe('a worker on PostgreSQL, while another one claims', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  /** Does the work while another connection has its transaction open. */
  async function during(hold: (client: QueryClient) => Promise<unknown>, work: () => Promise<void>): Promise<void> {
    const other = await openPostgres(database.address);
    try {
      await other.transaction(async (client) => {
        await hold(client);
        await work();
      });
    } finally {
      await other.close();
    }
  }

  it('takes no account that the other one takes, and all the rest', async () => {
    await during(
      (client) => lockAccounts(client, 'apart', ['alpha']),
      async () => {
        const second = await openPostgres(database.address);
        const taken = await second.transaction((client) => lockAccounts(client, 'apart', ['alpha', 'beta']));
        await second.close();
        expect([...taken]).toEqual(['beta']);
      },
    );
  });

  it('takes the first free ones of those that it tries, and leaves the rest to others', async () => {
    await during(
      (client) => lockAccounts(client, 'few', ['alpha']),
      async () => {
        const [second, third] = [await openPostgres(database.address), await openPostgres(database.address)];
        await second.transaction(async (client) => {
          expect([...(await lockAccounts(client, 'few', ['alpha', 'beta', 'gamma', 'delta'], 1))]).toEqual(['beta']);
          const left = await third.transaction((other) => lockAccounts(other, 'few', ['delta', 'beta', 'gamma']));
          expect([...left]).toEqual(['delta', 'gamma']);
        });
        await Promise.all([second.close(), third.close()]);
      },
    );
  });

  it('goes on with the other accounts, and comes back to this one', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueueMany([
      { request: request('alpha', 'one'), id: 'one' },
      { request: request('beta', 'two'), id: 'two' },
    ]);
    const stop = new AbortController();
    let working: Promise<void> | undefined;
    await during(
      (client) => lockAccounts(client, queue.schema, ['alpha']),
      async () => {
        working = queue.work({ signal: stop.signal });
        await queue.wait('two', { timeoutMs: 45_000 });
        expect(shop.order()).toEqual(['two']);
      },
    );
    expect(await queue.wait('one', { timeoutMs: 45_000 })).toMatchObject({ state: 'requested', tries: 1 });
    stop.abort();
    await working;
    expect(shop.writes()).toBe(2);
  });

  it('takes what is due into the last place that it has although its other calls do not end', async () => {
    const gate = closedGate();
    const hanging = ['hang-1', 'hang-2', 'hang-3'];
    const shop = openShop(Object.fromEntries(hanging.map((id) => [id, { writes: [() => gate.pass()] }])));
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueueMany([
      { request: request('beta', 'first'), id: 'first', priority: 1 },
      ...hanging.map((id) => ({ request: request('beta', id), id })),
      { request: request('alpha', 'locked'), id: 'locked' },
    ]);
    const stop = new AbortController();
    let working: Promise<void> | undefined;
    await during(
      (client) => lockAccounts(client, queue.schema, ['alpha']),
      async () => {
        working = queue.work({ concurrency: 4, signal: stop.signal });
        await gate.held(3);
        await queue.enqueue(request('beta', 'last'), { id: 'last' });
        expect(await queue.wait('last', { timeoutMs: 45_000 })).toMatchObject({ state: 'requested' });
        expect(shop.writes('locked')).toBe(0);
      },
    );
    gate.open();
    await Promise.all([...hanging, 'locked'].map((id) => queue.wait(id, { timeoutMs: 45_000 })));
    stop.abort();
    await working;
    expect(shop.writes()).toBe(6);
  });

  it.each<readonly [string, (client: QueryClient, schema: string) => Promise<unknown>]>([
    ['of the same account', (client, schema) => lockAccounts(client, schema, ['alpha'])],
    ['of a version with one lock for all accounts', lockClaims],
  ])('writes an outcome and claims nothing that it may not, if the other one is %s', async (_, hold) => {
    const gate = closedGate();
    const shop = openShop({
      one: { writes: [() => gate.pass()] },
    });
    await using queue = await openQueue(database, {
      services: shop.services,
      limits: { alpha: { concurrency: 1 } },
    });
    await queue.enqueueMany([
      { request: request('alpha', 'one'), id: 'one', priority: 1 },
      { request: request('alpha', 'two'), id: 'two' },
    ]);
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await expect.poll(() => shop.writes('one')).toBe(1);
    await during(
      (client) => hold(client, queue.schema),
      async () => {
        gate.open();
        expect(await queue.wait('one', { timeoutMs: 45_000 })).toMatchObject({ state: 'requested' });
        expect(shop.writes('two')).toBe(0);
      },
    );
    expect(await queue.wait('two', { timeoutMs: 45_000 })).toMatchObject({ state: 'requested' });
    stop.abort();
    await working;
    expect(shop.writes()).toBe(2);
  });
});
