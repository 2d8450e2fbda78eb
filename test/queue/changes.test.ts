import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderError } from 'cancelkit';
import type { FeedChange, QueueChange } from 'cancelkit/queue';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { DATABASES, startPostgres, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle, type TestQueue } from './support/open-queue.ts';
import { lost, openShop, refuses, request, says, seen, TOKEN, type Own } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

type Queue = TestQueue<Own>;
type Told = readonly [id: string, from: string | undefined, to: string, needsPerson?: true];

function told({ id, from, to, needsPerson }: QueueChange): Told {
  return needsPerson ? [id, from, to, true] : [id, from, to];
}

/** Everything behind a cursor, in pages. */
async function readAll(queue: Pick<Queue, 'changes'>, after?: string, limit?: number): Promise<readonly FeedChange[]> {
  const all: FeedChange[] = [];
  for (let cursor = after; ;) {
    const { changes, cursor: next } = await queue.changes({ after: cursor, limit });
    if (changes.length === 0) return all;
    all.push(...changes);
    cursor = next;
  }
}

describe.each(DATABASES)('the changes on %s', { timeout: 60_000 }, (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('tell each state that a cancellation came into, once, with its code and who asked', async () => {
    const shop = openShop({ two: { writes: [() => refuses('rejected')] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', by: 'ann' });
    await settle(queue, 'one');
    await queue.enqueue(request('beta', 'two'), { id: 'two' });
    await settle(queue, 'two');
    const { changes, cursor } = await queue.changes();
    expect(changes).toMatchObject([
      { id: 'one', account: 'alpha', to: 'planned', needsPerson: false, by: 'ann' },
      { id: 'one', account: 'alpha', from: 'planned', to: 'intent' },
      { id: 'one', account: 'alpha', from: 'intent', to: 'requested' },
      { id: 'two', account: 'beta', to: 'planned' },
      { id: 'two', account: 'beta', from: 'planned', to: 'intent' },
      { id: 'two', account: 'beta', from: 'intent', to: 'refused', code: 'rejected' },
    ]);
    expect(Object.keys(changes[1] ?? {}).toSorted()).toEqual(
      ['account', 'at', 'changeId', 'cursor', 'from', 'id', 'needsPerson', 'to'].toSorted(),
    );
    expect(new Set(changes.map(({ changeId }) => changeId)).size).toBe(6);
    expect(cursor).toBe(changes.at(-1)?.cursor);
    expect(await queue.changes({ after: cursor })).toEqual({ changes: [], cursor });
  });

  it('name the person whose decision made them, and nobody for what follows', async () => {
    const shop = openShop({
      one: { writes: [lost], reads: [() => seen('scheduled', { when: 'immediate' })] },
      two: { writes: [lost] },
    });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await queue.enqueue(request('blind', 'two'), { id: 'two' });
    await queue.enqueue(request('blind', 'three'), { id: 'three', notBefore: '2999-01-01' });
    await settle(queue, 'one', 'two');
    const { cursor } = await queue.changes({ after: 'latest' });
    await queue.resolve('one', { by: 'ann', as: 'refused', note: 'the customer stays' });
    await queue.retry('two', { by: 'ben' });
    await queue.withdraw('three', { by: 'zoë “the boss”' });
    await queue.enqueue(request('blind', 'four'), { id: 'four' });
    const { changes } = await queue.changes({ after: cursor });
    expect(changes.map(({ by, ...change }) => [...told(change), by])).toEqual([
      ['one', 'unknown', 'refused', 'ann'],
      ['two', 'unknown', 'planned', 'ben'],
      ['three', 'planned', 'refused', 'zoë “the boss”'],
      ['four', undefined, 'planned', undefined],
    ]);
  });

  it('name the person who had it read back, with what that led to', async () => {
    let shown = (): Response => seen('requested', { when: 'end_of_period' });
    const shop = openShop({ one: { writes: [lost], reads: [() => shown()] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await settle(queue, 'one');
    const { cursor } = await queue.changes({ after: 'latest' });
    shown = () => seen('completed');
    await queue.readBack('one', { by: 'eve' });
    const changes = await readAll(queue, cursor);
    expect(changes.at(-1)).toMatchObject({ from: 'unknown', to: 'completed', needsPerson: false });
    expect(new Set(changes.map(({ by }) => by))).toEqual(new Set(['eve']));
  });

  it('tell that a person is needed, and is needed no more, also if the state stays', async () => {
    let place = 'https://one.example.com';
    const shop = openShop({}, TOKEN, () => place);
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    place = 'https://two.example.com';
    await settle(queue, 'one');
    await queue.resume('alpha');
    expect((await readAll(queue)).map(told)).toEqual([
      ['one', undefined, 'planned'],
      ['one', 'planned', 'intent'],
      ['one', 'intent', 'planned', true],
      ['one', 'planned', 'planned'],
    ]);
  });

  it('say nothing twice of what is moved to its month and back', async () => {
    const shop = openShop({ one: { writes: [() => refuses('rejected')] } });
    const schema = schemaOf(database);
    {
      await using queue = await openQueue(database, { services: shop.services, schema });
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await settle(queue, 'one');
    }
    {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${schema}.cancellation SET updated_at = updated_at - interval '3 days'`);
    }
    await using queue = await openQueue(database, { services: shop.services, schema });
    await queue.work({ stopWhenIdle: true });
    await queue.retry('one', { by: 'ann' });
    expect((await readAll(queue)).map(told)).toEqual([
      ['one', undefined, 'planned'],
      ['one', 'planned', 'intent'],
      ['one', 'intent', 'refused'],
      ['one', 'refused', 'planned'],
    ]);
  });

  it('are read in pages, each from the cursor of any change of the page before', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    const ids = Array.from({ length: 25 }, (_one, index) => `id-${index}`);
    await queue.enqueueMany(ids.map((id) => ({ request: request('alpha', id), id })));
    const all = await readAll(queue, undefined, 7);
    expect(all.map(({ id }) => id)).toEqual(ids);
    await fc.assert(
      fc.asyncProperty(fc.nat(24), fc.integer({ min: 1, max: 30 }), async (index, limit) => {
        const { changes } = await queue.changes({ after: all[index]?.cursor, limit });
        expect(changes).toEqual(all.slice(index + 1, index + 1 + limit));
      }),
      { numRuns: 30 },
    );
  });

  it('start with what comes next, for a reader that asks for the latest', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    const empty = await queue.changes({ after: 'latest' });
    expect(empty).toEqual({ changes: [], cursor: '0' });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const { changes, cursor } = await queue.changes({ after: 'latest' });
    expect(changes).toEqual([]);
    await queue.enqueue(request('alpha', 'two'), { id: 'two' });
    expect((await readAll(queue, cursor)).map(({ id }) => id)).toEqual(['two']);
    expect((await readAll(queue, empty.cursor)).map(({ id }) => id)).toEqual(['one', 'two']);
  });

  it('hold no word of the request, of the provider and of a note', async () => {
    const secret = 'secret-of-the-provider';
    const shop = openShop({
      one: { writes: [() => says({ verdict: 'refused', code: 'rejected', message: secret }, 422)] },
    });
    await using queue = await openQueue(database, { services: shop.services });
    const words = { reason: 'a private matter', reference: 'order-4711' };
    await queue.enqueue({ ...request('alpha', 'one'), ...words }, { id: 'first', by: 'ann' });
    await settle(queue, 'first');
    await queue.retry('first', { by: 'ben', note: 'a private note' });
    const text = JSON.stringify(await readAll(queue));
    for (const word of [secret, words.reason, words.reference, 'a private note', TOKEN, 'shop', 'example.com']) {
      expect(text).not.toContain(word);
    }
  });

  it('behind a cursor that no feed gave, of the future, or of another database are an error that says so', async () => {
    const { services } = openShop();
    let cursor: string;
    {
      await using other = await openQueue(database, { services });
      await other.enqueue(request('alpha', 'one'), { id: 'one' });
      ({ cursor } = await other.changes());
    }
    await using queue = await openQueue(database, { services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    for (const after of ['', 'newest', '1', '-1', '01', `1-${'0'.repeat(36)}`, 1, null, {}, `${cursor} `]) {
      const error = await failureOf(untyped(queue).changes({ after }));
      expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'options.after' }] });
    }
    const future = `99-${crypto.randomUUID()}`;
    for (const after of [cursor, future]) {
      const error = await failureOf(queue.changes({ after }));
      expect(error).toMatchObject({ code: 'invalid_request', operation: 'queue' });
      expect(error.message).toMatch(/does not know this one.*after: "latest"/);
    }
    for (const options of [{ limit: 0 }, { limit: 10_001 }, { signal: {} }, { from: '0' }]) {
      expect(await failureOf(untyped(queue).changes(options))).toMatchObject({ code: 'invalid_request' });
    }
    expect(await failureOf(queue.changes({ signal: AbortSignal.abort() }))).toMatchObject({ code: 'aborted' });
  });

  it('are dropped with what is settled, and a reader that missed some is not left to believe that it has all', async () => {
    const schema = schemaOf(database);
    const { services } = openShop();
    const cursors: string[] = [];
    {
      await using queue = await openQueue(database, { services, schema });
      for (const id of ['one', 'two', 'three']) {
        await queue.enqueue(request('alpha', id), { id, notBefore: '2999-01-01' });
        cursors.push((await queue.changes({ after: 'latest' })).cursor);
      }
      // Nobody has read this one before it is dropped.
      await queue.enqueue(request('alpha', 'four'), { id: 'four', notBefore: '2999-01-01' });
    }
    const age = async (condition: string): Promise<void> => {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${schema}.change SET at = at - interval '3 days' WHERE ${condition}`);
    };
    await age('position <= 2');
    {
      await using queue = await openQueue(database, { services, schema, keepSettledFor: 2 });
      await queue.work({ stopWhenIdle: true });
      expect((await readAll(queue)).map(({ id }) => id)).toEqual(['three', 'four']);
      expect((await readAll(queue, cursors[1])).map(({ id }) => id)).toEqual(['three', 'four']);
      expect((await readAll(queue, cursors[2])).map(({ id }) => id)).toEqual(['four']);
      for (const after of [cursors[0], '0']) {
        const error = await failureOf(queue.changes({ after }));
        expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'options.after' }] });
        expect(error.message).toMatch(/have been dropped \(keepSettledFor\)/);
      }
      await queue.enqueue(request('alpha', 'five'), { id: 'five', notBefore: '2999-01-01' });
    }
    await age('true');
    await using queue = await openQueue(database, { services, schema, keepSettledFor: 2 });
    await queue.work({ stopWhenIdle: true });
    const { cursor } = await queue.changes();
    expect(await queue.changes({ after: cursor })).toEqual({ changes: [], cursor });
    // It has not seen “five”.
    expect((await failureOf(queue.changes({ after: cursors[2] }))).message).toMatch(/have been dropped/);
    await queue.enqueue(request('alpha', 'six'), { id: 'six' });
    expect((await readAll(queue, cursor)).map(({ id }) => id)).toEqual(['six']);
  });

  it('are all kept if everything is', async () => {
    const schema = schemaOf(database);
    const { services } = openShop();
    {
      await using queue = await openQueue(database, { services, schema });
      await queue.enqueue(request('alpha', 'one'), { id: 'one', notBefore: '2999-01-01' });
    }
    {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${schema}.change SET at = at - interval '3000 days'`);
    }
    await using queue = await openQueue(database, { services, schema, keepSettledFor: 'forever' });
    await queue.work({ stopWhenIdle: true });
    expect((await readAll(queue)).map(({ id }) => id)).toEqual(['one']);
  });

  it('of a ledger that was restored are no continuation of what was lost, and are one of what was not', async () => {
    const schema = schemaOf(database);
    const { services } = openShop();
    const cursors: string[] = [];
    const put = async (queue: Queue, id: string): Promise<void> => {
      await queue.enqueue(request('alpha', id), { id, notBefore: '2999-01-01' });
      cursors.push((await queue.changes({ after: 'latest' })).cursor);
    };
    {
      await using queue = await openQueue(database, { services, schema });
      for (const id of ['one', 'two', 'lost', 'lost-too']) await put(queue, id);
    }
    {
      await using tables = await openTables(database);
      // What a backup of before has: neither the changes, nor the cancellations, nor the positions.
      for (const statement of [
        `DELETE FROM ${schema}.history WHERE cancellation_id LIKE 'lost%'`,
        `DELETE FROM ${schema}.cancellation WHERE id LIKE 'lost%'`,
        `DELETE FROM ${schema}.change WHERE position > 2`,
        `UPDATE ${schema}.feed SET last = 2`,
      ]) {
        await tables.query(statement);
      }
    }
    await using queue = await openQueue(database, { services, schema });
    const unknown = async (cursor: string | undefined): Promise<void> => {
      const error = await failureOf(queue.changes({ after: cursor }));
      expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'options.after' }] });
    };
    // In the future of the database as it is now, and then in a past that it did not have.
    await unknown(cursors[3]);
    for (const id of ['three', 'four', 'five']) await put(queue, id);
    await unknown(cursors[2]);
    await unknown(cursors[3]);
    expect((await readAll(queue, cursors[1])).map(({ id }) => id)).toEqual(['three', 'four', 'five']);
  });

  it('are one feed again after the data alone was restored into tables that existed', async () => {
    const [backup, schema] = [schemaOf(database), schemaOf(database)];
    const { services } = openShop();
    for (const each of [backup, schema]) await (await openQueue(database, { services, schema: each })).close();
    let cursor: string;
    {
      await using queue = await openQueue(database, { services, schema: backup });
      for (const id of ['one', 'two']) await queue.enqueue(request('alpha', id), { id, notBefore: '2999-01-01' });
      ({ cursor } = await queue.changes({ limit: 1 }));
    }
    {
      await using tables = await openTables(database);
      for (const table of ['cancellation', 'history', 'tally', 'change', 'feed', 'version']) {
        await tables.query(`INSERT INTO ${schema}.${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${backup}.${table}`);
      }
      // A restore sets the sequences, too.
      for (const [table, column] of [
        ['cancellation', 'number'],
        ['change', 'seq'],
      ]) {
        await tables.query(`SELECT setval(pg_get_serial_sequence('${schema}.${table}', '${column}'), 100)`);
      }
    }
    await using queue = await openQueue(database, { services, schema });
    expect((await readAll(queue)).map(({ id }) => id)).toEqual(['one', 'two']);
    await queue.enqueue(request('alpha', 'three'), { id: 'three' });
    expect((await readAll(queue, cursor)).map(({ id }) => id)).toEqual(['two', 'three']);
  });

  it('are given to onChange and to the diagnostics channel once they are committed, in order', async () => {
    const seenByHandler: QueueChange[] = [];
    const published: unknown[] = [];
    const listen = (message: unknown): void => void published.push(message);
    subscribe('cancelkit:queue', listen);
    try {
      const shop = openShop({ one: { writes: [lost], reads: [() => seen('none'), () => seen('completed')] } });
      await using queue = await openQueue(database, {
        services: shop.services,
        onChange: (change) => void seenByHandler.push(change),
      });
      await queue.enqueue(request('alpha', 'one'), { id: 'one', by: 'ann' });
      await settle(queue, 'one');
      const feed = (await readAll(queue)).map(({ cursor: _cursor, ...change }) => change);
      await queue.close();
      expect(feed.map(({ to }) => to)).toEqual(['planned', 'intent', 'unknown', 'completed']);
      expect(seenByHandler).toEqual(feed);
      expect(published).toEqual(feed.map((change) => ({ schema: queue.schema, change })));
    } finally {
      unsubscribe('cancelkit:queue', listen);
    }
  });

  it('tell onChange nothing of what was rolled back', async () => {
    const changes: QueueChange[] = [];
    await using queue = await openQueue(database, {
      services: openShop().services,
      onChange: (change) => void changes.push(change),
    });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const again = [request('alpha', 'two'), request('alpha', 'one')].map((each) => ({ request: each }));
    expect(await failureOf(queue.enqueueMany(again))).toMatchObject({ code: 'invalid_request' });
    await queue.close();
    expect(changes.map(told)).toEqual([['one', undefined, 'planned']]);
  });

  it('an onChange that throws, rejects or takes its time stops nothing, and is reported without what it threw', async () => {
    const errors: ProviderError[] = [];
    const secret = 'secret-in-an-error';
    let calls = 0;
    const shop = openShop();
    await using queue = await openQueue(database, {
      services: shop.services,
      onError: (error) => void errors.push(error),
      onChange: () => {
        calls += 1;
        if (calls === 1) throw new Error(secret);
        return untypedVoid(calls === 2 ? Promise.reject(new Error(secret)) : new Promise<never>(() => undefined));
      },
    });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const [record] = await settle(queue, 'one');
    expect(record).toMatchObject({ state: 'requested' });
    await queue.close();
    expect([calls, shop.writes()]).toEqual([3, 1]);
    expect(errors.map(({ code }) => code)).toEqual(['invalid_request', 'invalid_request']);
    expect(errors[0]?.message).toMatch(/onChange threw.*changes\(\)/);
    expect(JSON.stringify(errors) + errors.map(({ stack }) => stack).join('')).not.toContain(secret);
  });

  it('give an onChange that calls the queue a queue that answers', async () => {
    const found: unknown[] = [];
    await using queue: Queue = await openQueue(database, {
      services: openShop().services,
      onChange: ({ id, to }) => {
        if (to === 'requested') void queue.get(id).then((record) => found.push(record?.state));
      },
    });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await settle(queue, 'one');
    await expect.poll(() => found).toEqual(['requested']);
  });
});

/** What an async function returns that is given where a function without a result is expected. */
function untypedVoid(value: unknown): void {
  // oxlint-disable-next-line no-unsafe-type-assertion -- JavaScript does it all the time
  return value as void;
}

describe('the changes that several processes make on PostgreSQL', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  async function connect(): Promise<pg.Client & AsyncDisposable> {
    const client = new pg.Client({ connectionString: database.address });
    await client.connect();
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
  }

  it('are not missed if they are committed after later ones have been read', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    await using client = await connect();
    await client.query('BEGIN');
    await queue.enqueue(request('alpha', 'late'), { id: 'late', transaction: client });
    await queue.enqueue(request('alpha', 'early'), { id: 'early' });
    const first = await queue.changes();
    expect(first.changes.map(({ id }) => id)).toEqual(['early']);
    await client.query('COMMIT');
    const second = await queue.changes({ after: first.cursor });
    expect(second.changes.map(({ id }) => id)).toEqual(['late']);
    // Every later reader sees them in the same order.
    expect((await readAll(queue)).map(({ id }) => id)).toEqual(['early', 'late']);
  });

  it('of one cancellation come in the order in which they were made, whichever transaction began first', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one', notBefore: '2999-01-01' });
    await using first = await connect();
    await using second = await connect();
    const change = (state: string): string =>
      `UPDATE ${queue.schema}.cancellation SET state = '${state}', claim = claim + 1 WHERE id = 'one'`;
    // The second one has the older transaction id.
    await second.query('BEGIN');
    await second.query('SELECT pg_current_xact_id()');
    await first.query('BEGIN');
    await first.query(change('intent'));
    const waiting = second.query(change('sent'));
    await first.query('COMMIT');
    await waiting;
    const { changes, cursor } = await queue.changes();
    expect(changes.map(told)).toEqual([
      ['one', undefined, 'planned'],
      ['one', 'planned', 'intent'],
    ]);
    await second.query('COMMIT');
    expect((await readAll(queue, cursor)).map(told)).toEqual([['one', 'intent', 'sent']]);
  });

  it('are the same for all who read meanwhile: each once, and none without the one before it', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await using other = await openQueue(database, { services: shop.services, schema: queue.schema });
    const stop = new AbortController();
    const read = async (one: Queue): Promise<readonly FeedChange[]> => {
      const all: FeedChange[] = [];
      for (let cursor: string | undefined; ;) {
        const isLast = stop.signal.aborted;
        const { changes, cursor: next } = await one.changes({ after: cursor, limit: 50 });
        all.push(...changes);
        cursor = next;
        if (isLast && changes.length === 0) return all;
        if (changes.length === 0) await delay(2);
      }
    };
    const reading = [read(queue), read(other), read(queue)];
    const ids = Array.from({ length: 150 }, (_one, index) => `id-${index}`);
    const put = ids.map((id, index) =>
      (index % 2 === 0 ? queue : other).enqueue(request(index % 3 === 0 ? 'beta' : 'alpha', id), { id }),
    );
    await Promise.all(put);
    await Promise.all([queue.work({ stopWhenIdle: true }), other.work({ stopWhenIdle: true })]);
    stop.abort();
    const [one = [], ...others] = await Promise.all(reading);
    for (const each of others) expect(each).toEqual(one);
    expect(new Set(one.map(({ changeId }) => changeId)).size).toBe(one.length);
    for (const id of ids) {
      const chain = one.filter((each) => each.id === id);
      expect(chain.map(({ from }) => from)).toEqual([undefined, ...chain.slice(0, -1).map(({ to }) => to)]);
      expect(chain.at(-1)?.to).toBe('requested');
    }
  });

  it('are read without waiting for a transaction that is still open, which may be as long as it likes', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    await using client = await connect();
    await client.query('BEGIN');
    await client.query('SELECT pg_current_xact_id()');
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    expect((await readAll(queue)).map(({ id }) => id)).toEqual(['one']);
    await client.query('ROLLBACK');
  });

  it('notify those who listen, after the commit, with the name of the schema', async () => {
    await using listener = await connect();
    const heard: (string | undefined)[] = [];
    await using queue = await openQueue(database, { services: openShop().services });
    listener.on('notification', ({ channel, payload }) => {
      if (channel === 'cancelkit:queue' && payload === queue.schema) heard.push(payload);
    });
    await listener.query('LISTEN "cancelkit:queue"');
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await expect.poll(() => heard).toEqual([queue.schema]);
    const { cursor } = await queue.changes({ after: 'latest' });
    await settle(queue, 'one');
    await expect.poll(() => heard.length).toBeGreaterThan(1);
    expect((await readAll(queue, cursor)).map(({ to }) => to)).toEqual(['intent', 'requested']);
  });

  it('notify nobody from within a transaction that others wait for', async () => {
    // A transaction that notifies is committed alone: the workers’ must not.
    await using queue = await openQueue(database, { services: openShop().services });
    await using client = await connect();
    const { rows } = await client.query<{ prosrc: string }>(
      `SELECT prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = $1`,
      [queue.schema],
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { prosrc } of rows) expect(prosrc).not.toMatch(/notify/i);
  });

  it('need no right but that to read and write the tables', async () => {
    const { services } = openShop();
    const schema = schemaOf(database);
    await (await openQueue(database, { services, schema })).close();
    await using client = await connect();
    const user = `u_${schema}`;
    await client.query(`CREATE ROLE ${user} LOGIN PASSWORD 'password-of-the-user'`);
    for (const each of [schema, `${schema}_jobs`]) {
      await client.query(`GRANT USAGE ON SCHEMA ${each} TO ${user}`);
      await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${each} TO ${user}`);
    }
    const address = new URL(database.address);
    [address.username, address.password] = [user, 'password-of-the-user'];
    await using queue = await openQueue({ ...database, address: address.href }, { services, schema });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await settle(queue, 'one');
    expect((await readAll(queue)).map(({ to }) => to)).toEqual(['planned', 'intent', 'requested']);
  });
});
