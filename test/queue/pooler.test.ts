import { describe, expect, it } from 'vitest';
import { startPostgres } from './support/databases.ts';
import { openQueue } from './support/open-queue.ts';
import { startPooler } from './support/pooler.ts';
import { openShop, request } from './support/shop.ts';

describe('a pooler in transaction mode', () => {
  it.each([1, 3])('serves the queue and a second one with %i sessions', { timeout: 60_000 }, async (sessions) => {
    await using server = await startPostgres();
    await using pooler = await startPooler(server, sessions);
    const shop = openShop();
    const own = { ...server, address: pooler.address };
    await using queue = await openQueue(own, { services: shop.services });
    await using second = await openQueue(own, { services: shop.services, schema: queue.schema });
    const ids = Array.from({ length: 12 }, (_, index) => `id-${index}`);
    await queue.enqueueMany(ids.map((id) => ({ id, request: request('alpha', id) })));
    await Promise.all([queue, second].map((one) => one.work({ stopWhenIdle: true })));
    expect(await second.stats()).toMatchObject({ states: { requested: 12 } });
    expect((await second.get('id-0'))?.createdAt).toMatch(/Z$/);
    expect(shop.writes()).toBe(12);
    if (sessions > 1) expect(pooler.switches()).toBeGreaterThan(0);
  });
});
