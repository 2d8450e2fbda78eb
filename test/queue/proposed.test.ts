import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSamePerson } from '../../src/queue/ledger/same-person.ts';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle } from './support/open-queue.ts';
import { openShop, request } from './support/shop.ts';

describe.each(DATABASES)('a proposed cancellation, on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const proposed = { id: 'one', propose: true, by: 'Kim' } as const;

  it('is taken by no worker before another person approves it, and is carried out then', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    expect(await queue.enqueue(request('alpha', 'one'), proposed)).toEqual({ id: 'one', added: true });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'proposed', needsPerson: false, askedBy: 'Kim', tries: 0 });
    expect((await queue.stats()).states).toMatchObject({ proposed: 1, planned: 0 });
    expect((await queue.list({ state: 'proposed' })).map(({ id }) => id)).toEqual(['one']);
    const { fingerprint } = (await queue.get('one')) ?? {};
    await queue.approve('one', { by: 'Alex', note: 'ticket 99', fingerprint });
    await settle(queue, 'one');
    const history = (await queue.get('one'))?.history ?? [];
    expect(history.slice(0, 3)).toMatchObject([
      { type: 'proposed', data: { by: 'Kim' } },
      { type: 'approved', data: { by: 'Alex', note: 'ticket 99', fingerprint } },
      { type: 'intent' },
    ]);
    expect(shop.writes('one')).toBe(1);
  });

  it('is proposed by somebody, among many, too', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    const unsigned = await failureOf(queue.enqueue(request('alpha', 'one'), { propose: true }));
    expect(unsigned.message).toContain('who proposes it');
    await queue.enqueueMany([
      { id: 'one', request: request('alpha', 'one'), propose: true, by: 'kim' },
      { id: 'two', request: request('alpha', 'two') },
    ]);
    await queue.work({ stopWhenIdle: true });
    expect([shop.writes('one'), shop.writes('two')]).toEqual([0, 1]);
  });

  it.each(['Kim', 'kim', ' KIM ', 'Ｋｉｍ', 'K\u200Bim'])(
    'is not approved by the one who proposed it, as “%s”',
    async (by) => {
      const shop = openShop();
      await using queue = await openQueue(database, { services: shop.services });
      await queue.enqueue(request('alpha', 'one'), proposed);
      expect(await failureOf(queue.approve('one', { by }))).toMatchObject({ issues: [{ path: 'decision.by' }] });
      await queue.work({ stopWhenIdle: true });
      expect([(await queue.get('one'))?.state, shop.writes()]).toEqual(['proposed', 0]);
    },
  );

  it('is approved once, also by two at the same moment', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), proposed);
    const tries = await Promise.allSettled([queue.approve('one', { by: 'ann' }), queue.approve('one', { by: 'bob' })]);
    expect(tries.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await settle(queue, 'one');
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes('one')).toBe(1);
  });

  it('is not approved if it is not the one that was looked at, or was changed since it was proposed', async () => {
    const shop = openShop();
    const schema = schemaOf(database);
    {
      await using queue = await openQueue(database, { services: shop.services, schema });
      await queue.enqueue(request('alpha', 'one'), proposed);
      await queue.enqueue(request('alpha', 'two'), { ...proposed, id: 'two' });
      const { fingerprint } = (await queue.get('two')) ?? {};
      expect(await failureOf(queue.approve('one', { by: 'ann', fingerprint }))).toMatchObject({
        issues: [{ path: 'decision.fingerprint' }],
      });
    }
    {
      await using tables = await openTables(database);
      await tables.query(
        `UPDATE ${schema}.cancellation SET request = jsonb_set(request, '{when}', '"end_of_period"') WHERE id = 'one'`,
      );
      await tables.query(
        `UPDATE ${schema}.cancellation SET request = jsonb_set(request, '{when}', '"soon"') WHERE id = 'two'`,
      );
    }
    await using queue = await openQueue(database, { services: shop.services, schema });
    for (const id of ['one', 'two']) {
      expect((await failureOf(queue.approve(id, { by: 'ann' }))).message).toContain('the one that was proposed');
    }
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(0);
  });

  it('ends when it is withdrawn, and is not sent by a retry that nobody approved', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), proposed);
    await queue.withdraw('one', { by: 'kim' });
    expect(await queue.get('one')).toMatchObject({ state: 'refused', outcome: { error: { code: 'aborted' } } });
    expect((await failureOf(queue.retry('one', { by: 'kim' }))).message).toContain('propose this one again');
    expect((await failureOf(queue.approve('one', { by: 'ann' }))).message).toContain('it is refused');
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(0);
    expect(await queue.enqueue(request('alpha', 'one'), { ...proposed, id: 'two' })).toMatchObject({ added: true });
  });

  it('occupies its service, and no other decision plans it', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), proposed);
    expect(await queue.enqueue(request('alpha', 'one'), { id: 'one', by: 'ann' })).toMatchObject({ added: false });
    expect(await failureOf(queue.enqueue(request('alpha', 'one'), { id: 'two' }))).toMatchObject({
      code: 'invalid_request',
    });
    await failureOf(queue.retry('one', { by: 'ann' }));
    await failureOf(queue.resolve('one', { by: 'ann', as: 'completed' }));
    await queue.resume('alpha');
    await queue.quarantine({ by: 'ann', since: '2020-01-01' });
    await queue.work({ stopWhenIdle: true });
    expect([(await queue.get('one'))?.state, shop.writes()]).toEqual(['proposed', 0]);
  });

  it('waits for its time after it was approved', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { ...proposed, notBefore: '2090-01-01' });
    await queue.approve('one', { by: 'ann' });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'planned', notBefore: '2090-01-01T00:00:00.000Z' });
    expect(shop.writes()).toBe(0);
  });

  it('is not approved if its account leads to another place by then, and is held if it does later', async () => {
    let host = 'old';
    const shop = openShop({}, undefined, () => `https://${host}.example.com`);
    await using queue = await openQueue(database, { services: shop.services });
    for (const id of ['one', 'two']) await queue.enqueue(request('alpha', id), { ...proposed, id });
    await queue.approve('two', { by: 'ann' });
    host = 'new';
    const refused = await failureOf(queue.approve('one', { by: 'ann' }));
    expect(refused.message).toMatch(/old\.example\.com.*new\.example\.com/);
    const [held] = await settle(queue, 'two');
    expect(held).toMatchObject({ state: 'planned', needsPerson: true });
    expect([(await queue.get('one'))?.state, shop.writes()]).toEqual(['proposed', 0]);
    // Nobody but the proposer has looked at the new place.
    expect(await failureOf(queue.retry('two', { by: 'KIM', acceptPlace: true }))).toMatchObject({
      issues: [{ path: 'decision.by' }],
    });
    expect((await settle(queue, 'two'))[0]).toMatchObject({ state: 'planned', needsPerson: true });
    host = 'old';
    await queue.approve('one', { by: 'ann' });
    await settle(queue, 'one');
    expect(shop.hosts()).toEqual(['old.example.com']);
    host = 'new';
    await queue.retry('two', { by: 'ann', acceptPlace: true });
    await settle(queue, 'two');
    expect(shop.hosts()).toEqual(['old.example.com', 'new.example.com']);
  });
});

describe('the names of two people', () => {
  it.each(['\u{200B}', '\u{FE0F}', '\u{34F}', '\u{3164}', '\u{115F}', '\u{E0100}', '\u{180B}', '\u{AD}'])(
    'are one person’s with a character that nobody sees (%j)',
    (unseen) => {
      expect(isSamePerson(`K${unseen}im`, 'Kim')).toBe(true);
      expect(isSamePerson(`Jose${unseen}\u{301}`, 'jos\u{E9}')).toBe(true);
    },
  );

  it('are one person’s however they are spaced and in whichever case, and two persons’ otherwise', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(isSamePerson(`  ${one.toUpperCase()}\t`, one)).toBe(true);
        expect(isSamePerson(`${one}  ${other}`, `${one} ${other}`)).toBe(true);
        expect(isSamePerson(one, other)).toBe(one === other);
      }),
    );
  });
});
