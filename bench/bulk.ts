/**
 * What `cancelMany` makes of the time and the memory it is given, beside the usual loop of `Promise.all` over chunks.
 *
 * Time: 10,000 cancellations over four providers, at each as many concurrently as is the default (9 in all), against a
 * loopback server in a process of its own that answers each after 50 ms. That is 180 a second, of which each costs
 * about a millisecond of processor time on a slow machine, so that it is the waiting that is measured. The ideal is
 * requests × 50 ms ÷ 9. Loops of `safeCancel` written by hand, one for each that may run, show how much of the rest is
 * what a cancellation costs; a plain `fetch` in 9 loops, how much is the server's and the network's. All take turns, so
 * that a machine whose speed drifts does so for all of them.
 *
 * Memory: 10,000 and 1,000,000 requests from a generator, each run in a process of its own whose `fetch` answers
 * immediately.
 *
 * Run it with `npm run bench:bulk`. `npm run bench:bulk -- 2000 50000` makes it smaller.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AT_ONCE, CONCURRENCY, bulkRequests, bulkService, inChunks } from './bulk-services.ts';

const LATENCY_MS = 50;
const ONE_BY_ONE = 90;
const LOOPS = 'loops by hand';
const ACCOUNTS = ['edis', 'vpsbg', 'plesk', 'billing'] as const;
const SMALL = 10_000;
const ROUNDS = 5;
const requests = Number(process.argv[2] ?? 10_000);
const large = Number(process.argv[3] ?? 1_000_000);

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const server = spawn(process.execPath, [fileOf('bulk-server.ts'), String(LATENCY_MS)], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const ports = String((await once(server.stdout, 'data'))[0])
  .split(' ')
  .map(Number);
const origins = ports.map((port) => `http://127.0.0.1:${port}`);
const service = bulkService((account) => origins[ACCOUNTS.indexOf(account)] ?? '', {});

// Connections and compiled code are there before the clock starts.
await inChunks(service, bulkRequests(900), AT_ONCE, () => undefined);
const ways = {
  cancelMany: async (count: number, onEnd: OnEnd): Promise<void> => {
    for await (const { ok } of service.cancelMany(bulkRequests(count))) onEnd(ok);
  },
  [LOOPS]: cancelInLoops,
  [`chunks of ${AT_ONCE}`]: (count: number, onEnd: OnEnd) => inChunks(service, bulkRequests(count), AT_ONCE, onEnd),
  'plain fetch': fetchInLoops,
};
const each = requests / ROUNDS;
const ideal = (each * LATENCY_MS) / AT_ONCE;
const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(ways))
    times.get(name)?.push(await timeOf(each, (onEnd) => run(each, onEnd)));
}
const alone = await timeOf(ONE_BY_ONE, (onEnd) => inChunks(service, bulkRequests(ONE_BY_ONE), 1, onEnd));
server.stdin.end();

console.log(`${requests} cancellations at 4 providers, ${LATENCY_MS} ms each, ${AT_ONCE} concurrently`);
console.log(`median of ${ROUNDS} × ${each}, and the best; the ideal is ${(ideal / 1_000).toFixed(2)} s`);
for (const [name, own] of times) show(name, own);
show('one by one', [(alone * each) / ONE_BY_ONE]);
const perLoop = median(times.get('cancelMany') ?? []) / median(times.get(LOOPS) ?? []);
console.log(`  cancelMany is ${perLoop.toFixed(3)} × the loops by hand`);

console.log('\nmemory of cancelMany beyond the start, the most after a garbage collection');
const small = memoryOf(SMALL);
const big = memoryOf(large);
showMemory(`${SMALL} requests`, small);
showMemory(`${large} requests`, big);
showMemory('more', { heap: big.heap - small.heap, resident: big.resident - small.resident });

type OnEnd = (ok: boolean) => void;

/** Milliseconds until all have ended, and well. */
async function timeOf(count: number, run: (onEnd: OnEnd) => Promise<void>): Promise<number> {
  let ended = 0;
  const startedAt = performance.now();
  await run((ok) => {
    if (!ok) throw new Error('a cancellation failed');
    ended += 1;
  });
  if (ended !== count) throw new Error(`${ended} of ${count} ended`);
  return performance.now() - startedAt;
}

/**
 * As good as it gets by hand: the requests sorted by account before, and a loop of `safeCancel` for each that may run.
 */
async function cancelInLoops(count: number, onEnd: OnEnd): Promise<void> {
  const all = [...bulkRequests(count)];
  const loops = ACCOUNTS.flatMap((account) => {
    const own = all.filter((request) => request.account === account).values();
    return Array.from({ length: CONCURRENCY[account] }, async () => {
      for (const request of own) onEnd((await service.safeCancel(request)).ok);
    });
  });
  await Promise.all(loops);
}

/** The same server without any library. */
async function fetchInLoops(count: number, onEnd: OnEnd): Promise<void> {
  let left = count;
  const loop = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const response = await fetch(`${origins[1]}/v1/servers/cancel`, { method: 'POST', body: '{}' });
      await response.text();
      onEnd(response.ok);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
}

function show(name: string, own: readonly number[]): void {
  const [middle, best] = [median(own), Math.min(...own)].map((time) => (time / ideal).toFixed(3).padStart(6));
  console.log(
    `  ${name.padEnd(13)} ${(median(own) / 1_000).toFixed(2).padStart(7)} s  ${middle} × the ideal, best ${best}`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

interface Memory {
  /** Megabytes. */
  readonly heap: number;
  readonly resident: number;
}

function memoryOf(count: number): Memory {
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', fileOf('bulk-memory.ts'), String(count)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the process ended with ${status}`);
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own process wrote it
  return JSON.parse(stdout) as Memory;
}

function showMemory(name: string, { heap, resident }: Memory): void {
  const [inHeap, inAll] = [heap, resident].map((size) => size.toFixed(1).padStart(6));
  console.log(`  ${name.padEnd(18)} heap ${inHeap} MB, resident ${inAll} MB`);
}
