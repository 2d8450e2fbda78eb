import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, QueryClient } from '../../src/queue/database/database.ts';
import { openPostgres } from '../../src/queue/database/postgres.ts';
import type { CheckedList } from '../../src/queue/input/queue-input.ts';
import { longestDue, roomOf } from '../../src/queue/ledger/claim.ts';
import { lookUpAll } from '../../src/queue/ledger/look-up-all.ts';
import { migrate } from '../../src/queue/ledger/migrate.ts';
import { toSearched } from '../../src/queue/ledger/search.ts';
import { COLUMNS as COLUMNS_OF_LEDGER, dropMonth, makeMonth } from '../../src/queue/ledger/settled.ts';
import { readStats } from '../../src/queue/ledger/stats.ts';
import { foldTally } from '../../src/queue/ledger/tally.ts';
import { DATABASES, startPostgresServer, type TestServer } from './support/databases.ts';
import { freshSchema, openTables, schemaOf } from './support/open-queue.ts';

const MOVED = COLUMNS_OF_LEDGER.join(', ');
const COLUMNS = 'id, fingerprint, account, provider, service_key, request, state, needs_person';

/** Rows of the ledger, or of another table with its columns, a thousandth of them open, spread over ten accounts. */
function rowsOf(schema: string, from: number, to: number, table = 'cancellation'): string {
  return `INSERT INTO ${schema}.${table} (${COLUMNS})
    SELECT 'order-' || n, 'f', 'account-' || n % 10, 'p', 's-' || n,
      '{"account":"a","service":{"id":1},"when":"immediate"}',
      CASE WHEN n % 1000 = 0 THEN 'unknown' WHEN n % 3 = 0 THEN 'refused' ELSE 'requested' END, n % 10000 = 0
    FROM generate_series(${from}, ${to}) AS n`;
}

describe('a ledger of a million rows', () => {
  const ROWS = 1_000_000;
  const BATCH = 50_000;
  const schema = freshSchema();
  let server: TestServer;
  let database: Database;
  beforeAll(async () => {
    // The plans are what counts, and not what a crash would leave.
    server = await startPostgresServer(['fsync=off', 'full_page_writes=off', 'max_wal_size=4GB', 'autovacuum=off']);
    database = await openPostgres(server.address);
    await migrate(database, schema);
    for (const month of ['2026_01', '2026_02']) await makeMonth(database, schema, month);
    await database.query(`CREATE UNLOGGED TABLE ${schema}.made
      (LIKE ${schema}.cancellation INCLUDING DEFAULTS INCLUDING IDENTITY, PRIMARY KEY (number))`);
    for (let from = 1; from < ROWS; from += BATCH) await database.query(rowsOf(schema, from, from + BATCH - 1, 'made'));
    // Half of them are settled for long, and have been moved to their months.
    const moved = MOVED.replace(
      'updated_at',
      `CASE number % 4 WHEN 1 THEN '2026-01-15' ELSE '2026-02-15' END::timestamptz`,
    );
    for (let from = 1; from < ROWS; from += BATCH) {
      const range = [from, from + BATCH - 1];
      await database.query(
        `INSERT INTO ${schema}.cancellation (${MOVED}) OVERRIDING SYSTEM VALUE
         SELECT ${MOVED} FROM ${schema}.made WHERE number BETWEEN $1 AND $2 AND number % 2 = 0`,
        range,
      );
      await database.query(
        `INSERT INTO ${schema}.settled (${MOVED}, history)
         SELECT ${moved}, '[]' FROM ${schema}.made WHERE number BETWEEN $1 AND $2 AND number % 2 = 1`,
        range,
      );
    }
    await database.query(`DROP TABLE ${schema}.made`);
    // One of 5,000 has what is searched for, wherever it is.
    const { sought, pieces } = toSearched({
      id: 'needle',
      request: { account: 'a', when: 'immediate', service: { id: 'needle.example.com' } },
    });
    for (let from = 1; from < ROWS; from += BATCH) {
      await database.query(
        `INSERT INTO ${schema}.search (number, account, asked_by, timing, created_at, sought, pieces)
         SELECT number, account, CASE WHEN is_rare THEN 'ann' ELSE 'bob' END, CASE WHEN is_rare THEN 'on_date' ELSE 'immediate' END,
           timestamptz '2026-01-01' + number * interval '1 minute', CASE WHEN is_rare THEN $2 ELSE '' END,
           CASE WHEN is_rare THEN $3::tsvector ELSE array_to_tsvector(ARRAY[(number % 1000)::text]) END
         FROM (SELECT number, account FROM ${schema}.cancellation UNION ALL SELECT number, account FROM ${schema}.settled) c,
           LATERAL (SELECT number % 5000 < 2 AS is_rare) r
         WHERE number BETWEEN $1 AND $1 + ${BATCH - 1}`,
        [from, sought, pieces],
      );
    }
    await database.query(`ANALYZE ${schema}.cancellation, ${schema}.settled, ${schema}.search`);
  }, 360_000);
  afterAll(async () => {
    await database.close();
    await server[Symbol.asyncDispose]();
  });

  /** What the database reads for the statements that `work` runs: the kind of each scan of the ledger. */
  async function scansOf(work: (client: QueryClient) => Promise<unknown>): Promise<readonly string[]> {
    const scans: string[] = [];
    await work({
      query: async (text, values) => {
        const { rows } = await database.query(`EXPLAIN (FORMAT JSON) ${text}`, values);
        collect(rows[0]?.['QUERY PLAN'], scans);
        return await database.query(text, values);
      },
    });
    return scans;
  }

  it.each<readonly [string, CheckedList]>([
    ['all', {}],
    ['those of a state', { state: 'unknown' }],
    ['those of an account', { account: 'account-3' }],
    ['those of an account in a state', { account: 'account-0', state: 'unknown' }],
    ['those that wait for a person', { needsPerson: true }],
    ['those of an account that wait for a person', { account: 'account-0', needsPerson: true }],
    ['those that do not', { needsPerson: false }],
    ['the page after one', { after: 'order-500000' }],
    ['the page of a state after one', { state: 'requested', after: 'order-500000' }],
    ['the newest', { order: 'newest' }],
    ['those of several states', { states: ['unknown', 'refused'] }],
    [
      'the newest of several states and an account',
      { states: ['unknown', 'refused'], account: 'account-0', order: 'newest' },
    ],
    ['those with a text', { text: 'needle' }],
    ['the newest with a part of a text', { text: 'EXAMPLE', order: 'newest' }],
    ['those with a text in a state', { text: 'needle.ex', state: 'requested' }],
    ['the page of those with a text after one', { text: 'needle', after: 'order-300001' }],
    ['those that somebody asked for', { by: 'ann' }],
    ['the newest that somebody asked for, in a state', { by: 'ann', state: 'requested', order: 'newest' }],
    ['those with a timing', { when: 'date' }],
    ['those of a time', { since: '2026-06-01T00:00:00.000Z', until: '2026-07-01T00:00:00.000Z' }],
    ['the newest before a time', { until: '2026-06-01T00:00:00.000Z', order: 'newest' }],
    ['the page of those of a time after one', { since: '2026-06-01T00:00:00.000Z', after: 'order-500000' }],
    ['those of an account since a time', { account: 'account-3', since: '2026-06-01T00:00:00.000Z' }],
    ['those of a state since a time', { state: 'unknown', since: '2026-06-01T00:00:00.000Z' }],
    ['those that wait for a person since a time', { needsPerson: true, since: '2026-01-01T00:00:00.000Z' }],
    ['those that somebody asked for since a time', { by: 'ann', since: '2026-06-01T00:00:00.000Z' }],
    ['those with a text since a time', { text: 'needle', since: '2026-06-01T00:00:00.000Z' }],
  ])('lists %s by an index', async (_, list) => {
    let listed = 0;
    const scans = await scansOf(async (client) => (listed = (await lookUpAll(client, schema, list)).length));
    expect(listed).toBe(100);
    expect(scans).not.toContain('Seq Scan');
  });

  it.each<readonly [string, CheckedList]>([
    ['oldest first', { since: '2026-06-01T00:00:00.000Z', until: '2026-06-02T00:00:00.000Z' }],
    ['newest first', { until: '2027-01-01T00:00:00.000Z', order: 'newest' }],
    ['of an account', { account: 'account-3', since: '2026-06-01T00:00:00.000Z' }],
    // 400 of a million have it.
    ['with a text', { text: 'needle', until: '2028-01-01T00:00:00.000Z' }],
    ['and of all, with a part of a text', { text: 'DLE.EXAMPLE', order: 'newest' }],
  ])('reads of a time, %s, little more than the page', async (_, list) => {
    const read: number[] = [];
    await lookUpAll(
      {
        query: async (text, values) => {
          const { rows } = await database.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
          read.push(mostRows(rows[0]?.['QUERY PLAN']));
          return await database.query(text, values);
        },
      },
      schema,
      list,
    );
    expect(Math.max(...read)).toBeLessThanOrEqual(1_000);
  });

  it('finds the leases of an account in the order of their index', async () => {
    const limits = [{ account: 'account-0', concurrency: 16, rate: undefined }];
    // In that order a scan leaves out what it has found to be settled; a bitmap reads all of it each time.
    const scans = await scansOf(async (client) => {
      expect(await roomOf(client, schema, limits)).toEqual([{ account: 'account-0', room: 16 }]);
    });
    expect(scans.filter((scan) => /Bitmap|Seq Scan on cancellation/.test(scan))).toEqual([]);
  });

  it('says what is due for longest by an index', async () => {
    const rooms = [{ account: 'account-0', room: 16 }];
    const scans = await scansOf((client) => longestDue(client, schema, rooms, { waiting: 1_000, followed: 0 }));
    expect(scans).toContain('Index Scan');
    expect(scans.filter((scan) => /Bitmap|Seq Scan/.test(scan))).toEqual([]);
  });

  it('is counted without being read', async () => {
    const stats = await readStats(database, schema);
    expect(Object.values(stats.states).reduce((sum, count) => sum + count, 0)).toBe(ROWS);
    expect([stats.states.unknown, stats.needsPerson]).toEqual([1000, 100]);
    const scans = await scansOf((client) => readStats({ ...database, query: client.query }, schema));
    // The counts themselves are a table of a few rows.
    expect(scans.filter((scan) => scan === 'Seq Scan on cancellation')).toEqual([]);
  });
});

describe('a month that is dropped', () => {
  it('leaves the counts', async () => {
    await using place = await startPostgresServer();
    await using database = await openTables(place);
    const schema = schemaOf(place);
    await migrate(database, schema);
    await makeMonth(database, schema, '2026_01');
    await database.query(rowsOf(schema, 1, 50));
    await database.query(
      `INSERT INTO ${schema}.settled (${MOVED}, history)
       SELECT ${MOVED.replace('updated_at', `'2026-01-15'::timestamptz`).replace('id,', `'old-' || id,`)}, '[]'
       FROM ${schema}.cancellation`,
    );
    const total = async (): Promise<number> =>
      Object.values((await readStats(database, schema)).states).reduce((sum, count) => sum + count, 0);
    expect(await total()).toBe(100);
    await database.transaction((client) => dropMonth(client, schema, '2026_01'));
    expect(await total()).toBe(50);
  });
});

describe.each(DATABASES)('the counts on %s', (_, start) => {
  it('are those of the rows, whatever several transactions do, and are folded meanwhile', async () => {
    await using place = await start();
    await using database = await openTables(place);
    const schema = schemaOf(place);
    await migrate(database, schema);
    const change = async (turn: number): Promise<void> => {
      const first = turn * 100 + 1;
      await database.query(rowsOf(schema, first, first + 99));
      await database.query(`UPDATE ${schema}.cancellation SET state = 'completed' WHERE number % 7 = $1`, [turn % 7]);
      await database.query(`UPDATE ${schema}.cancellation SET needs_person = NOT needs_person WHERE number % 5 = $1`, [
        turn % 5,
      ]);
      await database.query(`UPDATE ${schema}.cancellation SET updated_at = clock_timestamp()`);
      await database.query(`DELETE FROM ${schema}.cancellation WHERE number % 11 = $1`, [turn % 11]);
      const undone = database.transaction(async (client) => {
        await client.query(`DELETE FROM ${schema}.cancellation`);
        throw new Error('rolled back');
      });
      await expect(undone).rejects.toThrow();
      await foldTally(database, schema);
    };
    for (let turn = 0; turn < 12; turn += 1) await change(turn);
    // At the same time, each on rows of its own: whole tables that several change concurrently would deadlock.
    const changeOwn = async (turn: number): Promise<void> => {
      const first = turn * 100 + 1;
      await database.query(rowsOf(schema, first, first + 99));
      for (const state of ['planned', 'intent', 'completed']) {
        await database.query(`UPDATE ${schema}.cancellation SET state = $1 WHERE fingerprint = $2 AND id LIKE $3`, [
          state,
          'f',
          `order-${turn}__`,
        ]);
        await foldTally(database, schema);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_turn, turn) => changeOwn(turn + 20)));
    const { rows: counted } = await database.query(
      `SELECT state, count(*)::int AS count FROM ${schema}.cancellation GROUP BY state`,
    );
    const { states } = await readStats(database, schema);
    const shown = Object.entries(states).filter(([, count]) => count > 0);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(counted.map(({ state, count }) => [state, count])));
  });

  it('are folded into one row for each count', async () => {
    await using place = await start();
    await using database = await openTables(place);
    const schema = schemaOf(place);
    await migrate(database, schema);
    await database.query(rowsOf(schema, 1, 10));
    await database.query(
      `INSERT INTO ${schema}.tally SELECT 'a', 'planned', false, CASE WHEN n % 2 = 0 THEN 1 ELSE -1 END
       FROM generate_series(1, 2000) AS n`,
    );
    await foldTally(database, schema);
    const { rows } = await database.query(`SELECT count(*)::int AS count FROM ${schema}.tally WHERE account = 'a'`);
    expect(rows).toEqual([{ count: 0 }]);
    expect((await readStats(database, schema)).states.requested).toBeGreaterThan(0);
  });
});

/** The most rows that a step of a plan has read or dropped. */
function mostRows(plan: unknown): number {
  if (typeof plan !== 'object' || plan === null) return 0;
  const own = Array.isArray(plan) ? {} : v.parse(readSchema, plan);
  return Math.max(
    own['Actual Rows'] ?? 0,
    own['Rows Removed by Filter'] ?? 0,
    ...Object.values(plan).map((inner) => mostRows(inner)),
  );
}

const readSchema = v.looseObject({
  'Actual Rows': v.optional(v.number()),
  'Rows Removed by Filter': v.optional(v.number()),
});

const planSchema = v.looseObject({ 'Node Type': v.optional(v.string()), 'Relation Name': v.optional(v.string()) });

function collect(plan: unknown, scans: string[]): void {
  if (Array.isArray(plan)) for (const one of plan) collect(one, scans);
  if (typeof plan !== 'object' || plan === null) return;
  const { 'Node Type': type, 'Relation Name': relation } = v.parse(planSchema, Array.isArray(plan) ? {} : plan);
  if (type !== undefined)
    scans.push(relation === 'cancellation' && type === 'Seq Scan' ? `${type} on ${relation}` : type);
  if (type === 'Seq Scan' && /^(?:cancellation|search|settled_\d.*)$/.test(relation ?? '')) scans.push('Seq Scan');
  for (const inner of Object.values(plan)) if (typeof inner === 'object') collect(inner, scans);
}
