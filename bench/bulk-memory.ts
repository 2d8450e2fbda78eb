/**
 * The memory of one run, in a process of its own: `node --expose-gc bench/bulk-memory.ts <requests>`. The responses
 * come from a `fetch` in this process after one turn of its loop, so that a million takes minutes and not hours. Prints
 * the most megabytes in use after a garbage collection, in the heap and in all, beyond what was there before the run.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { answerTo } from './bulk-answers.ts';
import { AT_ONCE, bulkRequests, bulkService, inChunks } from './bulk-services.ts';

// The same in runs of every length: between two collections, a run of any length lets garbage lie.
const EVERY = 2_500;
const count = Number(process.argv[2]);

const service = bulkService((account) => `https://${account}.example.com`, {
  fetch: async (input, init) => {
    const request = new Request(input, init);
    const { status, body } = answerTo(new URL(request.url).pathname, await request.text());
    await nextTurn();
    return new Response(body || null, { status, headers: { 'content-type': 'application/json' } });
  },
});

// What the first requests load and compile is not the run's.
await inChunks(service, bulkRequests(2_000), AT_ONCE, () => undefined);
const before = inUse();
const most = { heap: 0, resident: 0 };
let ended = 0;
const onEnd = (ok: boolean): void => {
  if (!ok) throw new Error('a cancellation failed');
  ended += 1;
  if (ended % EVERY !== 0) return;
  const now = inUse();
  most.heap = Math.max(most.heap, now.heap - before.heap);
  most.resident = Math.max(most.resident, now.resident - before.resident);
};

for await (const { ok } of service.cancelMany(bulkRequests(count))) onEnd(ok);
if (ended !== count) throw new Error(`${ended} of ${count} ended`);
process.stdout.write(JSON.stringify(most));

function inUse(): { readonly heap: number; readonly resident: number } {
  if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 };
}
