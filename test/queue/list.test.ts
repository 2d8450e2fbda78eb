import type { CancelQueue, ListFilter } from 'cancelkit/queue';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookUpAll } from '../../src/queue/ledger/look-up-all.ts';
import { migrate } from '../../src/queue/ledger/migrate.ts';
import { MIGRATIONS } from '../../src/queue/ledger/migrations.ts';
import { wayTo } from '../../src/queue/ledger/sample.ts';
import { fillSearch, fold, toQuery, toSearched, toTerm } from '../../src/queue/ledger/search.ts';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { freshSchema, openQueue, openTables, schemaOf, settle } from './support/open-queue.ts';
import { lost, openShop, refuses, request, type Own } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

type Ids = readonly string[];

async function idsOf(queue: Pick<CancelQueue<Own>, 'list'>, filter: ListFilter<keyof Own> = {}): Promise<Ids> {
  return (await queue.list(filter)).map(({ id }) => id);
}

describe.each(DATABASES)('a list of cancellations on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('is filtered by each of its filters, and by several together', async () => {
    const shop = openShop({
      'refused.example.com': { writes: [() => refuses('rejected')] },
      'lost-9': { writes: [lost] },
    });
    await using queue = await openQueue(database, { services: shop.services });
    const before = new Date();
    await queue.enqueue(
      { ...request('alpha', 'refused.example.com'), reference: 'Vertrag Ä-17' },
      { id: 'one', by: 'ann' },
    );
    await queue.enqueue({ ...request('blind', 'lost-9'), when: 'end_of_period' }, { id: 'two', by: 'ann' });
    await queue.enqueue({ ...request('beta', '4711'), reference: '100%_sure' }, { id: 'three', by: 'bob' });
    await queue.enqueue(request('alpha', '4712'), { id: 'four', notBefore: '2999-01-01' });
    const after = new Date(Date.now() + 60_000);
    await settle(queue, 'one', 'two', 'three');
    for (const [filter, ids] of [
      [{}, ['one', 'two', 'three', 'four']],
      [{ order: 'newest' }, ['four', 'three', 'two', 'one']],
      [{ states: ['refused', 'planned'] }, ['one', 'four']],
      [{ states: ['planned', 'refused', 'planned'], order: 'newest' }, ['four', 'one']],
      [{ state: 'refused', states: ['refused', 'planned'] }, ['one']],
      [{ state: 'refused', states: ['planned'] }, []],
      [{ text: 'EXAMPLE' }, ['one']],
      [{ text: 'vertrag ä-17' }, ['one']],
      [{ text: 'TRAG' }, ['one']],
      [{ text: ' 471 ' }, ['three', 'four']],
      [{ text: '47' }, ['three', 'four']],
      [{ text: '4' }, ['three', 'four']],
      // Of one and two characters, the beginning only.
      [{ text: '11' }, []],
      [{ text: '%_s' }, ['three']],
      [{ text: '%' }, []],
      [{ text: '471%' }, []],
      [{ text: '4_1' }, []],
      [{ text: "'; DROP TABLE" }, []],
      [{ text: '\u0000\u0000\u0000' }, []],
      [{ text: '\n\n4' }, ['three', 'four']],
      [{ text: 'two' }, ['two']],
      [{ text: 'alpha' }, []],
      [{ by: 'ann' }, ['one', 'two']],
      [{ by: 'an' }, []],
      [{ when: 'end_of_period' }, ['two']],
      [{ when: 'immediate', by: 'ann' }, ['one']],
      [{ when: 'date' }, []],
      [{ since: before }, ['one', 'two', 'three', 'four']],
      [{ since: after.toISOString() }, []],
      [{ until: before }, []],
      [{ since: '2020-01-01', until: after, order: 'newest', limit: 2 }, ['four', 'three']],
      [{ needsPerson: true, text: 'lost' }, ['two']],
      [{ needsPerson: true, text: 'example' }, []],
      [{ account: 'alpha', text: '471' }, ['four']],
      [{ states: ['requested'], text: '471', by: 'bob', when: 'immediate', since: before, account: 'beta' }, ['three']],
      [{ text: '471', after: 'three' }, ['four']],
      [{ text: '471', after: 'four', order: 'newest' }, ['three']],
    ] as const satisfies readonly (readonly [ListFilter<keyof Own>, Ids])[]) {
      expect([filter, await idsOf(queue, filter)]).toEqual([filter, ids]);
    }
  });

  it('refuses what is no filter, and a page after one that is gone', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    for (const [filter, path] of [
      [{ text: '' }, 'filter.text'],
      [{ text: '   ' }, 'filter.text'],
      [{ text: 'RECEIVED'.repeat(40) }, 'filter.text'],
      [{ text: 'RECEIVED\ud800' }, 'filter.text'],
      [{ text: 5 }, 'filter.text'],
      [{ states: [] }, 'filter.states'],
      [{ states: ['RECEIVED'] }, 'filter.states.0'],
      [{ states: 'planned' }, 'filter.states'],
      [{ by: '' }, 'filter.by'],
      [{ when: 'RECEIVED' }, 'filter.when'],
      [{ since: 'yesterday' }, 'filter.since'],
      [{ until: new Date(NaN) }, 'filter.until'],
      [{ order: 'RECEIVED' }, 'filter.order'],
      [{ after: 'gone' }, 'filter.after'],
      [{ after: 'gone', text: 'some' }, 'filter.after'],
    ] as const) {
      const error = await failureOf(untyped(queue).list(filter));
      expect([filter, error.code, error.issues?.map((issue) => issue.path)]).toEqual([
        filter,
        'invalid_request',
        [path],
      ]);
      expect(error.message).not.toContain('RECEIVED');
    }
  });

  it('is in the order of the time, and paged in it, where a time is asked for', async () => {
    const schema = schemaOf(database);
    const services = openShop().services;
    // The clock was set back by a day after the first three.
    const days = [3, 4, 5, 3, 4, 5].map(
      (day, index) => [`order-${index}`, `2026-05-0${day}T0${index}:00:00Z`] as const,
    );
    {
      await using queue = await openQueue(database, { services, schema });
      await queue.enqueueMany(
        days.map(([id], index) => ({ id, request: request('alpha', `host-${index}`), by: 'ann' })),
      );
    }
    {
      await using tables = await openTables(database);
      for (const [id, at] of days) {
        const { rows } = await tables.query(
          `UPDATE ${schema}.cancellation SET created_at = $2 WHERE id = $1 RETURNING number`,
          [id, at],
        );
        await tables.query(`UPDATE ${schema}.search SET created_at = $2 WHERE number = $1`, [rows[0]?.['number'], at]);
      }
    }
    await using queue = await openQueue(database, { services, schema });
    const inTime = ['order-1', 'order-4', 'order-2', 'order-5'];
    for (const filter of [{}, { by: 'ann' }, { account: 'alpha' }, { state: 'planned' }, { text: 'host' }] as const) {
      for (const order of ['oldest', 'newest'] as const) {
        const pages: string[] = [];
        for (let after: string | undefined; ;) {
          const page = await idsOf(queue, {
            ...filter,
            since: '2026-05-04',
            order,
            limit: 1,
            ...(after === undefined ? {} : { after }),
          });
          after = page[0];
          if (after === undefined) break;
          pages.push(after);
        }
        expect([filter, order, pages]).toEqual([filter, order, order === 'oldest' ? inTime : inTime.toReversed()]);
      }
    }
  });

  it('is paged in both orders without a gap or a repetition while rows change, move and are added', async () => {
    const shop = openShop();
    const schema = schemaOf(database);
    const ids = Array.from({ length: 23 }, (_, index) => `order-${index}`);
    await using queue = await openQueue(database, { services: shop.services, schema });
    await queue.enqueueMany(ids.map((id) => ({ id, by: 'ann', request: request('alpha', `host-${id}`) })));
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal, concurrency: 2 });
    try {
      for (const filter of [{}, { text: 'host-' }, { by: 'ann', text: 'order' }, { needsPerson: false }] as const) {
        for (const order of ['oldest', 'newest'] as const) {
          const paged: string[] = [];
          for (let after: string | undefined; ; after = paged.at(-1)) {
            const page = await idsOf(queue, { ...filter, order, limit: 4, ...(after === undefined ? {} : { after }) });
            if (page.length === 0) break;
            paged.push(...page);
            if (order === 'newest') {
              await queue.enqueue(request('beta', crypto.randomUUID()), { by: 'ann' });
            }
          }
          const old = paged.filter((id) => ids.includes(id));
          expect([filter, order, old]).toEqual([filter, order, order === 'oldest' ? ids : ids.toReversed()]);
        }
      }
    } finally {
      stop.abort();
      await working;
    }
  });

  it('finds in a long list what lies beyond the first ones, and a page of what is everywhere', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    const ids = Array.from({ length: 2_600 }, (_, index) => `order-${String(index).padStart(5, '0')}`);
    await queue.enqueueMany(
      ids.map((id, index) => ({
        id,
        request: request('alpha', id === 'order-02500' ? 'needle.example.com' : `host-${index}`),
        ...(index % 1_000 === 0 ? { by: 'ann' } : {}),
      })),
    );
    expect(await idsOf(queue, { text: 'NEEDLE' })).toEqual(['order-02500']);
    expect(await idsOf(queue, { text: 'needle', state: 'planned' })).toEqual(['order-02500']);
    expect(await idsOf(queue, { text: 'needle', state: 'refused' })).toEqual([]);
    expect(await idsOf(queue, { text: 'needle', after: 'order-02500' })).toEqual([]);
    expect(await idsOf(queue, { text: 'order-000', order: 'newest', limit: 2 })).toEqual([
      'order-00099',
      'order-00098',
    ]);
    expect(await idsOf(queue, { text: 'order', limit: 3 })).toEqual(ids.slice(0, 3));
    expect(await idsOf(queue, { text: 'order', limit: 2_600 })).toEqual(ids);
    expect(await idsOf(queue, { by: 'ann', order: 'newest' })).toEqual(['order-02000', 'order-01000', 'order-00000']);
    expect(await idsOf(queue, { by: 'ann', state: 'planned', text: '02' })).toEqual([]);
    await queue.withdraw('order-02000', { by: 'ann' });
    expect(await idsOf(queue, { state: 'refused', since: '2020-01-01' })).toEqual(['order-02000']);
    expect(await idsOf(queue, { needsPerson: true, since: '2020-01-01' })).toEqual([]);
  });

  it.each([6, 9, 11])(
    'finds what version %i enqueued, before and after it has been moved to its month',
    async (version) => {
      const schema = freshSchema();
      {
        await using tables = await openTables(database);
        await migrate(tables, schema, MIGRATIONS.slice(0, version));
        await tables.query(
          `INSERT INTO ${schema}.cancellation (id, fingerprint, account, provider, service_key, request, state, asked_by, updated_at)
         SELECT 'order-' || n, 'f', 'alpha', 'shop', 's-' || n, jsonb_build_object('account', 'alpha', 'when', 'immediate',
           'reference', 'Straße ' || n, 'service', jsonb_build_object('id', 'VPS-' || n || '.example.com')), 'requested', 'ann',
           clock_timestamp() - n * interval '1 hour'
         FROM generate_series(1, 1500) AS n`,
        );
        // As these versions did, except for the rows of two transactions that a restore has lost.
        if (version >= 7) {
          await tables.query(
            `INSERT INTO ${schema}.search (number, account, asked_by, created_at, timing, sought, grams)
             SELECT number, account, asked_by, created_at, 'immediate', E'\\n\\n' || id || E'\\n\\n', ARRAY[7303780, 682597]
             FROM ${schema}.cancellation WHERE number % 1000 > 2`,
          );
        }
      }
      const shop = openShop();
      await using queue = await openQueue(database, { services: shop.services, schema });
      const search = async (): Promise<readonly Ids[]> => [
        await idsOf(queue, { text: 'vps-1234.' }),
        await idsOf(queue, { text: 'order-1001' }),
        await idsOf(queue, { text: '1', limit: 2 }),
        await idsOf(queue, { text: 'STRASSE 777' }),
        await idsOf(queue, { by: 'ann', limit: 2, order: 'newest' }),
        await idsOf(queue, { when: 'immediate', state: 'requested', limit: 1 }),
        await idsOf(queue, { account: 'alpha', since: '2020-01-01', limit: 2 }),
      ];
      const expected = [
        ['order-1234'],
        ['order-1001'],
        [],
        ['order-777'],
        ['order-1500', 'order-1499'],
        ['order-1'],
        ['order-1', 'order-2'],
      ];
      expect(await search()).toEqual(expected);
      // The upkeep of a worker moves what was settled long ago.
      await queue.work({ stopWhenIdle: true });
      expect(await search()).toEqual(expected);
    },
  );
});

describe.each(DATABASES)('the index of the search on %s', (_, open) => {
  // Few characters, so that parts of texts are often found, of one to four bytes, and those that a query has to quote.
  const text = (maxLength: number): fc.Arbitrary<string> =>
    fc.string({
      unit: fc.constantFrom('a', 'B', '1', "'", '\\\\', ' ', '&', ':', '*', 'é', 'ß', '字', '😀'),
      minLength: 1,
      maxLength,
    });

  it('finds whatever a comparison of the texts finds', async () => {
    await using database = await open();
    await using tables = await openTables(database);
    const schema = schemaOf(database);
    await migrate(tables, schema);
    const made = fc.sample(fc.tuple(text(12), text(30)), { numRuns: 400, seed: 1 });
    await tables.query(
      `INSERT INTO ${schema}.cancellation (id, fingerprint, account, provider, service_key, request, state)
       SELECT n || id, 'f', 'alpha', 'shop', n, jsonb_build_object('account', 'alpha', 'when', 'immediate', 'service',
         jsonb_build_object('id', service)), 'requested'
       FROM jsonb_to_recordset($1::jsonb) AS x(n text, id text, service text)`,
      [JSON.stringify(made.map(([id, service], index) => ({ n: String(index), id, service })))],
    );
    await fillSearch(tables, schema);
    const all = await lookUpAll(tables, schema, { limit: 1_000 });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(text(9), async (asked) => {
        const term = toTerm(asked);
        // Each piece by itself, too: any of them may be what the index is asked for.
        const queries = [term.pieces, ...term.pieces.map((piece) => [piece])].map(toQuery);
        const { rows } = await tables.query(
          `SELECT count(*)::int AS found, count(*) FILTER (WHERE pieces @@ ALL ($2::text[]::tsquery[]))::int AS by_index
           FROM ${schema}.search WHERE strpos(sought, $1) > 0`,
          [term.text, queries],
        );
        expect([asked, rows[0]?.['by_index']]).toEqual([asked, rows[0]?.['found']]);
        const expected = all.filter(({ id, request: { service } }) =>
          [id, service.id].some((value) => {
            const at = fold(String(value)).indexOf(fold(asked));
            return Buffer.byteLength(fold(asked)) < 3 ? at === 0 : at >= 0;
          }),
        );
        const found = await lookUpAll(tables, schema, { text: asked, limit: 1_000 });
        expect([asked, found.map(({ id }) => id)]).toEqual([asked, expected.map(({ id }) => id)]);
        compared += found.length;
      }),
      { numRuns: 60, examples: [['😀😀'], ['字'], ["'"], ['\\'], [':*']] },
    );
    expect(compared).toBeGreaterThan(0);
  });

  it('is asked for what few rows have, and not for what many have', async () => {
    await using database = await open();
    await using tables = await openTables(database);
    const schema = schemaOf(database);
    await migrate(tables, schema);
    await tables.query(
      `INSERT INTO ${schema}.cancellation (id, fingerprint, account, provider, service_key, request, state)
       SELECT 'order-' || n, 'f', 'alpha', 'shop', n, jsonb_build_object('account', 'alpha', 'when', 'immediate', 'service',
         jsonb_build_object('id', 'vps-' || n || '.example.com')), 'requested'
       FROM generate_series(10001, 12000) AS n`,
    );
    await fillSearch(tables, schema);
    const rare = await wayTo(tables, schema, toTerm('vps-10417.example.com'), 'newest', 10);
    expect(rare.near).toBeUndefined();
    expect(rare.query).toMatch(/^'[^a-z]{3,4}\S*'(?: & '\S+'){0,2}$/);
    expect(rare.query).not.toMatch(/vps|exam|mple|com/);
    // Half of the rows have it: twenty of the nearest fill a page of ten, or forty if they have it less often.
    const frequent = await wayTo(tables, schema, toTerm('vps-10'), 'oldest', 10);
    expect(frequent.near).toBeGreaterThanOrEqual(20);
    expect(frequent.near).toBeLessThanOrEqual(40);
    expect((await wayTo(tables, schema, toTerm('nowhere'), undefined, 10)).near).toBeUndefined();
  });
});

describe('the text that is searched', () => {
  const fields = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 1, maxLength: 4 });

  it('holds each part of each value, however it is written, and in no other text', () => {
    fc.assert(
      fc.property(
        fields,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('toUpperCase', 'toLowerCase', 'normalize'),
        (values, from, length, spelling) => {
          const [id = '', ...more] = values;
          const { sought } = toSearched({
            id,
            request: { account: 'a', when: 'immediate', service: { of: more.slice(1) }, reference: more[0] },
          });
          const whole = [...(values[from % values.length] ?? '').normalize('NFC')];
          const start = whole.length === 0 ? 0 : length % whole.length;
          const part = whole.slice(start).join('');
          const asked = toTerm(spelling === 'normalize' ? part.normalize('NFD') : part);
          if (Buffer.byteLength(fold(part)) < 3 && start > 0) return;
          expect(sought).toContain(asked.text);
        },
      ),
    );
  });

  it('is folded character by character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        const joined = `${one}${other}`;
        // Two characters that are written as one are one.
        if (joined.normalize('NFC') !== one.normalize('NFC') + other.normalize('NFC')) return;
        expect(fold(joined)).toBe(fold(one) + fold(other));
        expect(fold(joined)).not.toMatch(/\p{Cc}/u);
      }),
    );
    expect(fold('ΟΔΟΣ')).toBe(fold('οδος'));
    expect(fold('Straße')).toBe(fold('STRASSE'));
  });
});
