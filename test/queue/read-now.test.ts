import { setTimeout as delay } from 'node:timers/promises';
import { hasChanged } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle } from './support/open-queue.ts';
import { away, busy, closedGate, lost, openShop, refuses, request, seen } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

const HOUR = 3_600_000;
const effectiveAt = { value: '2999-05-01', precision: 'date', source: 'provider' } as const;

describe.each(DATABASES)('a read-back that a person asks for, on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('settles what the provider shows, and the history says what was seen and who asked', async () => {
    const shop = openShop({
      one: { writes: [lost], reads: [() => seen('none'), () => seen('scheduled', { when: 'immediate', effectiveAt })] },
    });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [HOUR] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    const before = await queue.get('one');
    expect(before?.history.at(-1)).toMatchObject({
      type: 'settled',
      data: { state: 'unknown', seen: { state: 'none' } },
    });
    const waiting = queue.wait('one', { timeoutMs: 45_000 });
    const found = await queue.readBack('one', {
      by: 'ann',
      note: 'the customer called',
      ifUpdatedAt: before?.updatedAt,
    });
    expect(found).toMatchObject({
      state: 'scheduled',
      needsPerson: false,
      outcome: { result: { reconciled: true, effectiveAt } },
    });
    expect((await waiting).state).toBe('scheduled');
    const { history = [] } = (await queue.get('one')) ?? {};
    const since = history.slice(before?.history.length);
    expect(since.map(({ type }) => type)).toEqual(['reading', 'attempt', 'answer', 'settled']);
    expect(since[0]?.data).toEqual({ by: 'ann', note: 'the customer called', try: 2 });
    expect(since[3]?.data).toMatchObject({
      state: 'scheduled',
      seen: { state: 'scheduled', when: 'immediate', effectiveAt },
    });
    expect(shop.writes()).toBe(1);
  });

  it('settles nothing by an absence that no reading was due for, however often it is repeated', async () => {
    const shop = openShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [HOUR, 2 * HOUR] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    const planned = (await queue.get('one'))?.notBefore;
    for (let turn = 0; turn < 4; turn += 1) {
      const { state, needsPerson, notBefore, outcome } = await queue.readBack('one', { by: 'ann' });
      expect([state, needsPerson]).toEqual(['unknown', false]);
      expect(Math.abs(Date.parse(String(notBefore)) - Date.parse(String(planned)))).toBeLessThan(30_000);
      expect(outcome).toMatchObject({ ok: false, error: { code: 'outcome_unknown', lastSeen: 'none' } });
    }
    expect(shop.reads('one')).toBe(5);
    expect((await queue.get('one'))?.history.at(-1)?.data).toMatchObject({ state: 'unknown', seen: { state: 'none' } });
  });

  it('takes the place of a reading that is due, down to the last one', async () => {
    const shop = openShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [1, 2] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    // The worker may have used some of them up: what is left is read here.
    for (let turn = 0; turn < 3 && (await queue.get('one'))?.state === 'unknown'; turn += 1) {
      await delay(10);
      await queue.readBack('one', { by: 'ann' });
    }
    expect(await queue.get('one')).toMatchObject({ state: 'refused', outcome: { error: { code: 'rejected' } } });
  });

  it('leaves one that waits for a person to that person, unless it finds it', async () => {
    const shop = openShop({
      one: {
        writes: [lost],
        reads: [
          () => seen('none'),
          () => seen('requested', { when: 'end_of_period' }),
          () => seen('none'),
          () => seen('completed'),
        ],
      },
    });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [1] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const [waits] = await settle(queue, 'one');
    expect(waits).toMatchObject({ state: 'unknown', needsPerson: true });
    const none = await queue.readBack('one', { by: 'ann' });
    expect(none).toMatchObject({ state: 'unknown', needsPerson: true });
    expect(none).not.toHaveProperty('notBefore');
    await queue.work({ stopWhenIdle: true });
    expect((await queue.get('one'))?.needsPerson).toBe(true);
    expect(await queue.readBack('one', { by: 'ann' })).toMatchObject({ state: 'completed' });
  });

  it('is refused where it means nothing, and asks the provider nothing then', async () => {
    const shop = openShop({
      two: { writes: [lost] },
      three: { writes: [() => refuses('rejected')] },
      four: { writes: [lost] },
    });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [HOUR] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', notBefore: '2999-01-01' });
    await queue.enqueue(request('blind', 'two'), { id: 'two' });
    await queue.enqueue(request('alpha', 'three'), { id: 'three' });
    await queue.enqueue(request('alpha', 'four'), { id: 'four' });
    await queue.work({ stopWhenIdle: true });
    const before = shop.hosts().length;
    for (const id of ['one', 'two', 'three', 'missing']) {
      expect([id, await failureOf(queue.readBack(id, { by: 'ann' }))]).toMatchObject([
        id,
        { code: 'invalid_request', issues: [{ path: 'id' }] },
      ]);
    }
    const ifUpdatedAt = '2020-05-01T10:00:00.123456Z';
    expect(hasChanged(await failureOf(queue.readBack('four', { by: 'ann', ifUpdatedAt })))).toBe(true);
    expect(await failureOf(untyped(queue).readBack('four', {}))).toMatchObject({ issues: [{ path: 'decision.by' }] });
    expect(shop.hosts()).toHaveLength(before);
  });

  it('reports a reading that failed, keeps the plan, and lets an account rest that asks for it', async () => {
    const shop = openShop({
      one: { writes: [lost], reads: [() => seen('none'), away] },
      two: { writes: [lost], reads: [() => seen('none'), () => busy(429, 3_600)] },
    });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [HOUR] });
    for (const [account, id, code] of [
      ['alpha', 'one', 'unavailable'],
      ['beta', 'two', 'rate_limited'],
    ] as const) {
      await queue.enqueue(request(account, id), { id });
      await queue.work({ stopWhenIdle: true });
      const planned = (await queue.get(id))?.notBefore;
      expect(await failureOf(queue.readBack(id, { by: 'ann' }))).toMatchObject({ code, account });
      const { state, needsPerson, notBefore, outcome, history = [] } = (await queue.get(id)) ?? {};
      expect([state, needsPerson]).toEqual(['unknown', false]);
      // A time to try again would be taken for one to send it again.
      const error = outcome?.ok === false ? outcome.error : undefined;
      expect(error?.code).toBe('outcome_unknown');
      expect(error).not.toHaveProperty('retryAt');
      expect(Math.abs(Date.parse(String(notBefore)) - Date.parse(String(planned)))).toBeLessThan(30_000);
      expect(history.at(-1)?.data).toMatchObject({ state: 'unknown', seen: { failed: code } });
    }
    const { accounts } = await queue.stats();
    expect([accounts['alpha']?.pausedBecause, accounts['beta']?.pausedBecause]).toEqual([undefined, 'rate_limited']);
  });

  it('asks an account that rests for nothing', async () => {
    const schema = schemaOf(database);
    const shop = openShop({ one: { writes: [lost] } });
    const options = { services: shop.services, schema, readBackAfterMs: [HOUR] };
    {
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await queue.work({ stopWhenIdle: true });
    }
    {
      await using tables = await openTables(database);
      await tables.query(
        `INSERT INTO ${schema}.account (name, paused_until, paused_because)
         VALUES ('alpha', clock_timestamp() + interval '1 hour', 'unauthorized')`,
      );
    }
    await using queue = await openQueue(database, options);
    const error = await failureOf(queue.readBack('one', { by: 'ann' }));
    expect(error).toMatchObject({ code: 'unavailable', account: 'alpha', retryAt: expect.any(String) });
    expect(error.message).toMatch(/rests until .*unauthorized/);
    await queue.resume('alpha');
    await queue.readBack('one', { by: 'ann' });
    expect(shop.reads('one')).toBe(2);
  });

  it('is the only call for its cancellation, and counts as one call of its account', async () => {
    const gate = closedGate();
    const shop = openShop({
      one: { writes: [lost], reads: [() => seen('none'), () => gate.pass(() => seen('completed'))] },
    });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [HOUR] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    const reading = queue.readBack('one', { by: 'ann' });
    await gate.held(1);
    expect((await queue.stats()).accounts['alpha']?.inFlight).toBe(1);
    for (const decide of [
      () => queue.readBack('one', { by: 'bob' }),
      () => queue.retry('one', { by: 'bob' }),
      () => queue.resolve('one', { by: 'bob', as: 'refused' }),
    ]) {
      expect((await failureOf(decide())).message).toContain('not in use');
    }
    gate.open();
    expect((await reading).state).toBe('completed');
    expect(shop.writes()).toBe(1);
  });

  it('that its process does not survive leaves the cancellation to whom it waited for', async () => {
    const schema = schemaOf(database);
    const shop = openShop({
      person: { writes: [lost], reads: [() => seen('none'), () => seen('requested', { when: 'end_of_period' })] },
      worker: { writes: [lost] },
    });
    {
      await using queue = await openQueue(database, { services: shop.services, schema, readBackAfterMs: [1] });
      await queue.enqueue(request('alpha', 'person'), { id: 'person' });
      await settle(queue, 'person');
    }
    {
      await using tables = await openTables(database);
      await tables.query(
        `UPDATE ${schema}.cancellation SET claim = claim + 1, lease_until = clock_timestamp() - interval '1 second'`,
      );
    }
    await using queue = await openQueue(database, { services: shop.services, schema, readBackAfterMs: [HOUR] });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('person')).toMatchObject({ state: 'unknown', needsPerson: true });
    expect(shop.reads('person')).toBe(2);
  });

  it('that its process does not survive uses up no reading that was not due, and not the last one', async () => {
    const schema = schemaOf(database);
    const shop = openShop({ one: { writes: [lost] } });
    const options = { services: shop.services, schema, readBackAfterMs: [1, HOUR], whenAbsent: 'send_again' } as const;
    let planned: string | undefined;
    {
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      for (
        let turn = 0;
        turn < 50 && (planned === undefined || Date.parse(planned) < Date.now() + HOUR / 2);
        turn += 1
      ) {
        await queue.work({ stopWhenIdle: true });
        planned = (await queue.get('one'))?.notBefore;
        await delay(10);
      }
    }
    const before = shop.reads('one');
    {
      await using tables = await openTables(database);
      await tables.query(
        `UPDATE ${schema}.cancellation SET claim = claim + 1, lease_until = clock_timestamp() - interval '1 second'`,
      );
    }
    await using queue = await openQueue(database, options);
    await queue.work({ stopWhenIdle: true });
    const { state, notBefore } = (await queue.get('one')) ?? {};
    expect([state, shop.reads('one') - before, shop.writes('one')]).toEqual(['unknown', 0, 1]);
    expect(Math.abs(Date.parse(String(notBefore)) - Date.parse(String(planned)))).toBeLessThan(30_000);
  });
});
