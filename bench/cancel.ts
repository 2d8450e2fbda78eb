/**
 * What one `cancel` costs beside the same request by plain `fetch`, by plain ky and by the clients of WHMCS on npm:
 * processor time of this process, at concurrency 50, against one loopback server in a process of its own. Then: what a
 * new connection for each write costs, the import, and the first call. All take turns, so that a machine whose speed
 * drifts does so for all of them; the ratios are those of the medians.
 *
 * Run it with `npm run bench`. `npm run bench -- 500 11` makes it smaller: requests, rounds.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createCancelService } from 'cancelkit';
import { whmcs } from 'cancelkit/whmcs';
import ky from 'ky';
import { acmeProvider, blindAcmeProvider } from '../test/support/acme.ts';
import { loadPeers } from './peers.ts';

const CONCURRENCY = 50;
const REQUESTS = Number(process.argv[2] ?? 2_000);
const ROUNDS = Number(process.argv[3] ?? 15);
const STARTS = 21;
const MOST_TIMES_FETCH = 0.65;
const MOST_IMPORT_MS = 20;
const MOST_FIRST_CALL_MS = 40;

type Send = () => Promise<unknown>;

const server = spawn(process.execPath, [fileURLToPath(new URL('server.ts', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const [port] = await once(server.stdout, 'data');
const url = `http://127.0.0.1:${Number(port)}`;
const config = { url, identifier: 'benchmark-identifier', secret: 'benchmark-secret' };
const endpoint = `${url}/includes/api.php`;
const fields = { action: 'AddCancelRequest', serviceid: '4711', type: 'End of Billing Period' };
const form = { identifier: config.identifier, secret: config.secret, responsetype: 'json', ...fields };
const service = { hostingId: 'h-1', domain: 'example.com' };
const acme = { baseUrl: url, token: 'benchmark-token' };

const services = createCancelService({
  billing: whmcs(config),
  kept: acmeProvider().account(acme),
  fresh: blindAcmeProvider().account(acme),
});
const bareFetch: Send = async () => {
  const response = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) });
  return response.json();
};
const cancel: Send = () => services.cancel({ account: 'billing', service: { serviceId: 4711 }, when: 'end_of_period' });
const peers = await loadPeers({ endpoint, ...config, fields });

const contenders = new Map<string, Send>([
  ['fetch', bareFetch],
  ['ky', () => ky.post(endpoint, { body: new URLSearchParams(form) }).json()],
  ...peers.map(({ name, send }): [string, Send] => [name, send]),
  ['cancelkit', cancel],
]);
console.log(`one request at concurrency ${CONCURRENCY}, processor time, median of ${ROUNDS} × ${REQUESTS}`);
const costs = await inTurns(contenders, processorTime);
const times = (name: string): number => medianOf(costs, name) / medianOf(costs, 'fetch');
for (const name of costs.keys()) {
  const microseconds = medianOf(costs, name).toFixed(0).padStart(5);
  console.log(`  ${name.padEnd(22)} ${microseconds} µs   ${times(name).toFixed(2)} × fetch`);
}
goal(`cancelkit ≤ ${MOST_TIMES_FETCH} × fetch`, times('cancelkit') <= MOST_TIMES_FETCH);
goal(
  'cancelkit costs less than every peer',
  peers.every(({ name }) => times('cancelkit') < times(name)),
);

console.log(`\ncancelMany on loopback, ${CONCURRENCY} concurrently, wall time of each`);
const connections = await inTurns(
  new Map<string, Send>([
    ['kept connections', () => services.cancel({ account: 'kept', service, when: 'end_of_period' })],
    ['a new one for each', () => services.cancel({ account: 'fresh', service, when: 'end_of_period' })],
  ]),
  wallTime,
);
for (const name of connections.keys()) {
  console.log(`  ${name.padEnd(22)} ${medianOf(connections, name).toFixed(0).padStart(5)} µs`);
}

const self = ['', '/edis', '/vpsbg', '/hosting', '/whmcs'];
const starts = await inTurns(
  new Map<string, string>([
    ['an empty module', "await import('data:text/javascript,')"],
    ['core, four adapters', self.map((path) => `await import('cancelkit${path}')`).join(';')],
    ['+ first fetch', firstCall(`await (await fetch('${endpoint}', { method: 'POST', body: 'x' })).json()`)],
    [
      '+ first cancel',
      firstCall("await services.cancel({ account: 'a', service: { serviceId: 4711 }, when: 'immediate' })"),
    ],
  ]),
  startOf,
  STARTS,
);
server.stdin.end();
const [empty, library, fetched, cancelled] = [...starts.keys()].map((name) => medianOf(starts, name));
console.log(`\na process of its own, wall time, median of ${STARTS}`);
for (const name of starts.keys()) {
  const milliseconds = medianOf(starts, name);
  const more = milliseconds - (empty ?? 0);
  console.log(`  ${name.padEnd(22)} ${milliseconds.toFixed(0).padStart(5)} ms   +${more.toFixed(0)} ms`);
}
goal(`import ≤ an empty module + ${MOST_IMPORT_MS} ms`, (library ?? 0) - (empty ?? 0) <= MOST_IMPORT_MS);
goal(
  `the first cancel ≤ the first fetch + ${MOST_FIRST_CALL_MS} ms`,
  (cancelled ?? 0) - (fetched ?? 0) <= MOST_FIRST_CALL_MS,
);

/** A program that has imported everything, and then makes one call. */
function firstCall(code: string): string {
  const set = `createCancelService({ a: whmcs(${JSON.stringify(config)}) })`;
  return `import { createCancelService } from 'cancelkit'; import { whmcs } from 'cancelkit/whmcs';
    const services = ${set}; ${code}; process.exit(0);`;
}

/** Measures everything once to warm up, and then round by round. */
async function inTurns<Work>(
  all: ReadonlyMap<string, Work>,
  measure: (work: Work) => number | Promise<number>,
  rounds: number = ROUNDS,
): Promise<ReadonlyMap<string, number[]>> {
  const figures = new Map<string, number[]>([...all.keys()].map((name) => [name, []]));
  for (const work of all.values()) await measure(work);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of all) figures.get(name)?.push(await measure(work));
  }
  return figures;
}

/** Microseconds of processor time for each request. */
async function processorTime(send: Send): Promise<number> {
  const before = process.cpuUsage();
  await sendAll(send);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

/** Microseconds of wall time for each request. */
async function wallTime(send: Send): Promise<number> {
  const startedAt = performance.now();
  await sendAll(send);
  return ((performance.now() - startedAt) * 1_000) / REQUESTS;
}

async function sendAll(send: Send): Promise<void> {
  let left = REQUESTS;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
}

function startOf(code: string): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`the process ended with ${status}`);
  return performance.now() - startedAt;
}

function goal(what: string, isMet: boolean): void {
  console.log(`  goal: ${what}: ${isMet ? 'met' : 'NOT MET'}`);
  if (!isMet) process.exitCode = 1;
}

function medianOf(figures: ReadonlyMap<string, readonly number[]>, name: string): number {
  const values = (figures.get(name) ?? []).toSorted((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}
