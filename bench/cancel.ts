/**
 * What one `cancel` costs beside the same request by plain `fetch` and by plain ky: processor time of this process, at
 * concurrency 50, against one loopback server in a process of its own. The three take turns, so that a machine whose
 * speed drifts does so for all of them; the ratios are those of the medians. Run it with `npm run bench`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createCancelService } from 'cancelkit';
import { whmcs } from 'cancelkit/whmcs';
import ky from 'ky';

const CONCURRENCY = 50;
const REQUESTS = 2_000;
const ROUNDS = 15;
const IMPORTS = 15;

const server = spawn(process.execPath, [fileURLToPath(new URL('server.ts', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const [port] = await once(server.stdout, 'data');
const url = `http://127.0.0.1:${Number(port)}`;
const config = { url, identifier: 'benchmark-identifier', secret: 'benchmark-secret' };

const services = createCancelService({ billing: whmcs(config) });
const form = {
  identifier: config.identifier,
  secret: config.secret,
  action: 'AddCancelRequest',
  responsetype: 'json',
  serviceid: '4711',
  type: 'End of Billing Period',
};
const endpoint = `${url}/includes/api.php`;

const contenders = {
  fetch: async (): Promise<unknown> => {
    const response = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) });
    return response.json();
  },
  ky: (): Promise<unknown> => ky.post(endpoint, { body: new URLSearchParams(form) }).json(),
  cancelkit: (): Promise<unknown> =>
    services.cancel({ account: 'billing', service: { serviceId: 4711 }, when: 'end_of_period' }),
};
const names = ['fetch', 'ky', 'cancelkit'] as const;

const costs: Record<(typeof names)[number], number[]> = { fetch: [], ky: [], cancelkit: [] };
for (const name of names) await cost(contenders[name]);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of names) costs[name].push(await cost(contenders[name]));
}
server.stdin.end();

const base = median(costs.fetch);
console.log(`one request at concurrency ${CONCURRENCY}, processor time, median of ${ROUNDS} × ${REQUESTS}`);
for (const name of names) {
  const own = median(costs[name]);
  console.log(`  ${name.padEnd(15)} ${own.toFixed(0).padStart(5)} µs   ${(own / base).toFixed(2)} × fetch`);
}

const empty = median(Array.from({ length: IMPORTS }, () => startOf("await import('data:text/javascript,')")));
const library = median(Array.from({ length: IMPORTS }, () => startOf("await import('cancelkit')")));
console.log(`\nimport, wall time of a process, median of ${IMPORTS}`);
console.log(`  an empty module ${empty.toFixed(0).padStart(5)} ms`);
console.log(
  `  cancelkit       ${library.toFixed(0).padStart(5)} ms   ${(library / empty).toFixed(2)} × an empty module`,
);

/** Microseconds of processor time for each request. */
async function cost(send: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let left = REQUESTS;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

function startOf(code: string): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  if (status !== 0) throw new Error(`the process ended with ${status}`);
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
