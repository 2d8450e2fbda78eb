import { inspect } from 'node:util';
import type { CancelRequest, ProviderError } from 'cancelkit';
import type { Placing } from 'cancelkit/queue';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, settle, type TestQueue } from './support/open-queue.ts';
import { openShop, type Own } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

type Item = Placing & { readonly request: CancelRequest<Own> };

describe.each(DATABASES)('enqueueing on %s', (kind, open) => {
  let database: TestDatabase;
  let queue: TestQueue<Own>;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    queue = await openQueue(database, { services: openShop().services });
  });
  afterEach(() => queue[Symbol.asyncDispose]());

  describe('one', () => {
    it('exists only once with the same id, however often it is enqueued and whatever its spelling', async () => {
      const request = { account: 'alpha', service: { id: 5 }, when: 'immediate', reason: 'Gone' } as const;
      expect(await queue.enqueue(request, { id: 'one', by: 'ann', priority: 3 })).toEqual({ id: 'one', added: true });
      const asIs = await queue.get('one');
      const again = [
        request,
        { ...request, service: { id: '5' } },
        { ...request, reason: { text: 'Gone' } },
        { when: 'immediate', reason: { text: 'Gone' }, service: { id: '5' }, account: 'alpha', reference: undefined },
      ] as const;
      for (const one of again) {
        expect(await queue.enqueue(one, { id: 'one', by: 'bob', priority: 7 })).toEqual({ id: 'one', added: false });
      }
      expect(await queue.get('one')).toEqual(asIs);
      expect(asIs).toMatchObject({ request, state: 'planned', askedBy: 'ann', priority: 3, tries: 0 });
      await settle(queue, 'one');
      expect(await queue.enqueue(request, { id: 'one' })).toEqual({ id: 'one', added: false });
      expect(await queue.get('one')).toMatchObject({ state: 'requested' });
    });

    it('is refused if its id belongs to another request', async () => {
      const request = {
        account: 'alpha',
        service: { id: '5' },
        when: 'immediate',
        reason: 'Gone',
        reference: 'order-1',
      } as const;
      await queue.enqueue(request, { id: 'one' });
      const others: readonly CancelRequest<Own>[] = [
        { ...request, account: 'beta' },
        { ...request, service: { id: '6' } },
        { ...request, when: 'end_of_period' },
        { ...request, reason: 'gone' },
        { ...request, reason: { category: 'other', text: 'Gone' } },
        { ...request, reference: 'order-2' },
      ];
      for (const other of others) {
        const { code, issues } = await failureOf(queue.enqueue(other, { id: 'one' }));
        expect([code, issues?.map(({ path }) => path)]).toEqual(['invalid_request', ['options.id']]);
      }
      expect(await queue.list()).toMatchObject([{ id: 'one', request, state: 'planned' }]);
    });

    it('is refused while another cancellation of the service is open at the account', async () => {
      const request = { account: 'alpha', service: { id: 5 }, when: 'immediate' } as const;
      await queue.enqueue(request, { id: 'one' });
      for (const second of [request, { ...request, service: { id: '5' }, when: 'end_of_period' }] as const) {
        const { code, issues } = await failureOf(queue.enqueue(second, { id: 'two' }));
        expect([code, issues?.map(({ path }) => path)]).toEqual(['invalid_request', ['service']]);
        expect(issues?.[0]?.expected).toContain('“one”');
      }
      expect(await queue.enqueue({ ...request, account: 'beta' }, { id: 'two' })).toEqual({ id: 'two', added: true });
      await settle(queue, 'one');
      expect(await queue.enqueue(request, { id: 'three' })).toEqual({ id: 'three', added: true });
      expect((await queue.list()).map(({ id }) => id)).toEqual(['one', 'two', 'three']);
    });

    it('exists only once if ten ask for the same service at the same moment', async () => {
      const ids = Array.from({ length: 10 }, (_, index) => `id-${index}`);
      const request = { account: 'alpha', service: { id: 5 }, when: 'immediate' } as const;
      const settled = await Promise.allSettled(ids.map((id) => queue.enqueue(request, { id })));
      const refused = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
      expect(refused).toHaveLength(9);
      expect(refused.every((error) => inspect(error).includes('invalid_request'))).toBe(true);
      expect(await queue.list()).toHaveLength(1);
    });

    it('is new to one alone of ten who ask with the same id at the same moment', async () => {
      const request = { account: 'alpha', service: { id: 5 }, when: 'immediate' } as const;
      const all = await Promise.all(Array.from({ length: 10 }, () => queue.enqueue(request, { id: 'one' })));
      expect(all.filter(({ added }) => added)).toHaveLength(1);
      expect((await queue.get('one'))?.history.map(({ type }) => type)).toEqual(['enqueued']);
    });

    it('is given an id if the caller gives none', async () => {
      const { id, added } = await queue.enqueue({ account: 'alpha', service: { id: 5 }, when: 'immediate' });
      expect(id).toMatch(/^[\da-f-]{36}$/);
      expect(added).toBe(true);
      const record = await queue.get(id);
      expect(record).toMatchObject({
        id,
        account: 'alpha',
        provider: 'shop',
        history: [{ type: 'enqueued', data: {} }],
      });
    });

    it('waits for its time, however far that is, and keeps who asked for it', async () => {
      const later = '2150-01-02T03:04:05.678Z';
      const service = (id: string): CancelRequest<Own> => ({ account: 'alpha', service: { id }, when: 'immediate' });
      await queue.enqueue(service('a'), { id: 'date', notBefore: new Date(later), by: 'ann' });
      await queue.enqueue(service('b'), { id: 'text', notBefore: '2150-01-02T04:04:05.678+01:00' });
      await queue.enqueue(service('c'), { id: 'past', notBefore: '2020-01-01' });
      await queue.work({ stopWhenIdle: true });
      expect(await queue.get('date')).toMatchObject({
        state: 'planned',
        notBefore: later,
        askedBy: 'ann',
        history: [{ type: 'enqueued', data: { by: 'ann' } }],
      });
      expect(await queue.get('text')).toMatchObject({ state: 'planned', notBefore: later });
      expect(await queue.get('past')).toMatchObject({ state: 'requested' });
    });

    const SECRET = 'RECEIVED-7';
    const sound = { account: 'alpha', service: { id: 'service-1' }, when: 'immediate' };
    const badRequests: readonly (readonly [string, unknown, string, string])[] = [
      ['no request', undefined, 'invalid_request', 'request'],
      ['a text', SECRET, 'invalid_request', 'request'],
      ['another account', { ...sound, account: SECRET }, 'unknown_account', ''],
      ['no timing', { ...sound, when: undefined }, 'invalid_request', 'when'],
      ['another timing', { ...sound, when: SECRET }, 'invalid_request', 'when'],
      ['another service', { ...sound, service: { id: { [SECRET]: SECRET } } }, 'invalid_request', 'service.id'],
      ['another category', { ...sound, reason: { category: SECRET } }, 'invalid_request', 'reason.category'],
      ['a key that there is not', { ...sound, dryRun: SECRET }, 'invalid_request', 'dryRun'],
      ['a reason that cannot be stored', { ...sound, reason: `${SECRET}\0` }, 'invalid_request', 'request'],
      [
        'a service that cannot be stored',
        { ...sound, service: { id: `${SECRET}\ud800` } },
        'invalid_request',
        'request',
      ],
    ];
    const badOptions: readonly (readonly [string, unknown, string])[] = [
      ['a text', SECRET, 'options'],
      ['nothing', null, 'options'],
      ['an option that there is not', { before: SECRET }, 'options.before'],
      ['an empty id', { id: '' }, 'options.id'],
      ['a long id', { id: SECRET.repeat(13) }, 'options.id'],
      ['an id with a line break', { id: `${SECRET}\n` }, 'options.id'],
      ['a number as id', { id: 5 }, 'options.id'],
      ['a priority that is too high', { priority: 1_001 }, 'options.priority'],
      ['half a priority', { priority: 0.5 }, 'options.priority'],
      ['a time that is none', { notBefore: SECRET }, 'options.notBefore'],
      ['a date that is none', { notBefore: new Date(Number.NaN) }, 'options.notBefore'],
      ['a day that there is not', { notBefore: '2026-02-30' }, 'options.notBefore'],
      ['a time without its zone', { notBefore: '2026-05-01T10:00' }, 'options.notBefore'],
      ['a day in another order', { notBefore: '05/06/2026' }, 'options.notBefore'],
      ['a time after the year 3000', { notBefore: '3000-01-01' }, 'options.notBefore'],
      ['an empty name', { by: '' }, 'options.by'],
      ['a transaction that is none', { transaction: { SECRET } }, 'options.transaction'],
    ];

    it('is refused before anything is written if the request is not valid', async () => {
      for (const [what, request, code, path] of badRequests) {
        const error = await failureOf(untyped(queue).enqueue(request, { id: 'one' }));
        expect([what, error.code, error.issues?.[0]?.path ?? '']).toEqual([what, code, path]);
        expect([what, shown(error).includes('RECEIVED')]).toEqual([what, false]);
      }
      expect(await queue.list()).toEqual([]);
    });

    it('is refused before anything is written if an option is not valid', async () => {
      for (const [what, options, path] of badOptions) {
        const error = await failureOf(untyped(queue).enqueue(sound, options));
        expect([what, error.code, error.issues?.map((issue) => issue.path)]).toEqual([what, 'invalid_request', [path]]);
        expect([what, shown(error).includes('RECEIVED')]).toEqual([what, false]);
      }
      expect(await queue.list()).toEqual([]);
    });
  });

  describe('many', () => {
    const item = (index: number): Item => ({
      id: `id-${index}`,
      request: { account: 'alpha', service: { id: `service-${index}` }, when: 'immediate' },
    });

    it('takes 5,000, from whatever can be gone through, each once', async () => {
      const items = Array.from({ length: 5_000 }, (_, index) => item(index));
      const ids = items.map(({ id }) => id);
      expect(await queue.enqueueMany(slowly(items.slice(0, 3_000)))).toEqual({
        ids: ids.slice(0, 3_000),
        added: 3_000,
      });
      expect(await queue.enqueueMany(new Set(items))).toEqual({ ids, added: 2_000 });
      expect((await queue.stats()).states.planned).toBe(5_000);
      const listed = await queue.list({ limit: 10_000 });
      expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(ids));
      expect(listed).toHaveLength(5_000);
    });

    it('takes none if one conflicts with another, even far behind it', async () => {
      const items = Array.from({ length: 2_500 }, (_, index) => item(index));
      const error = await failureOf(queue.enqueueMany([...items, { ...item(7), id: 'another' }]));
      expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'items.2500.request.service' }] });
      expect(error.issues?.[0]?.expected).toContain('“id-7”');
      expect(await queue.list()).toEqual([]);
    });

    it('takes none if some are not valid, and says of each what is wrong', async () => {
      const items: readonly unknown[] = [
        item(0),
        { ...item(1), request: { account: 'alpha', service: {}, when: 'immediate' } },
        { ...item(2), priority: 'RECEIVED' },
        'RECEIVED',
        { ...item(4), request: { account: 'RECEIVED', service: { id: '4' }, when: 'immediate' } },
        { ...item(5), reference: 'RECEIVED' },
        { ...item(6), request: { account: 'alpha', service: { id: '6' }, when: 'immediate', reason: 'RECEIVED\0' } },
        item(7),
      ];
      const error = await failureOf(untyped(queue).enqueueMany(items));
      expect(error.code).toBe('invalid_request');
      expect(error.issues?.map(({ path }) => path)).toEqual([
        'items.1.request.service.id',
        'items.2.priority',
        'items.3',
        'items.4.request',
        'items.5.reference',
        'items.6.request',
      ]);
      expect(shown(error)).not.toContain('RECEIVED');
      expect(await queue.list()).toEqual([]);
    });

    it('takes none if an id or a service is taken already, and says of each which', async () => {
      await queue.enqueue(item(1).request, { id: 'id-1' });
      const items: readonly Item[] = [item(0), { ...item(2), id: 'id-1' }, { ...item(1), id: 'another' }, item(3)];
      const { code, issues } = await failureOf(queue.enqueueMany(items));
      expect([code, issues?.map(({ path }) => path)]).toEqual([
        'invalid_request',
        ['items.1.id', 'items.2.request.service'],
      ]);
      expect((await queue.list()).map(({ id }) => id)).toEqual(['id-1']);
    });

    it('counts the same one twice as one', async () => {
      const twice = [item(0), item(1), item(0), { ...item(1), by: 'bob' }];
      expect(await queue.enqueueMany(twice)).toEqual({ ids: ['id-0', 'id-1', 'id-0', 'id-1'], added: 2 });
      expect((await queue.get('id-0'))?.history).toHaveLength(1);
      expect((await queue.list()).map(({ id }) => id)).toEqual(['id-0', 'id-1']);
    });

    it('leaves nothing behind if the source throws, and throws the same', async () => {
      const mistake = new Error('the file ends here');
      async function* source(): AsyncGenerator<Item> {
        yield item(0);
        yield* slowly([item(1)]);
        throw mistake;
      }
      await expect(queue.enqueueMany(source())).rejects.toBe(mistake);
      expect(await queue.list()).toEqual([]);
    });

    it('takes nothing if there is nothing, and refuses what cannot be gone through', async () => {
      expect(await queue.enqueueMany([])).toEqual({ ids: [], added: 0 });
      for (const items of [undefined, 5, 'RECEIVED', item(0)]) {
        const error = await failureOf(untyped(queue).enqueueMany(items));
        expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'items' }] });
      }
      const error = await failureOf(untyped(queue).enqueueMany([item(0)], { by: 'RECEIVED' }));
      expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'options.by' }] });
      expect(await queue.list()).toEqual([]);
    });
  });

  // PGlite has no connection but the queue's own, so nobody else can have a transaction in its database.
  describe.each([kind].filter((one) => one === 'PostgreSQL'))('on %s, in a transaction of the caller’s own', () => {
    let client: pg.Client;
    beforeEach(async () => {
      client = new pg.Client(database.address);
      await client.connect();
      await client.query(`CREATE TABLE ${queue.schema}.customer (id text PRIMARY KEY)`);
    });
    afterEach(() => client.end());

    const request = { account: 'alpha', service: { id: 5 }, when: 'immediate' } as const;
    const second = { request: { ...request, service: { id: 6 } }, id: 'two' };

    it('exists after the commit, together with what the caller wrote', async () => {
      await client.query('BEGIN');
      await client.query(`INSERT INTO ${queue.schema}.customer VALUES ('ann')`);
      expect(await queue.enqueue(request, { id: 'one', transaction: client })).toEqual({ id: 'one', added: true });
      await queue.enqueueMany([second], { transaction: client });
      expect(await queue.list()).toEqual([]);
      await queue.work({ stopWhenIdle: true });
      await client.query('COMMIT');
      expect((await queue.list()).map(({ id }) => id)).toEqual(['one', 'two']);
      const settled = await settle(queue, 'one', 'two');
      expect(settled.map(({ state }) => state)).toEqual(['requested', 'requested']);
    });

    it('does not exist after a rollback', async () => {
      await client.query('BEGIN');
      await client.query(`INSERT INTO ${queue.schema}.customer VALUES ('ann')`);
      await queue.enqueue(request, { id: 'one', transaction: client });
      await queue.enqueueMany([second], { transaction: client });
      await client.query('ROLLBACK');
      await queue.work({ stopWhenIdle: true });
      expect(await queue.list()).toEqual([]);
      await using tables = await openTables(database);
      for (const table of ['customer', 'history']) {
        expect((await tables.query(`SELECT * FROM ${queue.schema}.${table}`)).rows).toEqual([]);
      }
      expect((await tables.query(`SELECT * FROM ${queue.schema}_jobs.job`)).rows).toEqual([]);
      // The same id is free again.
      expect(await queue.enqueue({ ...request, when: 'end_of_period' }, { id: 'one' })).toMatchObject({ added: true });
    });

    it.each(['a client before BEGIN', 'a client after COMMIT', 'a pool', 'a pool of one'])(
      'is refused for %s, which would commit each statement alone, and nothing is written',
      async (what) => {
        const max = what === 'a pool of one' ? 1 : 4;
        const pool = new pg.Pool({ connectionString: database.address, max });
        if (what === 'a client after COMMIT') await client.query('BEGIN; COMMIT');
        const transaction = what.startsWith('a pool') ? pool : client;
        for (const call of [
          () => queue.enqueue(request, { id: 'one', transaction }),
          () => queue.enqueueMany([second, { ...second, id: 'three' }], { transaction }),
        ]) {
          const error = await failureOf(call());
          expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'options.transaction' }] });
        }
        await pool.end();
        expect(await queue.list()).toEqual([]);
      },
    );

    it('is refused with an error of its own if the transaction has failed before', async () => {
      await client.query('BEGIN');
      await expect(client.query('SELECT * FROM nowhere')).rejects.toThrow('nowhere');
      const error = await failureOf(queue.enqueue(request, { id: 'one', transaction: client }));
      expect(error).toMatchObject({ code: 'unavailable', providerCode: '25P02' });
      await client.query('ROLLBACK');
    });
  });
});

async function* slowly(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

/** All that an error says. */
function shown(error: ProviderError): string {
  return `${inspect(error, { depth: Infinity, showHidden: true })} ${JSON.stringify(error)} ${error.stack ?? ''}`;
}
