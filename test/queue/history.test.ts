import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deferred } from '../../src/platform/deferred.ts';
import { type Database, type QueryClient, allInOrder } from '../../src/queue/database/database.ts';
import { type NewEntry, writeHistory } from '../../src/queue/ledger/history.ts';
import type { Jobs } from '../../src/queue/ledger/jobs.ts';
import { lookUpHistory } from '../../src/queue/ledger/look-up.ts';
import { migrate } from '../../src/queue/ledger/migrate.ts';
import { type RecordedState, recordStates } from '../../src/queue/ledger/record-states.ts';
import { makeMonth, moveSettled } from '../../src/queue/ledger/settled.ts';
import { acceptedResult } from '../support/result.ts';
import { DATABASES, startPostgres, type TestDatabase } from './support/databases.ts';
import { openTables, schemaOf } from './support/open-queue.ts';

const MONTH = '2026_01';

/** Puts cancellations into the ledger, in a state, last changed in the month. */
async function insert(database: Database, schema: string, ids: readonly string[], state: string): Promise<void> {
  await database.query(
    `INSERT INTO ${schema}.cancellation (id, fingerprint, account, provider, service_key, request, state, claim, updated_at)
     SELECT id, '', 'alpha', 'p', id, '{"account":"alpha","service":{},"when":"immediate"}', $2, 1, '2026-01-15'
     FROM unnest($1::text[]) AS id`,
    [ids, state],
  );
}

async function typesOf(database: Database, schema: string, id: string): Promise<readonly string[]> {
  return (await lookUpHistory(database, schema, id)).map(({ type }) => type);
}

describe.each(DATABASES)('outcomes on %s', (_, open) => {
  it('are written with their history in one statement, however many there are', async () => {
    await using place = await open();
    await using database = await openTables(place);
    const schema = schemaOf(place);
    await migrate(database, schema);
    const ids = Array.from({ length: 60 }, (_id, index) => `order-${index}`);
    await insert(database, schema, ids, 'intent');
    const settled = ids.map((id): RecordedState => ({
      id,
      account: 'alpha',
      claim: 1,
      priority: 0,
      task: 'send',
      handedOver: undefined,
      state: 'refused',
      readBackAttempts: 0,
      needsPerson: false,
    }));
    // The calls ran beside each other, so their lines are not in the order of the outcomes.
    const lines = ['attempt', 'answer'].flatMap((type) =>
      ids.toReversed().map((id): NewEntry => ({ id, type, data: { of: id }, happened: performance.now() })),
    );
    let statements = 0;
    await database.transaction(async (client) => {
      const counting: QueryClient = {
        query: (text, values) => {
          statements += 1;
          return client.query(text, values);
        },
      };
      await recordStates(counting, schema, noJobs, settled, lines);
    });
    expect(statements).toBe(1);
    for (const id of ids) expect(await typesOf(database, schema, id)).toEqual(['attempt', 'answer', 'settled']);
  });
});

describe('two outcomes of one cancellation that are written together', () => {
  it.each([
    ['the yes first', ['send', 'read']],
    ['the read-back first', ['read', 'send']],
  ] as const)('lose no yes, whichever comes first: %s', async (_, order) => {
    await using place = await startPostgres();
    await using database = await openTables(place);
    const schema = schemaOf(place);
    await migrate(database, schema);
    await insert(database, schema, ['one'], 'unknown');
    // As after a lease that ended early: the first claim sent it, and the second one reads it back.
    await database.query(`UPDATE ${schema}.cancellation SET claim = 2`);
    const common = { id: 'one', account: 'alpha', priority: 0, handedOver: undefined, needsPerson: false } as const;
    const outcomes = {
      read: { ...common, task: 'read', claim: 2, state: 'unknown', readBackAttempts: 1 },
      send: { ...common, task: 'send', claim: 1, state: 'requested', readBackAttempts: 0, result: YES },
    } as const satisfies Record<string, RecordedState>;
    const lines = [{ id: 'one', type: 'answer', data: {} }];
    await database.transaction((client) =>
      recordStates(
        client,
        schema,
        noJobs,
        order.map((task) => outcomes[task]),
        lines,
      ),
    );
    const { rows } = await database.query(`SELECT state, result->>'outcome' AS outcome FROM ${schema}.cancellation`);
    expect(rows).toEqual([{ state: 'requested', outcome: 'requested' }]);
    const second = order[0] === 'send' ? 'late_outcome' : 'settled';
    expect(await typesOf(database, schema, 'one')).toEqual(['answer', 'settled', second]);
  });
});

const YES = acceptedResult({ account: 'alpha', provider: 'p', service: {}, when: 'immediate', raw: undefined });

describe('statements of a transaction that are sent together', () => {
  it('fail with the reason of the first one that failed, however long the others take to say so', async () => {
    await using place = await startPostgres();
    await using database = await openTables(place);
    const failing = database.transaction(async (client) => {
      const first = (async () => {
        await client.query(`SELECT 'a'::int`).finally(() => Promise.resolve());
      })();
      await allInOrder([first, client.query('SELECT 1'), client.query('SELECT 2')]);
    });
    await expect(failing).rejects.toMatchObject({ code: '22P02', committed: 'no' });
  });
});

describe('a line of history that is written while its cancellation is moved to its month', () => {
  let place: TestDatabase;
  beforeAll(async () => {
    place = await startPostgres();
  });
  afterAll(() => place[Symbol.asyncDispose]());

  const late: NewEntry = { id: 'one', type: 'late_outcome', data: {} };

  async function open(): Promise<{ readonly schema: string; readonly database: Database & AsyncDisposable }> {
    const database = await openTables(place);
    const schema = schemaOf(place);
    await migrate(database, schema);
    await makeMonth(database, schema, MONTH);
    await insert(database, schema, ['one'], 'requested');
    return { schema, database };
  }

  it('is kept if the line comes first: the cancellation is moved afterwards', async () => {
    const { schema, database } = await open();
    await using _closed = database;
    await database.transaction(async (client) => {
      await writeHistory(client, schema, [late]);
      expect(await database.transaction((other) => moveSettled(other, schema, MONTH, 10))).toBe(0);
    });
    expect(await database.transaction((client) => moveSettled(client, schema, MONTH, 10))).toBe(1);
    expect(await typesOf(database, schema, 'one')).toEqual(['late_outcome']);
  });

  it('is kept if the move comes first: the line is added in the month', async () => {
    const { schema, database } = await open();
    await using _closed = database;
    const begun = deferred<void>();
    let writing: Promise<void> | undefined;
    await database.transaction(async (client) => {
      expect(await moveSettled(client, schema, MONTH, 10)).toBe(1);
      writing = database.transaction(async (other) => {
        const written = writeHistory(other, schema, [late]);
        begun.resolve();
        await written;
      });
      await begun.promise;
      await expect.poll(() => waitingFor(database, schema)).toBe(1);
    });
    await writing;
    expect(await typesOf(database, schema, 'one')).toEqual(['late_outcome']);
    const { rows } = await database.query(`SELECT count(*)::int AS count FROM ${schema}.history`);
    expect(rows).toEqual([{ count: 0 }]);
  });
});

/** How many sessions wait for a lock with a statement of this schema. */
async function waitingFor(database: Database, schema: string): Promise<number> {
  const { rows } = await database.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`,
    [`%${schema}.history%`],
  );
  return Number(rows[0]?.['count']);
}

const noJobs: Jobs = {
  add: () => Promise.resolve(),
  take: () => Promise.resolve([]),
  remove: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
