/**
 * The outcome of cancellations at providers that fail in every way they can: `npm run test:faults`.
 *
 * Prints the figures for Node.js 22, 24 and 26, one after the other, and fails if one of them is not met. Nothing else
 * should keep the machine busy: timeouts would come on top of the faults. `--here` runs on the Node.js that runs it,
 * `--jobs=400` makes fewer cancellations.
 */
import { spawnSync } from 'node:child_process';
import { setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCampaign, type Tally } from '../test/campaign/campaign.ts';
import { makeCertificate } from '../test/campaign/certificate.ts';
import { runSlowProviders } from '../test/campaign/deadlines.ts';
import { runLateExecutions } from '../test/campaign/late-execution.ts';
import { runOutages } from '../test/campaign/outage.ts';

const NODE_VERSIONS = ['22', '24', '26'];
const MOST_OVERSHOOT_MS = 50;
const LEAST_FAULTED = 0.6;

const { values } = parseArgs({
  options: {
    here: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '5000' },
    seed: { type: 'string', default: 'cancelkit' },
  },
});

if (values.here) await runHere(Number(values.jobs), values.seed);
else runEverywhere();

function runEverywhere(): void {
  const script = fileURLToPath(import.meta.url);
  for (const version of NODE_VERSIONS) {
    const command = ['--yes', `--package=node@${version}`, 'node', script, '--here', ...process.argv.slice(2)];
    const { status } = spawnSync('npx', command, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) process.exitCode = 1;
  }
}

async function runHere(jobs: number, seed: string): Promise<void> {
  const certificate = makeCertificate();
  setDefaultCACertificates([certificate.cert]);
  const broken: string[] = [];
  const goal = (what: string, isMet: boolean): void => {
    if (!isMet) broken.push(what);
  };
  print(`Node.js ${process.version}, undici ${process.versions['undici'] ?? '(none)'}`);

  const settlings = await runSlowProviders(Math.max(50, jobs / 5), certificate);
  table(
    'Slow providers: when the last call settles, against its deadline and against a bare timer of that length',
    ['provider', 'calls', 'deadline', 'timer', 'outcomes'],
    settlings.map(({ what, calls, worstOvershootMs, worstBeyondTimerMs, outcomes }) => [
      what,
      calls,
      signed(worstOvershootMs),
      signed(worstBeyondTimerMs),
      listOf(outcomes),
    ]),
  );
  // If the machine is busy, a timer is late as well, and nothing can settle before one.
  const worst = Math.max(...settlings.map(({ worstBeyondTimerMs }) => worstBeyondTimerMs));
  goal(`settled by the deadline + ${MOST_OVERSHOOT_MS} ms`, worst <= MOST_OVERSHOOT_MS);

  const tallies = await runCampaign({ jobs, concurrency: 20, seed, certificate });
  campaignTable(
    `${jobs} cancellations, 20 concurrently, over HTTP/1.1 and TLS with HTTP/${tallies[0]?.tlsVersion ?? '?'}`,
    tallies,
  );
  for (const tally of tallies.slice(0, 1)) checkCampaign(tally, goal);
  goal(
    'no more than 5 % failed fast',
    tallies.every((tally) => tally.failedFast <= 0.05 * tally.jobs),
  );
  goal(
    'the faults were no fewer than 60 %',
    tallies.every(({ faulted }) => faulted >= LEAST_FAULTED),
  );

  const late = await runLateExecutions({ jobs: Math.ceil(jobs / 5), concurrency: 20, seed, certificate });
  campaignTable('Carried out 50 to 450 ms after the connection was lost', [late]);
  checkCampaign(late, goal);

  const outages = await runOutages(Math.ceil(jobs / 5));
  table(
    'Outages: what is sent in vain',
    ['provider', 'jobs', 'sends', 'allowed', 'failed fast', 'with retryAt'],
    outages.map(({ what, jobs: calls, sends, allowed, failedFast, withRetryAt }) => [
      what,
      calls,
      sends,
      allowed,
      failedFast,
      withRetryAt,
    ]),
  );
  for (const { what, sends, allowed, failedFast, withRetryAt, otherCodes } of outages) {
    goal(`${what}: sends within the budget`, sends <= allowed);
    goal(`${what}: fails with unavailable, fast with retryAt`, otherCodes === 0 && failedFast === withRetryAt);
  }

  print(broken.length === 0 ? 'Every goal is met.\n' : `NOT MET: ${broken.join('; ')}\n`);
  if (broken.length > 0) process.exitCode = 1;
}

function checkCampaign(tally: Tally, goal: (what: string, isMet: boolean) => void): void {
  goal('0 duplicate executions', tally.duplicates === 0);
  goal('0 wrong "not cancelled"', tally.wrongNotCancelled === 0);
  goal('0 wrong "not sent"', tally.wrongNotSent === 0);
  goal('0 wrong "cancelled"', tally.wrongCancelled === 0);
}

function campaignTable(title: string, tallies: readonly Tally[]): void {
  table(
    title,
    ['', ...tallies.map(({ client }) => client)],
    [
      ['cancelled twice', ...tallies.map(({ duplicates }) => duplicates)],
      ['wrong "not cancelled"', ...tallies.map(({ wrongNotCancelled }) => wrongNotCancelled)],
      ['wrong "cancelled"', ...tallies.map(({ wrongCancelled }) => wrongCancelled)],
      ['wrong "not sent"', ...tallies.map(({ wrongNotSent }) => wrongNotSent ?? '–')],
      ['attempts', ...tallies.map(({ attempts }) => attempts)],
      ['attempts a job', ...tallies.map(({ attempts, jobs }) => (attempts / jobs).toFixed(2))],
      ['of them faulted', ...tallies.map(({ faulted }) => `${(faulted * 100).toFixed(1)} %`)],
    ],
  );
  for (const { client, words } of tallies) print(`${client}: ${listOf(words)}`);
}

function signed(milliseconds: number): string {
  return `${milliseconds > 0 ? '+' : ''}${milliseconds.toFixed(1)} ms`;
}

function listOf(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return sorted.map(([what, count]) => `${what} ${count}`).join('; ');
}

function table(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  print(`\n${title}`);
  for (const line of lines) {
    const cells = line.map((cell, column) => {
      const isNumber = /^[+-]?[\d.]+( %| ms)?$|^–$/.test(cell);
      const width = widths[column] ?? 0;
      return isNumber ? cell.padStart(width) : cell.padEnd(width);
    });
    print(`  ${cells.join('  ').trimEnd()}`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
