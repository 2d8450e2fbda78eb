/**
 * The outcome of queued cancellations when workers and databases are killed: `npm run test:crash`.
 *
 * 200 times `kill -9` for a worker on each database, beside a worker that delivers at least once; a PostgreSQL server
 * that goes away; worker processes that share one. Prints the figures, and fails if a goal is not met. `--kills=20`
 * kills less often, `--seed=x` makes other choices, `--clocks=30` sets the clocks of the killed workers 30 minutes
 * ahead and behind in turn. About ten minutes on two cores.
 */
import { parseArgs } from 'node:util';
import { openPostgres } from '../src/queue/database/postgres.ts';
import { steadyConduct } from '../test/queue/crash/conduct.ts';
import { runControl } from '../test/queue/crash/control.ts';
import { runKills, type KillTally } from '../test/queue/crash/kill-campaign.ts';
import { runOutages, type Outage } from '../test/queue/crash/outage-run.ts';
import type { Verdict } from '../test/queue/crash/verdict.ts';
import { runTeam } from '../test/queue/crash/worker-team.ts';
import { startPglite, startPostgresServer } from '../test/queue/support/databases.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: 'cancelkit' },
    clocks: { type: 'string', default: '0' },
  },
});
const kills = Number(values.kills);
const { seed } = values;
const clocksOffMs = Number(values.clocks) * 60_000;
// More than the workers get done before the last kill, so that each kill hits work.
const JOBS_A_KILL = 60;
const jobs = kills * JOBS_A_KILL;

const LATENCY_MS = 100;
const TEAM_LIMIT = 6;
const TEAM_CONCURRENCY = 2;
const TEAM_SIZES = [1, 2, 3, 4];

const broken: string[] = [];
const startedAt = performance.now();

await using server = await startPostgresServer();
print(`Node.js ${process.version}; PostgreSQL ${await setting('server_version')}, fsync ${await setting('fsync')}`);
goal('fsync is on', (await setting('fsync')) === 'on');

const [embedded, [served, control]] = await Promise.all([killOnPglite(), killOnPostgres()]);
reportKills();
await reportOutages();
await reportTeams();

print(`\n${broken.length === 0 ? 'Every goal is met' : `NOT MET: ${broken.join('; ')}`}, in ${seconds()} s.`);
if (broken.length > 0) process.exitCode = 1;

async function killOnPglite(): Promise<KillTally> {
  await using directory = await startPglite();
  const tally = await runKills({ database: directory.address, schema: 'killed', kills, jobs, seed, clocksOffMs });
  print(`PGlite: after ${seconds()} s`);
  return tally;
}

async function killOnPostgres(): Promise<readonly [KillTally, Omit<KillTally, 'onceInTheEnd' | 'followed'>]> {
  const tally = await runKills({ database: server.address, schema: 'killed', kills, jobs, seed, clocksOffMs });
  print(`PostgreSQL: after ${seconds()} s`);
  const naive = await runControl({ database: server.address, kills, jobs, seed });
  print(`the control: after ${seconds()} s`);
  return [tally, naive];
}

function reportKills(): void {
  const all = [embedded, served, control];
  const row = (
    what: string,
    of: (tally: Omit<KillTally, 'onceInTheEnd' | 'followed'>) => number,
  ): readonly (string | number)[] => [what, ...all.map(of)];
  table(
    `Workers killed with kill -9 at random moments; the provider answers after 0 to 80 ms (seed ${seed}); clocks off by ${values.clocks} minutes`,
    ['', 'PGlite', 'PostgreSQL', 'at least once'],
    [
      row('kills', (tally) => killsOf(tally)),
      row('  while it opened', (tally) => tally.kills.opening),
      row('  while it worked', (tally) => tally.kills.working),
      row('  while it stopped', (tally) => tally.kills.stopping),
      row('  with requests in flight', (tally) => tally.kills.withRequests),
      row('requests in flight at a kill', (tally) => tally.kills.requestsHit),
      row('jobs', ({ verdict }) => verdict.jobs),
      row('  left at the last kill', (tally) => tally.leftAtLastKill),
      row('executed', ({ verdict }) => verdict.executed),
      row('duplicates', ({ verdict }) => verdict.duplicates),
      row('sent twice', ({ verdict }) => verdict.sentTwice),
      row('lost', ({ verdict }) => verdict.lost),
      row('wrong rows', ({ verdict }) => verdict.wrong),
      row('left for a person', ({ verdict }) => verdict.forPerson),
      row('confirmed not cancelled', ({ verdict }) => verdict.confirmedNot),
      ['executed once after their decisions', embedded.onceInTheEnd, served.onceInTheEnd, '–'],
      ['followed until the service was over', embedded.followed, served.followed, '–'],
    ],
  );
  for (const [name, tally] of Object.entries({ PGlite: embedded, PostgreSQL: served })) {
    goal(`${name}: ${kills} kills`, killsOf(tally) >= kills);
    goal(`${name}: a quarter of the kills with requests in flight`, tally.kills.withRequests >= kills / 4);
    goal(`${name}: jobs left at the last kill`, tally.leftAtLastKill > 0);
    goal(`${name}: every service is cancelled exactly once in the end`, tally.onceInTheEnd === jobs);
    goal(`${name}: a quarter or more are followed until the service is over`, tally.followed >= jobs / 4);
    checkVerdict(name, tally.verdict);
  }
  goal('the control shows duplicates', control.verdict.duplicates > 0);
}

async function reportOutages(): Promise<void> {
  const crash: Outage = { how: 'crash', forMs: 0 };
  const runs: readonly (readonly [string, readonly Outage[]])[] = [
    ['shut down for 10 s', [{ how: 'stop', forMs: 10_000 }]],
    ['killed, away for 10 s', [{ how: 'crash', forMs: 10_000 }]],
    ['killed 10 times', Array.from({ length: 10 }, () => crash)],
  ];
  const rows: (readonly (string | number)[])[] = [];
  for (const [index, [what, outages]] of runs.entries()) {
    const tally = await runOutages(server, { jobs: 2_000, outages, schema: `outage_${index}` });
    const { verdict, told, executedBefore } = tally;
    const { executed, duplicates, lost, wrong, forPerson, confirmedNot } = verdict;
    rows.push([what, verdict.jobs, executed, duplicates, lost, wrong, forPerson + confirmedNot, told.length]);
    checkVerdict(what, verdict);
    goal(
      `${what}: in the middle of the work`,
      executedBefore.every((before) => before < verdict.jobs),
    );
    goal(`${what}: every one executed, and known to be`, executed === verdict.jobs && forPerson + confirmedNot === 0);
    goal(`${what}: onError was told`, told.length > 0);
  }
  const head = ['', 'jobs', 'executed', 'duplicates', 'lost', 'wrong rows', 'in doubt', 'told'];
  table('A PostgreSQL server that goes away while a worker works', head, rows);
}

async function reportTeams(): Promise<void> {
  const rows: (readonly (string | number)[])[] = [];
  const rates: number[] = [];
  for (const workers of TEAM_SIZES) {
    let perSecond = 0;
    const { verdict, mostAtOnce } = await runTeam({
      database: server.address,
      schema: `team_${workers}`,
      workers,
      concurrency: TEAM_CONCURRENCY,
      limit: { concurrency: TEAM_LIMIT },
      jobs: 400,
      conductOf: steadyConduct(LATENCY_MS),
      meanwhile: async (provider) => {
        // By then all of them are at it.
        await provider.executed(100);
        const from = performance.now();
        await provider.executed(380);
        perSecond = 280_000 / (performance.now() - from);
      },
    });
    const bound = Math.min(TEAM_LIMIT, workers * TEAM_CONCURRENCY);
    rows.push([workers, mostAtOnce, bound, perSecond.toFixed(1), ((bound * 1_000) / LATENCY_MS).toFixed(1)]);
    rates.push(perSecond);
    checkVerdict(`${workers} workers`, verdict);
    goal(`${workers} workers: never more than ${bound} concurrently`, mostAtOnce <= bound);
  }
  table(
    `Worker processes on one PostgreSQL, ${TEAM_CONCURRENCY} concurrently each; the account allows ${TEAM_LIMIT}; ${LATENCY_MS} ms a response`,
    ['workers', 'most concurrently', 'bound', 'a second', 'ideal'],
    rows,
  );
  const [one = 0, two = 0, three = 0] = rates;
  goal('throughput rises with workers until the limit', one < two && two < three);
}

function checkVerdict(what: string, { duplicates, sentTwice, lost, wrong, examples }: Verdict): void {
  goal(`${what}: 0 lost`, lost === 0);
  goal(`${what}: 0 duplicates`, duplicates === 0 && sentTwice === 0);
  goal(`${what}: 0 wrong rows`, wrong === 0);
  for (const example of examples) print(`${what}: ${example}`);
}

function killsOf({ kills: { opening, working, stopping } }: Pick<KillTally, 'kills'>): number {
  return opening + working + stopping;
}

async function setting(name: 'fsync' | 'server_version'): Promise<string> {
  const database = await openPostgres(server.address);
  const { rows } = await database.query(`SHOW ${name}`);
  await database.close();
  return String(rows[0]?.[name]);
}

function goal(what: string, isMet: boolean): void {
  if (!isMet) broken.push(what);
}

function seconds(): string {
  return ((performance.now() - startedAt) / 1_000).toFixed(0);
}

function table(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  print(`\n${title}`);
  for (const line of lines) {
    const cells = line.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    print(`  ${cells.join('  ').trimEnd()}`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
