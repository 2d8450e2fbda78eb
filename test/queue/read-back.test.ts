import type { CancelQueue } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeMonth, moveSettled } from '../../src/queue/ledger/settled.ts';
import { DATABASES, startPostgres, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle } from './support/open-queue.ts';
import {
  accepted,
  busy,
  closedGate,
  lost,
  openShop,
  refuses,
  request,
  seen,
  type Own,
  type Reply,
} from './support/shop.ts';

describe.each(DATABASES)('a cancellation of which nobody knows, on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  // The call itself reads back once after a lost response; what comes after that is the queue's.
  const none: Reply = () => seen('none');

  it('is done once it is found, and says that it was read back', async () => {
    const found: Reply = () => seen('scheduled', { when: 'immediate' });
    const shop = openShop({ one: { writes: [lost], reads: [none, none, found] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const [record] = await settle(queue, 'one');
    expect(record).toMatchObject({
      state: 'scheduled',
      needsPerson: false,
      outcome: { ok: true, result: { outcome: 'scheduled', reconciled: true, existing: { state: 'scheduled' } } },
    });
    expect([shop.writes('one'), shop.reads('one')]).toEqual([1, 3]);
    const history = (await queue.get('one'))?.history ?? [];
    expect(history.filter(({ type }) => type === 'settled').map(({ data }) => [data['state'], data['code']])).toEqual([
      ['unknown', 'outcome_unknown'],
      ['unknown', 'outcome_unknown'],
      ['scheduled', undefined],
    ]);
    expect(history.filter(({ type }) => type === 'reading')).toHaveLength(2);
  });

  it('is refused, as confirmed not cancelled, if the last reading shows none, and may be enqueued again', async () => {
    const states = ['none', 'failed'] as const;
    const shop = openShop(
      Object.fromEntries(states.map((state) => [state, { writes: [lost], reads: [() => seen(state)] }])),
    );
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [20, 40, 60, 80] });
    await queue.enqueueMany(states.map((id) => ({ id, request: request('alpha', id) })));
    for (const record of await settle(queue, ...states)) {
      expect(record).toMatchObject({
        state: 'refused',
        needsPerson: false,
        outcome: { ok: false, error: { code: 'rejected', account: 'alpha' } },
      });
      expect(record.outcome?.ok === false && record.outcome.error.message).toContain('confirmed not cancelled');
      expect([shop.writes(record.id), shop.reads(record.id)]).toEqual([1, 5]);
    }
    await queue.enqueue(request('alpha', 'none'), { id: 'again' });
    await queue.work({ stopWhenIdle: true });
    expect([shop.writes('none'), shop.writes('failed')]).toEqual([2, 1]);
  });

  it('is sent again, once, if the last reading confirms that it is absent and that was asked for', async () => {
    const found: Reply = () => seen('scheduled', { when: 'immediate' });
    const shop = openShop({
      lost: { writes: [lost], reads: [none] },
      late: { writes: [lost], reads: [none, none, none, found] },
      fine: { writes: [lost, accepted], reads: [none] },
      other: { writes: [lost], reads: [none] },
    });
    await using queue = await openQueue(database, { services: shop.services, whenAbsent: 'send_again' });
    await queue.enqueueMany([
      ...['lost', 'late', 'fine'].map((id) => ({ id, request: request('alpha', id) })),
      { id: 'other', request: request('alpha', 'other'), whenAbsent: 'refuse' },
    ]);
    const [twice, late, fine, other] = await settle(queue, 'lost', 'late', 'fine', 'other');
    expect(twice).toMatchObject({
      state: 'refused',
      whenAbsent: 'send_again',
      outcome: { error: { code: 'rejected' } },
    });
    // Each sending, and each call's own read-back, is one; the queue reads back three times after each.
    expect([shop.writes('lost'), shop.reads('lost')]).toEqual([2, 8]);
    expect(late).toMatchObject({ state: 'scheduled', outcome: { result: { reconciled: true } } });
    expect(shop.writes('late')).toBe(1);
    expect(fine).toMatchObject({ state: 'requested' });
    expect([shop.writes('fine'), shop.reads('fine')]).toEqual([2, 4]);
    expect(other).toMatchObject({ state: 'refused', whenAbsent: 'refuse' });
    expect(shop.writes('other')).toBe(1);
    const types = async (id: string): Promise<readonly string[]> =>
      ((await queue.get(id))?.history ?? []).map(({ type }) => type).filter((type) => /intent|sent_again/.test(type));
    expect(await types('fine')).toEqual(['intent', 'sent_again', 'intent']);
    expect(await types('lost')).toEqual(['intent', 'sent_again', 'intent']);
    expect(await types('late')).toEqual(['intent']);
  });

  it('is left to a person if the last reading does not know, or shows one with another timing', async () => {
    const shop = openShop({
      one: { writes: [lost], reads: [() => seen('unknown')] },
      two: { writes: [lost], reads: [() => seen('requested', { when: 'end_of_period' })] },
    });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueueMany(['one', 'two'].map((id) => ({ id, request: request('alpha', id) })));
    for (const record of await settle(queue, 'one', 'two')) {
      expect(record).toMatchObject({
        state: 'unknown',
        needsPerson: true,
        outcome: { ok: false, error: { code: 'outcome_unknown' } },
      });
    }
    await queue.work({ stopWhenIdle: true });
    for (const id of ['one', 'two']) expect([shop.writes(id), shop.reads(id)]).toEqual([1, 4]);
    expect((await queue.list({ needsPerson: true })).map(({ id }) => id)).toEqual(['one', 'two']);
  });

  it('is read back again if a reading fails, and does not count that one', async () => {
    const busyNow: Reply = () => busy(429, 0);
    // A call reads three times before it gives up.
    const reads = [none, busyNow, busyNow, busyNow, none, none, () => seen('completed')];
    const shop = openShop({ one: { writes: [lost], reads } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const [record] = await settle(queue, 'one');
    expect(record).toMatchObject({ state: 'completed', outcome: { result: { reconciled: true } } });
    expect([shop.writes('one'), shop.reads('one')]).toEqual([1, 7]);
  });

  it('is left to a person immediately if the provider cannot be asked', async () => {
    const shop = openShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({
      state: 'unknown',
      needsPerson: true,
      outcome: { ok: false, error: { code: 'outcome_unknown', reason: 'connection_lost' } },
    });
    await queue.work({ stopWhenIdle: true });
    expect([shop.writes('one'), shop.reads('one')]).toEqual([1, 0]);
  });

  it('waits for its reading, and blocks another cancellation of the service', async () => {
    const shop = openShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [3_600_000] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    await queue.work({ stopWhenIdle: true });
    const record = await queue.get('one');
    expect(record).toMatchObject({ state: 'unknown', needsPerson: false });
    expect(record?.outcome).toMatchObject({ ok: false, error: { lastSeen: 'none' } });
    expect(Date.parse(record?.notBefore ?? '')).toBeGreaterThan(Date.now() + 3_000_000);
    expect([shop.writes('one'), shop.reads('one')]).toEqual([1, 1]);
    await expect(queue.enqueue(request('alpha', 'one'))).rejects.toMatchObject({ code: 'invalid_request' });
    // Nobody but a person may have it sent again, or its account go on with it.
    await queue.resume('alpha');
    await queue.work({ stopWhenIdle: true });
    expect([shop.writes('one'), shop.reads('one')]).toEqual([1, 1]);
  });

  it.each(['intent', 'sent'])(
    'is read back, and not sent again, where a worker was lost that had it in %s',
    async (state) => {
      const schema = schemaOf(database);
      const shop = openShop({ one: { reads: [() => seen('requested', { when: 'immediate' })] } });
      const first = await openQueue(database, { services: shop.services, schema });
      for (const account of ['alpha', 'beta', 'blind'] as const) {
        await first.enqueue(request(account, account === 'beta' ? 'two' : 'one'), { id: account });
      }
      await first.close();
      {
        await using tables = await openTables(database);
        await tables.query(
          `UPDATE ${schema}.cancellation SET state = $1, claim = 1, tries = 1, worker = 'gone',
           lease_until = clock_timestamp() - interval '1 second'`,
          [state],
        );
      }
      await using queue = await openQueue(database, { services: shop.services, schema });
      const [alpha, beta, blind] = await settle(queue, 'alpha', 'beta', 'blind');
      expect(alpha).toMatchObject({ state: 'requested', outcome: { result: { reconciled: true } } });
      expect(beta).toMatchObject({ state: 'refused', outcome: { error: { code: 'rejected' } } });
      expect(blind).toMatchObject({ state: 'unknown', needsPerson: true });
      expect([shop.writes(), shop.reads('one'), shop.reads('two')]).toEqual([0, 1, 3]);
      for (const id of ['alpha', 'beta', 'blind']) {
        expect((await queue.get(id))?.history.map(({ type }) => type)).toContain('worker_lost');
      }
    },
  );
});

describe('the kept yes to an earlier request', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it.each([
    ['as the queue does', {}, 86_400_000],
    ['as was asked for it', { follow: { afterMs: 7_200_000 } }, 7_200_000],
    ['not if that was asked for', { follow: false }, undefined],
  ] as const)(
    'settles it if the worker that sent it again is lost, and it is followed: %s',
    async (_, own, afterMs) => {
      const schema = schemaOf(database);
      const shop = openShop();
      await using queue = await openQueue(database, { services: shop.services, schema });
      await queue.enqueue(request('alpha', 'one'), { id: 'one', ...own });
      await queue.work({ stopWhenIdle: true });
      {
        await using tables = await openTables(database);
        await tables.query(
          `UPDATE ${schema}.cancellation SET state = 'sent', sent_again = true, claim = claim + 2, worker = 'gone',
           followed_since = NULL, following = NULL, not_before = NULL, lease_until = clock_timestamp() - interval '1 hour'`,
        );
      }
      await queue.work({ stopWhenIdle: true });
      const record = await queue.get('one');
      expect(record).toMatchObject({ state: 'requested', needsPerson: false });
      const { since, nextAt } = record?.follow ?? {};
      const waits = since === undefined ? undefined : Date.parse(nextAt ?? '') - Date.parse(since);
      expect(waits).toBe(afterMs);
      expect([shop.writes('one'), shop.reads('one')]).toEqual([1, 0]);
    },
  );
});

describe('the provider’s yes to a worker that could not write it down until now', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const doubt = `'{"code": "rejected", "message": "confirmed not cancelled"}'`;

  it.each([
    ['ends a refusal that read-backs led to', `state = 'refused', readings = 3, error = ${doubt}`, 'requested'],
    ['ends a plan to send it again', `state = 'planned', sent_again = true, error = ${doubt}`, 'requested'],
    ['leaves a refusal that a person wrote', `state = 'refused', readings = 0, error = ${doubt}`, 'refused'],
    ['ends a plan that a person made', `state = 'planned', error = NULL`, 'requested'],
    ['ends a plan that was held', `state = 'planned', needs_person = true, other_place = 'elsewhere'`, 'requested'],
    ['leaves a plan for another place', `state = 'planned', place = 'shop https://new.example.com/'`, 'planned'],
    ['leaves a refusal at another place', `state = 'refused', readings = 3, place = 'elsewhere'`, 'refused'],
    ['leaves what is being sent again', `state = 'intent'`, 'intent'],
  ])('%s', async (_, meanwhile, state) => {
    const gate = closedGate();
    const shop = openShop({ one: { writes: [() => gate.pass()] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await gate.held(1);
    await using tables = await openTables(database);
    await tables.query(
      `UPDATE ${queue.schema}.cancellation SET claim = claim + 3, lease_until = NULL, worker = NULL,
       not_before = clock_timestamp() + interval '1 day', ${meanwhile} WHERE id = 'one'`,
    );
    gate.open();
    stop.abort();
    await working;
    const record = await queue.get('one');
    expect(record?.state).toBe(state);
    expect(record?.history.at(-1)?.type).toBe(state === 'requested' ? 'settled' : 'late_outcome');
    expect(shop.writes('one')).toBe(1);
  });

  it.each(['retry', 'retry and a refusal', 'retry and a refusal, and moved to its month'] as const)(
    'ends what a person planned again: %s',
    async (meanwhile) => {
      const gate = closedGate();
      const shop = openShop({ one: { writes: [() => gate.pass(), () => refuses('not_found')] } });
      await using queue = await openQueue(database, { services: shop.services });
      const stop = new AbortController();
      const working = queue.work({ signal: stop.signal });
      await letIn(queue);
      await queue.enqueue(request('blind', 'one'), { id: 'one' });
      await gate.held(1);
      await using tables = await openTables(database);
      await tables.query(
        `UPDATE ${queue.schema}.cancellation SET claim = claim + 1, lease_until = NULL, worker = NULL, state = 'unknown',
         needs_person = true, error = '{"code": "outcome_unknown", "message": "the worker was lost"}' WHERE id = 'one'`,
      );
      // It waits behind the rest of its account, so that no worker takes it up before the yes is written down.
      if (meanwhile === 'retry') {
        await tables.query(
          `INSERT INTO ${queue.schema}.account (name, paused_until, paused_because)
           VALUES ('blind', clock_timestamp() + interval '1 hour', 'unauthorized')`,
        );
      }
      await queue.retry('one', { by: 'ann' });
      if (meanwhile !== 'retry') expect(await queue.wait('one')).toMatchObject({ state: 'refused' });
      if (meanwhile.endsWith('month')) {
        await tables.query(`UPDATE ${queue.schema}.cancellation SET updated_at = '2026-01-02' WHERE id = 'one'`);
        await makeMonth(tables, queue.schema, '2026_01');
        await expect.poll(() => moveSettled(tables, queue.schema, '2026_01', 10)).toBe(1);
      }
      gate.open();
      stop.abort();
      await working;
      const record = await queue.get('one');
      expect(record).toMatchObject({ state: 'requested', needsPerson: false, outcome: { ok: true } });
      expect(record).not.toHaveProperty('lastError');
      expect(record?.history.at(-1)?.type).toBe('settled');
      await queue.resume('blind');
      await queue.work({ stopWhenIdle: true });
      expect(shop.writes('one')).toBe(meanwhile === 'retry' ? 1 : 2);
    },
  );

  it.each<[string, Reply]>([
    ['accepted', accepted],
    ['refused', () => refuses('not_found')],
    ['not taken by a busy provider', () => busy(429, 3_600)],
    ['lost', lost],
  ])('counts though the request that a person had sent meanwhile is in flight and then %s', async (_, reply) => {
    const [first, second] = [closedGate(), closedGate()];
    const shop = openShop({ one: { writes: [() => first.pass(), () => second.pass(reply)] } });
    await using queue = await openQueue(database, { services: shop.services });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await letIn(queue);
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await first.held(1);
    await using tables = await openTables(database);
    // As after the database's clock was set ahead: the lease is over, and the call goes on.
    await tables.query(
      `UPDATE ${queue.schema}.cancellation SET claim = claim + 1, lease_until = NULL, worker = NULL, state = 'unknown',
       needs_person = true, error = '{"code": "outcome_unknown", "message": "the worker was lost"}' WHERE id = 'one'`,
    );
    await queue.retry('one', { by: 'ann' });
    await second.held(1);
    stop.abort();
    first.open();
    const types = async (): Promise<readonly string[]> =>
      (await queue.get('one'))?.history.map(({ type }) => type) ?? [];
    while (!(await types()).includes('late_outcome'));
    await Promise.race([working, types()]);
    second.open();
    await working;
    const record = await queue.get('one');
    expect(record).toMatchObject({ state: 'requested', needsPerson: false, outcome: { ok: true } });
    expect(record).not.toHaveProperty('lastError');
    expect(record?.history.at(-1)).toMatchObject({ type: 'settled', data: { state: 'requested' } });
    await queue.resume('blind');
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes('one')).toBe(2);
    expect((await queue.stats()).states).toMatchObject({ requested: 2, planned: 0, refused: 0, sent: 0, unknown: 0 });
  });

  it('of another place does not count for the request in flight', async () => {
    const [first, second] = [closedGate(), closedGate()];
    const writes = [() => first.pass(), () => second.pass(() => refuses('not_found'))];
    const shop = openShop({ one: { writes } });
    await using queue = await openQueue(database, { services: shop.services });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await letIn(queue);
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await first.held(1);
    await using tables = await openTables(database);
    await tables.query(
      `UPDATE ${queue.schema}.cancellation SET claim = claim + 1, lease_until = NULL, worker = NULL, state = 'unknown',
       needs_person = true, error = '{"code": "outcome_unknown", "message": "the worker was lost"}' WHERE id = 'one'`,
    );
    await queue.retry('one', { by: 'ann' });
    await second.held(1);
    stop.abort();
    // As after `retry` with `acceptPlace`.
    await tables.query(
      `UPDATE ${queue.schema}.cancellation SET place = 'shop https://elsewhere.example/' WHERE id = 'one'`,
    );
    first.open();
    await expect.poll(async () => (await queue.get('one'))?.history.map(({ type }) => type)).toContain('late_outcome');
    second.open();
    await working;
    expect(await queue.get('one')).toMatchObject({ state: 'refused' });
  });

  it('ends what a person withdrew meanwhile instead of having it sent again', async () => {
    const gate = closedGate();
    const shop = openShop({ one: { writes: [() => gate.pass()] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await gate.held(1);
    await using tables = await openTables(database);
    await tables.query(
      `UPDATE ${queue.schema}.cancellation SET claim = claim + 3, lease_until = NULL, worker = NULL, state = 'planned',
       not_before = clock_timestamp() + interval '1 day', sent_again = true, error = ${doubt} WHERE id = 'one'`,
    );
    await queue.withdraw('one', { by: 'ann' });
    expect(await queue.get('one')).toMatchObject({ state: 'refused', outcome: { error: { code: 'rejected' } } });
    gate.open();
    stop.abort();
    await working;
    const record = await queue.get('one');
    expect(record).toMatchObject({ state: 'requested', outcome: { ok: true } });
    expect(record?.history.map(({ type }) => type)).toContain('withdrawn');
    expect(record?.history.at(-1)?.type).toBe('settled');
    expect(shop.writes('one')).toBe(1);
  });

  it.each([
    ['ends a refusal that read-backs led to', 3, 'requested'],
    ['leaves a refusal that a person wrote', 0, 'refused'],
  ])('%s, also after it was moved to its month', async (_, readings, state) => {
    const gate = closedGate();
    const shop = openShop({ one: { writes: [() => gate.pass()] } });
    await using queue = await openQueue(database, { services: shop.services });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    // A worker sends one request of an account until it has answered.
    await queue.enqueue(request('alpha', 'two'), { id: 'two' });
    await queue.wait('two');
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await gate.held(1);
    await using tables = await openTables(database);
    await tables.query(
      `UPDATE ${queue.schema}.cancellation SET claim = claim + 3, lease_until = NULL, worker = NULL, state = 'refused',
       readings = $1, error = ${doubt}, updated_at = '2026-01-02' WHERE id = 'one'`,
      [readings],
    );
    await makeMonth(tables, queue.schema, '2026_01');
    await expect.poll(() => moveSettled(tables, queue.schema, '2026_01', 10)).toBe(1);
    gate.open();
    stop.abort();
    await working;
    const record = await queue.get('one');
    expect(record?.state).toBe(state);
    const types = record?.history.map(({ type }) => type);
    expect([types?.[0], types?.at(-1)]).toEqual(['enqueued', state === 'requested' ? 'settled' : 'late_outcome']);
    expect((await queue.stats()).states).toMatchObject(state === 'requested' ? { requested: 2 } : { refused: 1 });
    expect(shop.writes('one')).toBe(1);
  });
});

/** A worker sends one request of an account until it has answered: with this one it has. */
async function letIn(queue: Pick<CancelQueue<Own>, 'enqueue' | 'wait'>): Promise<void> {
  await queue.enqueue(request('blind', 'before'), { id: 'before' });
  await queue.wait('before', { timeoutMs: 45_000 });
}
