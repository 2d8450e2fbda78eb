/**
 * How long the command line takes to start: `cancelkit --version` beside `node -e 0`, the median of alternating runs.
 *
 *     npm run bench:cli
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { manifest, root } from '../scripts/manifest.ts';

const RUNS = 31;
const LIMIT_MS = 150;

const command = join(root, manifest.bin['cancelkit'] ?? '');
const cases = [
  { name: 'node -e 0', args: ['-e', '0'], times: new Array<number>() },
  { name: 'cancelkit --version', args: [command, '--version'], times: new Array<number>() },
  { name: 'cancelkit --help', args: [command, '--help'], times: new Array<number>() },
];

for (let count = 0; count < RUNS; count += 1) for (const { args, times } of cases) times.push(timeOf(args));

const [bare = 0, version = 0] = cases.map(({ times }) => median(times));
for (const { name, times } of cases) console.log(`${name.padEnd(22)} ${median(times).toFixed(1).padStart(7)} ms`);
console.log(`${'difference'.padEnd(22)} ${(version - bare).toFixed(1).padStart(7)} ms (at most ${LIMIT_MS})`);
console.log(`${'ratio'.padEnd(22)} ${(version / bare).toFixed(2).padStart(7)}`);
process.exitCode = version - bare < LIMIT_MS ? 0 : 1;

function timeOf(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - startedAt;
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}
