import { hasChanged } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle, type TestQueue } from './support/open-queue.ts';
import { lost, openShop, refuses, request, type Own } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

describe.each(DATABASES)('a decision that is bound to what a person saw, on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('does not send again what another person has resolved meanwhile', async () => {
    const shop = openShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    const [seen] = await settle(queue, 'one');
    await queue.resolve('one', { by: 'ann', as: 'refused', note: 'the customer stays', ifUpdatedAt: seen?.updatedAt });
    const before = await queue.get('one');
    const error = await failureOf(queue.retry('one', { by: 'bob', ifUpdatedAt: seen?.updatedAt }));
    expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'decision.ifUpdatedAt' }] });
    expect(error.message).toContain(`it is refused since ${before?.updatedAt}`);
    expect(hasChanged(error)).toBe(true);
    expect(await queue.get('one')).toEqual(before);
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(1);
    // Who has seen the newer state may.
    await queue.retry('one', { by: 'bob', ifUpdatedAt: before?.updatedAt });
    const { state, history = [] } = (await queue.get('one')) ?? {};
    expect(state).toBe('planned');
    expect(history.at(-1)).toMatchObject({ type: 'retried', data: { by: 'bob' } });
    expect(JSON.stringify(history)).not.toContain('ifUpdatedAt');
  });

  it('is refused for every decision once the cancellation has changed, in whatever state it is', async () => {
    const shop = openShop({ refused: { writes: [() => refuses('rejected')] }, unknown: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'refused'), { id: 'refused' });
    await queue.enqueue(request('blind', 'unknown'), { id: 'unknown' });
    await queue.enqueue(request('alpha', 'done'), { id: 'done' });
    await queue.enqueue(request('alpha', 'planned'), { id: 'planned', notBefore: '2999-01-01' });
    await settle(queue, 'refused', 'unknown', 'done');
    const ifUpdatedAt = '2020-05-01T10:00:00.123456Z';
    for (const id of ['refused', 'unknown', 'done', 'planned']) {
      const before = await queue.get(id);
      for (const decide of decisionsOf(queue)) {
        const error = await failureOf(decide(id, { by: 'ann', ifUpdatedAt }));
        expect([id, decide.name, hasChanged(error)]).toEqual([id, decide.name, true]);
      }
      expect(await queue.get(id)).toEqual(before);
    }
    const missing = await failureOf(queue.retry('missing', { by: 'ann', ifUpdatedAt }));
    expect([missing.code, hasChanged(missing)]).toEqual(['invalid_request', false]);
  });

  it('tells two changes within the same millisecond apart', async () => {
    const schema = schemaOf(database);
    const shop = openShop({ one: { writes: [() => refuses('rejected')] } });
    {
      await using queue = await openQueue(database, { services: shop.services, schema });
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await settle(queue, 'one');
    }
    const at = async (time: string): Promise<void> => {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${schema}.cancellation SET updated_at = $1`, [time]);
    };
    await at('2026-05-01T10:00:00.123456Z');
    {
      await using queue = await openQueue(database, { services: shop.services, schema });
      expect(await queue.get('one')).toMatchObject({ updatedAt: '2026-05-01T10:00:00.123456Z' });
      const error = await failureOf(queue.retry('one', { by: 'ann', ifUpdatedAt: '2026-05-01T10:00:00.123455Z' }));
      expect(hasChanged(error)).toBe(true);
      await queue.retry('one', { by: 'ann', ifUpdatedAt: '2026-05-01T10:00:00.123456Z' });
    }
  });

  it('has another time for each of many changes that follow each other closely', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', notBefore: '2999-01-01' });
    const times: string[] = [];
    // Some of them fall into one millisecond, which is all that the clock of the embedded database shows.
    for (let turn = 0; turn < 60; turn += 1) {
      await (turn % 2 === 0 ? queue.withdraw('one', { by: 'ann' }) : queue.retry('one', { by: 'ann' }));
      times.push((await queue.list({ limit: 1 }))[0]?.updatedAt ?? '');
    }
    expect(new Set(times).size).toBe(60);
    expect(times).toEqual(times.toSorted());
  });

  it('sees each change: of a claim, an outcome, a decision and a rest that ends', async () => {
    const shop = openShop({ one: { writes: [() => refuses('unauthorized'), lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    const seen = new Set<string>();
    const look = async (): Promise<void> => void seen.add((await queue.get('one'))?.updatedAt ?? '');
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await look();
    await queue.work({ stopWhenIdle: true });
    await look();
    await queue.resume('blind');
    await look();
    await settle(queue, 'one');
    await look();
    await queue.resolve('one', { by: 'ann', as: 'refused' });
    await look();
    await queue.retry('one', { by: 'ann' });
    await look();
    await queue.withdraw('one', { by: 'ann' });
    await look();
    expect(seen.size).toBe(7);
    for (const time of seen) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it('takes the text of updatedAt alone', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', notBefore: '2999-01-01' });
    const updatedAt = (await queue.get('one'))?.updatedAt ?? '';
    for (const ifUpdatedAt of ['', 'now', 5, new Date(), new Date(updatedAt).toISOString(), `${updatedAt} `]) {
      const error = await failureOf(untyped(queue).withdraw('one', { by: 'ann', ifUpdatedAt }));
      expect([ifUpdatedAt, error.issues?.map(({ path }) => path)]).toEqual([ifUpdatedAt, ['decision.ifUpdatedAt']]);
      expect(hasChanged(error)).toBe(false);
    }
    await queue.withdraw('one', { by: 'ann', ifUpdatedAt: updatedAt });
  });

  it('is made once where several people make it at the same moment', async () => {
    const shop = openShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    const [{ updatedAt: ifUpdatedAt } = { updatedAt: '' }] = await settle(queue, 'one');
    const made = await Promise.allSettled([
      queue.resolve('one', { by: 'ann', as: 'refused', ifUpdatedAt }),
      queue.retry('one', { by: 'bob', ifUpdatedAt }),
      queue.resolve('one', { by: 'cem', as: 'completed', ifUpdatedAt }),
    ]);
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = made.flatMap((one) => (one.status === 'rejected' ? [hasChanged(one.reason)] : []));
    expect(refused).toEqual([true, true]);
  });
});

type Decide = (id: string, decision: { readonly by: string; readonly ifUpdatedAt: string }) => Promise<unknown>;

/** Every decision, with what it needs besides. */
function decisionsOf(queue: TestQueue<Own>): readonly Decide[] {
  return [
    function retry(id, decision) {
      return queue.retry(id, decision);
    },
    function resolve(id, decision) {
      return queue.resolve(id, { ...decision, as: 'completed' });
    },
    function withdraw(id, decision) {
      return queue.withdraw(id, decision);
    },
    function confirm(id, decision) {
      return queue.confirm(id, { ...decision, token: 'token-1' });
    },
  ];
}
