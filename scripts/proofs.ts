/**
 * The proofs of what comes out of the library: `npm run test:proofs`.
 *
 * 4: no redirect, no id and no huge answer leads anywhere else. 6: no secret comes out, whatever the server repeats.
 * 7: no response is taken for more than the documentation says. Prints each figure with its goal, and fails if one is
 * not met. `--seed=7` makes other choices; the same seed makes the same ones.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { answerFigures, proveAnswers } from '../test/proofs/answers/answers.ts';
import type { ProviderName } from '../test/proofs/answers/calls.ts';
import { lenientCalls } from '../test/proofs/answers/lenient.ts';
import { asTable, combined, figure, isMet, type Figure } from '../test/proofs/figure.ts';
import { largeAnswerFigures, proveLargeAnswers } from '../test/proofs/routing/large-answers.ts';
import { pathIdFigures, provePathIds } from '../test/proofs/routing/path-ids.ts';
import { proveRedirects, redirectFigures } from '../test/proofs/routing/redirects.ts';
import { proveSecrets, secretFigures } from '../test/proofs/secrets/secrets.ts';
import { withoutRedaction } from '../test/proofs/secrets/without-redaction.ts';

/** What a part found: its figures, and the first examples of what is not as it must be. */
interface Found {
  readonly figures: readonly Figure[];
  readonly examples: readonly string[];
}

/** Cancellations of each provider: enough for 100,000 fuzzed answers to them and to the reads after them. */
const CANCELLATIONS = { edis: 115_000, vpsbg: 80_000, hosting: 75_000, whmcs: 75_000 };
const FUZZED_ANSWERS = 100_000;
const SECRETS = 1_000;
const IDS = 100_000;

/** The longest first, so that none is left over at the end. */
const PARTS: Readonly<Record<string, (seed: number) => Promise<Found>>> = {
  'answers of whmcs': (seed) => answersOf('whmcs', seed),
  'answers of vpsbg': (seed) => answersOf('vpsbg', seed),
  'answers of hosting': (seed) => answersOf('hosting', seed),
  'secrets, first half': (seed) => secretsIn(0, SECRETS / 2, seed),
  'secrets, second half': (seed) => secretsIn(SECRETS / 2, SECRETS, seed),
  'answers of edis': (seed) => answersOf('edis', seed),
  ids: async (seed) => {
    const found = await provePathIds(IDS, seed);
    return { figures: pathIdFigures(found), examples: found.wrong.slice(0, 10) };
  },
  'huge answers': async () => {
    const answers = await proveLargeAnswers(200, ['whmcs', 'hosting', 'fetch']);
    return { figures: largeAnswerFigures(answers), examples: [] };
  },
  controls: controls,
  redirects: async () => {
    const found = await proveRedirects();
    return { figures: redirectFigures(found), examples: found.wrongEnds };
  },
};

if (isMainThread) await runAll();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
else parentPort?.postMessage(await runPart(workerData));

async function runAll(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } });
  const startedAt = performance.now();
  const waiting = Object.keys(PARTS);
  const found: Found[] = [];
  const work = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const partStartedAt = performance.now();
      found.push(await inWorker(part, Number(values.seed)));
      print(`${part}: ${seconds(partStartedAt)}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 8) }, work));
  const figures = combined(found.map((one) => one.figures));
  print(`\n${asTable(figures)}\n`);
  for (const example of found.flatMap(({ examples }) => examples)) print(`${example}\n`);
  const notMet = figures.filter((one) => !isMet(one));
  print(`${notMet.length === 0 ? 'Every goal is met' : `${notMet.length} NOT MET`}, in ${seconds(startedAt)}.`);
  if (notMet.length > 0) process.exitCode = 1;
}

/** Each part in a thread of its own, so that nothing that it keeps or changes reaches another. */
function inWorker(part: string, seed: number): Promise<Found> {
  const { promise, resolve, reject } = Promise.withResolvers<Found>();
  const worker = new Worker(new URL(import.meta.url), { workerData: { part, seed } });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error(`${part} ended without a result`)));
  return promise;
}

async function runPart(data: unknown): Promise<Found> {
  if (typeof data !== 'object' || data === null || !('part' in data && 'seed' in data)) throw new TypeError('no part');
  const run = PARTS[String(data.part)];
  if (run === undefined) throw new TypeError(`there is no part ${String(data.part)}`);
  // Hundreds of thousands of errors are made, and a few lines of their stacks tell as much as all of them.
  Error.stackTraceLimit = 3;
  return await run(Number(data.seed));
}

async function answersOf(provider: ProviderName, seed: number): Promise<Found> {
  const counts = { cancel: CANCELLATIONS[provider], status: 8_000, revoke: 3_000, order: 5_000 };
  const found = await proveAnswers(provider, counts, seed);
  return { figures: answerFigures(found, FUZZED_ANSWERS), examples: found.examples.slice(0, 5) };
}

async function secretsIn(from: number, to: number, seed: number): Promise<Found> {
  const found = await proveSecrets(from, to, seed);
  return { figures: secretFigures(found), examples: [...found.examples, ...found.unexpectedEnds.slice(0, 3)] };
}

/** What the proofs find where there is something to find. */
async function controls(seed: number): Promise<Found> {
  const figures: Figure[] = [];
  for (const provider of ['edis', 'vpsbg', 'hosting', 'whmcs'] as const) {
    const counts = { cancel: 2_000, status: 0, revoke: 0, order: 0 };
    const { violations } = await proveAnswers(provider, counts, seed, lenientCalls(provider));
    const what = `${provider}: claims by an adapter that believes the HTTP status (control)`;
    figures.push(figure(7, what, violations, 'at_least', 20));
  }
  const { hits } = await withoutRedaction(() => proveSecrets(0, 4, seed));
  figures.push(figure(6, 'secrets: hits with redaction switched off, 4 secrets (control)', hits, 'at_least', 500));
  return { figures, examples: [] };
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
