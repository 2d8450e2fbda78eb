/**
 * What the embedded database costs in memory and throughput, as cancelkit opens it and as PGlite opens by itself, which
 * is what happens with a flag of V8 for WebAssembly. Each in a process of its own. `npm run bench:queue-memory`.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makerArguments } from '../src/queue/database/new-data.ts';
import type { QueueFigures } from './queue-run.ts';

const JOBS = 10_000;
const ROUNDS = 3;
const LATENCY_MS = 20;
const GOAL_MB = { 'a new directory': 500, 'an existing directory': 350 } as const;

const run = promisify(execFile);
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
// PGlite compiles by itself if a flag for WebAssembly is given, even if it is the default.
const BY_ITSELF = ['--wasm-tier-up'];

const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'));
try {
  console.log('                            PGlite by itself   cancelkit   ratio');
  const [alone, own] = [join(folder, 'alone'), join(folder, 'own')];
  for (const what of ['a new directory', 'an existing directory'] as const) {
    const before = await peakOf(alone, BY_ITSELF);
    const after = await peakOf(own, []);
    show(what, before, after, 'MB');
    goal(after, GOAL_MB[what]);
  }
  // A process that ends: its memory counts towards the limit of a container for some seconds.
  const made = await makerPeak(join(folder, 'made'));
  show('the process that makes it', await makerPeakByItself(join(folder, 'by-itself')), made, 'MB');
  goal(made, GOAL_MB['a new directory']);
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    rates[0].push(await rateOf(join(folder, `alone-${round}`), BY_ITSELF));
    rates[1].push(await rateOf(join(folder, `own-${round}`), []));
  }
  show('cancellations a second', median(rates[0]), median(rates[1]), '/s');
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function peakOf(directory: string, flags: readonly string[]): Promise<number> {
  const { stdout } = await run(process.execPath, [...flags, fileOf('queue-open.ts'), directory]);
  return Number(stdout);
}

/** What the process takes that makes the data of a new directory, which ends before the queue is open. */
async function makerPeak(directory: string): Promise<number> {
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { stdout } = await run(process.execPath, makerArguments(pglite, directory));
  return Number(stdout);
}

/** What PGlite takes for that by itself: it makes the data, and opens it. */
async function makerPeakByItself(directory: string): Promise<number> {
  const code = `const { PGlite } = await import('@electric-sql/pglite');
    await (await PGlite.create(process.argv[1])).close();
    console.log(process.resourceUsage().maxRSS / 1_024);
    process.exit();`;
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code, directory], { cwd });
  return Number(stdout);
}

async function rateOf(directory: string, flags: readonly string[]): Promise<number> {
  const server = spawn(process.execPath, [fileOf('slow-server.ts'), String(LATENCY_MS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = await once(server.stdout, 'data');
  const given = [...flags, fileOf('queue-run.ts'), directory, String(Number(port)), String(JOBS)];
  const { stdout } = await run(process.execPath, given);
  server.stdin.end();
  const figures: QueueFigures = JSON.parse(stdout);
  return figures.perSecond;
}

function goal(peakMb: number, mostMb: number): void {
  const isMet = peakMb <= mostMb;
  console.log(`    goal ≤ ${mostMb} MB: ${isMet ? 'met' : 'NOT MET'}`);
  if (!isMet) process.exitCode = 1;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

function show(what: string, before: number, after: number, unit: string): void {
  const words = [before, after].map((value) => `${value.toFixed(0)} ${unit}`.padStart(14));
  console.log(`  ${what.padEnd(26)}${words.join('')}${(after / before).toFixed(2).padStart(8)}`);
}
