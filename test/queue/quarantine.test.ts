import { setTimeout as delay } from 'node:timers/promises';
import { createCancelService } from 'cancelkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acme } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle } from './support/open-queue.ts';
import { openShop, request, seen } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
const BY = { by: 'ann', note: 'the backup of the night', since: SINCE } as const;

describe.each(DATABASES)('a ledger that was restored from a backup, on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('sends nothing again that may have been sent since, once it has been quarantined', async () => {
    const schema = schemaOf(database);
    const shop = openShop({ done: { reads: [() => seen('requested', { when: 'immediate' })] } });
    const options = { services: shop.services, schema };
    const first = await openQueue(database, options);
    const rows = ['done', 'not', 'intent', 'sent', 'tried', 'later', 'unknown', 'settled'] as const;
    await first.enqueueMany([
      ...rows.map((id) => ({
        id,
        request: request('alpha', id),
        ...(id === 'later' ? { notBefore: '2100-01-01' } : {}),
      })),
      { id: 'blind', request: request('blind', 'blind') },
    ]);
    await first.close();
    {
      // As the backup has it: two were taken up, one was refused by a busy provider, one was settled.
      await using tables = await openTables(database);
      await tables.query(
        `UPDATE ${schema}.cancellation SET claim = 1, tries = 1,
           state = CASE id WHEN 'tried' THEN 'planned' WHEN 'settled' THEN 'refused' ELSE id END,
           worker = CASE WHEN id IN ('intent', 'sent') THEN 'gone' END,
           lease_until = CASE WHEN id IN ('intent', 'sent') THEN clock_timestamp() - interval '1 hour' END,
           not_before = CASE WHEN id = 'tried' THEN clock_timestamp() + interval '1 hour' END,
           readings = CASE id WHEN 'unknown' THEN 2 ELSE 0 END,
           unknown_since = CASE id WHEN 'unknown' THEN clock_timestamp() - interval '2 days' END
         WHERE id IN ('intent', 'sent', 'tried', 'unknown', 'settled')`,
      );
    }
    await using queue = await openQueue(database, options);
    expect(await queue.quarantine(BY)).toEqual({ readBack: 6, needsPerson: 1, otherAccounts: [] });
    const states = await queue.list();
    expect(Object.fromEntries(states.map(({ id, state }) => [id, state]))).toEqual({
      done: 'unknown',
      not: 'unknown',
      intent: 'unknown',
      sent: 'unknown',
      tried: 'unknown',
      later: 'planned',
      unknown: 'unknown',
      settled: 'refused',
      blind: 'unknown',
    });
    const done = await queue.get('done');
    expect(done?.history.at(-1)).toMatchObject({ type: 'quarantined', data: { ...BY, was: 'planned' } });
    expect(done?.outcome).toMatchObject({
      ok: false,
      error: { code: 'outcome_unknown', account: 'alpha', provider: 'shop' },
    });
    expect(done?.outcome?.ok === false && done.outcome.error.message).toContain(`may have been sent since ${SINCE}`);
    expect(await queue.get('blind')).toMatchObject({ needsPerson: true });
    const settled = await settle(queue, 'done', 'not', 'intent', 'sent', 'tried', 'unknown');
    expect(settled.map(({ state }) => state)).toEqual(['requested', ...Array.from({ length: 5 }, () => 'refused')]);
    expect(shop.reads('unknown')).toBe(3);
    expect(shop.writes()).toBe(0);
  });

  it('takes for due what was due by the clock of the server that is gone, which was ahead', async () => {
    const schema = schemaOf(database);
    const shop = openShop();
    const options = { services: shop.services, schema };
    const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
    const first = await openQueue(database, options);
    for (const [id, minutes] of [
      ['due', 20],
      ['later', 40],
    ] as const) {
      await first.enqueue(request('alpha', id), { id, notBefore: inMinutes(minutes) });
    }
    await first.close();
    await runStatement(
      database,
      `INSERT INTO ${schema}.worker (id, seen_at, alive_until)
       VALUES ('gone', clock_timestamp() + interval '30 minutes', clock_timestamp() + interval '31 minutes')`,
    );
    await using queue = await openQueue(database, options);
    expect(await queue.quarantine(BY)).toMatchObject({ readBack: 1 });
    const states = await queue.list();
    expect(Object.fromEntries(states.map(({ id, state }) => [id, state]))).toEqual({
      due: 'unknown',
      later: 'planned',
    });
  });

  it('believes no clock that was ahead by more than a day', async () => {
    const schema = schemaOf(database);
    const options = { services: openShop().services, schema };
    const first = await openQueue(database, options);
    await first.enqueue(request('alpha', 'one'), { id: 'one', notBefore: new Date(Date.now() + 2 * 86_400_000) });
    await first.close();
    await runStatement(
      database,
      `INSERT INTO ${schema}.worker (id, seen_at, alive_until)
       VALUES ('gone', clock_timestamp() + interval '1 year', clock_timestamp() + interval '1 year')`,
    );
    await using queue = await openQueue(database, options);
    expect(await queue.quarantine(BY)).toMatchObject({ readBack: 0, needsPerson: 0 });
  });

  it('is settled by the yes that the ledger has kept of an earlier request', async () => {
    const schema = schemaOf(database);
    const shop = openShop();
    const options = { services: shop.services, schema };
    const first = await openQueue(database, options);
    await first.enqueue(request('alpha', 'done'), { id: 'done' });
    await first.enqueue(request('alpha', 'one'), { id: 'one' });
    await first.work({ stopWhenIdle: true });
    await first.close();
    // As the backup has it: the second request was in flight when the yes to the first one came.
    await runStatement(
      database,
      `UPDATE ${schema}.cancellation SET state = 'sent', sent_again = true, followed_since = NULL, following = NULL,
         not_before = NULL, claim = claim + 2, worker = 'gone',
         lease_until = clock_timestamp() - interval '1 hour' WHERE id = 'one'`,
    );
    await using queue = await openQueue(database, options);
    expect(await queue.quarantine(BY)).toEqual({ readBack: 0, needsPerson: 0, otherAccounts: [] });
    const record = await queue.get('one');
    expect(record).toMatchObject({ state: 'requested', needsPerson: false, outcome: { ok: true } });
    expect(record?.follow).toEqual({ since: expect.any(String), nextAt: expect.any(String) });
    expect(Date.parse(record?.follow?.nextAt ?? '') - Date.parse(record?.follow?.since ?? '')).toBe(86_400_000);
    expect(record?.history.at(-1)).toMatchObject({ type: 'settled', data: { state: 'requested' } });
    await queue.work({ stopWhenIdle: true });
    expect([shop.writes('one'), shop.reads('one')]).toEqual([1, 0]);
    expect((await queue.stats()).states).toMatchObject({ requested: 2 });
  });

  it('says of a proposal that an approval since may be missing, and leaves it unchanged', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', propose: true, by: 'kim' });
    const before = await queue.get('one');
    expect(await queue.quarantine(BY)).toEqual({ readBack: 0, needsPerson: 0, otherAccounts: [] });
    const { history = [], ...record } = (await queue.get('one')) ?? {};
    const { history: _, ...unchanged } = before ?? {};
    expect(record).toEqual(unchanged);
    expect(history.at(-1)).toMatchObject({ type: 'quarantined', data: { ...BY, was: 'proposed' } });
    await queue.approve('one', { by: 'alex' });
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes('one')).toBe(1);
  });

  it.each(['lapsed', 'overdue'])('says of one that is %s that it may have been sent again since', async (state) => {
    const schema = schemaOf(database);
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services, schema });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    await queue.close();
    await runStatement(
      database,
      `UPDATE ${schema}.cancellation SET state = '${state}', needs_person = true, not_before = NULL,
         following = '{"seen": "none", "finding": "shop: it goes on."}'`,
    );
    await using again = await openQueue(database, { services: shop.services, schema });
    for (const _turn of [1, 2]) {
      expect(await again.quarantine(BY)).toEqual({ readBack: 0, needsPerson: 0, otherAccounts: [] });
      const record = await again.get('one');
      expect(record).toMatchObject({ state, needsPerson: true, follow: { lastSeen: 'none' } });
      expect(record?.follow?.finding).toMatch(
        /^shop: it goes on\. The ledger was restored .* such as a retry .* first\.$/,
      );
      expect(record?.follow?.finding?.split('is missing')).toHaveLength(2);
    }
    expect((await again.get('one'))?.history.at(-1)).toMatchObject({ type: 'quarantined', data: { was: state } });
  });

  it('sends again what is confirmed to be absent, if that is asked for', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.quarantine({ by: 'ann', since: new Date(0), whenAbsent: 'send_again' });
    const [one] = await settle(queue, 'one');
    expect(one).toMatchObject({ state: 'requested', whenAbsent: 'send_again' });
    expect([shop.reads('one'), shop.writes('one')]).toEqual([3, 1]);
  });

  it('is not quarantined while a worker is alive, here or elsewhere', async () => {
    const schema = schemaOf(database);
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services, schema });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', notBefore: '2100-01-01' });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal });
    await delay(200);
    expect(await failureOf(queue.quarantine(BY))).toMatchObject({ code: 'unavailable' });
    stop.abort();
    await working;
    expect(await queue.quarantine(BY)).toMatchObject({ readBack: 0 });
    await queue.close();
    // One of another process, which gave a sign of life a moment ago; and one whose lease has not ended.
    for (const [alive, dead] of [
      [
        `INSERT INTO ${schema}.worker VALUES ('other', clock_timestamp(), clock_timestamp() + interval '10 seconds')`,
        `DELETE FROM ${schema}.worker`,
      ],
      [
        `UPDATE ${schema}.cancellation SET lease_until = clock_timestamp() + interval '10 seconds'`,
        `UPDATE ${schema}.cancellation SET lease_until = clock_timestamp() - interval '10 seconds'`,
      ],
    ] as const) {
      await runStatement(database, alive);
      await using again = await openQueue(database, { services: shop.services, schema });
      const error = await failureOf(again.quarantine(BY));
      expect(error).toMatchObject({ code: 'unavailable' });
      expect(error.message).toContain('Stop all workers');
      await again.close();
      await runStatement(database, dead);
      await using free = await openQueue(database, { services: shop.services, schema });
      await free.quarantine(BY);
    }
  });

  it.each(['when the queue is opened', 'with the quarantine'] as const)(
    'is counted anew %s if its data alone was restored into tables that existed',
    async (moment) => {
      const [backup, schema] = [schemaOf(database), schemaOf(database)];
      const { services } = openShop();
      for (const each of [backup, schema]) await (await openQueue(database, { services, schema: each })).close();
      {
        await using queue = await openQueue(database, { services, schema: backup });
        for (const id of ['one', 'two']) await queue.enqueue(request('alpha', id), { id, notBefore: '2100-01-01' });
        await queue.withdraw('two', { by: 'ann' });
      }
      {
        await using tables = await openTables(database);
        // As pg_restore --data-only does it; without the table of versions where somebody left it out.
        const restored = moment === 'with the quarantine' ? [] : ['version'];
        for (const table of ['cancellation', 'history', 'tally', ...restored]) {
          await tables.query(`INSERT INTO ${schema}.${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${backup}.${table}`);
        }
      }
      await using queue = await openQueue(database, { services, schema });
      if (moment === 'with the quarantine') await queue.quarantine(BY);
      expect((await queue.stats()).states).toMatchObject({ planned: 1, refused: 1 });
      await queue.close();
      // And not again: the counts are one change each.
      await using again = await openQueue(database, { services, schema });
      expect((await again.stats()).states).toMatchObject({ planned: 1, refused: 1 });
    },
  );

  it('names the accounts that this queue does not have, and leaves theirs alone', async () => {
    const schema = schemaOf(database);
    const shop = openShop();
    const first = await openQueue(database, { services: shop.services, schema });
    await first.enqueue(request('beta', 'one'), { id: 'one' });
    await first.close();
    await using second = await openQueue(database, { services: createCancelService({ alpha: acme() }), schema });
    expect(await second.quarantine(BY)).toEqual({ readBack: 0, needsPerson: 0, otherAccounts: ['beta'] });
    expect(await second.get('one')).toMatchObject({ state: 'planned' });
  });

  it('is not quarantined by input that is not valid', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    for (const [what, path] of [
      [undefined, 'quarantine'],
      [{ by: 'ann' }, 'quarantine.since'],
      [{ since: SINCE }, 'quarantine.by'],
      [{ ...BY, since: 'yesterday' }, 'quarantine.since'],
      [{ ...BY, since: '2026-01-01T10:00:00' }, 'quarantine.since'],
      [{ ...BY, since: new Date(Date.now() + 3_600_000) }, 'quarantine.since'],
      [{ ...BY, whenAbsent: 'send' }, 'quarantine.whenAbsent'],
      [{ ...BY, account: 'alpha' }, 'quarantine.account'],
    ] as const) {
      const error = await failureOf(untyped(queue).quarantine(what));
      expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path }] });
    }
    expect(await queue.get('one')).toMatchObject({ state: 'planned' });
  });
});

async function runStatement(database: TestDatabase, statement: string): Promise<void> {
  await using tables = await openTables(database);
  await tables.query(statement);
}
