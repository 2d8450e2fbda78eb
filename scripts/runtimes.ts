/**
 * The same cancellations on every JavaScript runtime: `npm run test:runtimes`.
 *
 * One is answered, one is reset after the request, one is refused a connection, one goes to an unknown host. Prints a
 * table of outcomes with how often the provider got the cancellation, and fails if a row is not what docs/runtimes.md
 * says. The runtimes are fetched by npx. `--only=bun` chooses one of them.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import * as v from 'valibot';
import { closedOrigin } from '../src/conformance/loopback.ts';
import { manifest, root } from './manifest.ts';
import type { RuntimeOutcomes, RuntimeTargets } from './runtime-cases.ts';

interface Runtime {
  readonly name: string;
  readonly run: (targets: RuntimeTargets) => Promise<RuntimeOutcomes>;
  /** What a connection that was never made results in. */
  readonly unsent: 'unavailable' | 'outcome_unknown';
}

const folder = join(root, '.cache', 'runtimes');
const program = join(folder, 'program.mjs');
const leastNode = Number(/\d+/.exec(manifest.engines.node)?.[0]);
const nodeVersions = [20, 22, 24, 26].filter((version) => version >= leastNode);

const runtimes: readonly Runtime[] = [
  ...nodeVersions.map((version): Runtime => ({
    name: `Node.js ${version}`,
    run: (targets) => runProgram(['--package', `node@${version}`, 'node', program], targets),
    unsent: 'unavailable',
  })),
  { name: 'Bun', run: (targets) => runProgram(['bun', program], targets), unsent: 'unavailable' },
  {
    name: 'Deno',
    run: (targets) => runProgram(['deno', 'run', '--allow-all', '--node-modules-dir=manual', program], targets),
    unsent: 'unavailable',
  },
  // An error of its fetch says nothing about what happened.
  { name: 'workerd', run: runWorker, unsent: 'outcome_unknown' },
];

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const outcomesSchema: v.GenericSchema<unknown, RuntimeOutcomes> = v.object({
  answering: v.string(),
  resetting: v.string(),
  refusing: v.string(),
  unknown: v.string(),
});

mkdirSync(folder, { recursive: true });
await bundle();
console.log(`${'runtime'.padEnd(12)} ${'answered'.padEnd(18)} ${'reset'.padEnd(20)} refused            unknown host`);
for (const runtime of runtimes.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()))) {
  await tryRuntime(runtime);
}

async function tryRuntime({ name, run, unsent }: Runtime): Promise<void> {
  const answering = await startProvider((response) => response.end('{"result":"success","serviceid":4711}'));
  const resetting = await startProvider((response) => response.socket?.resetAndDestroy());
  try {
    const refusing = await closedOrigin();
    const outcomes = await run({
      answering: answering.url,
      resetting: resetting.url,
      refusing,
      unknown: 'https://provider.invalid',
    });
    const isMet =
      outcomes.answering === 'requested' &&
      outcomes.resetting === 'outcome_unknown' &&
      outcomes.refusing === unsent &&
      outcomes.unknown === unsent &&
      answering.cancellations() === 1 &&
      resetting.cancellations() === 1;
    const cells = [
      name.padEnd(12),
      `${outcomes.answering} (${answering.cancellations()})`.padEnd(18),
      `${outcomes.resetting} (${resetting.cancellations()})`.padEnd(20),
      outcomes.refusing.padEnd(18),
      outcomes.unknown.padEnd(18),
    ];
    console.log(`${cells.join(' ')} ${isMet ? 'ok' : 'NOT MET'}`);
    if (!isMet) process.exitCode = 1;
  } catch (error) {
    console.log(`${name.padEnd(12)} NOT MET: ${error instanceof Error ? error.message : 'it failed'}`);
    process.exitCode = 1;
  } finally {
    answering.server.closeAllConnections();
    resetting.server.closeAllConnections();
    answering.server.close();
    resetting.server.close();
  }
}

async function bundle(): Promise<void> {
  const cases = JSON.stringify(join(root, 'scripts', 'runtime-cases.ts'));
  const common = { bundle: true, format: 'esm', platform: 'node', target: 'es2022', logLevel: 'error' } as const;
  await build({
    ...common,
    stdin: {
      contents: `import { runCases } from ${cases};
        console.log(JSON.stringify(await runCases(JSON.parse(process.argv[2]))));
        process.exit(0);`,
      resolveDir: root,
    },
    // The package itself, as its users have it.
    external: ['cancelkit', 'cancelkit/*'],
    outfile: program,
  });
  await build({
    ...common,
    stdin: {
      contents: `import { runCases } from ${cases};
        export default { fetch: async (request) => Response.json(await runCases(await request.json())) };`,
      resolveDir: root,
    },
    // Node.js has it built in; on Workers it is never loaded.
    external: ['node:*'],
    alias: {
      cancelkit: join(root, 'dist/src/index.js'),
      'cancelkit/whmcs': join(root, 'dist/providers/whmcs/index.js'),
    },
    outfile: join(folder, 'worker.mjs'),
  });
}

async function runProgram(command: readonly string[], targets: RuntimeTargets): Promise<RuntimeOutcomes> {
  const child = spawn('npx', ['--yes', ...command, JSON.stringify(targets)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = await text(child.stdout);
  return v.parse(outcomesSchema, JSON.parse(printed));
}

/** Runs the cases inside a request to a worker of its own. */
async function runWorker(targets: RuntimeTargets): Promise<RuntimeOutcomes> {
  const port = await freePort();
  writeFileSync(join(folder, 'worker.capnp'), workerConfig(port));
  const child = spawn('npx', ['--yes', 'workerd', 'serve', join(folder, 'worker.capnp')], {
    stdio: 'ignore',
    detached: true,
  });
  try {
    return v.parse(outcomesSchema, await answerOf(`http://127.0.0.1:${port}`, JSON.stringify(targets)));
  } finally {
    stop(child);
  }
}

/** Waits for the worker to listen: its download and its start take a while. */
async function answerOf(url: string, body: string): Promise<unknown> {
  for (const until = performance.now() + 60_000; ;) {
    try {
      const response = await fetch(url, { method: 'POST', body });
      const answer = await response.text();
      if (!response.ok) throw new Error(`the worker failed with ${response.status}: ${answer.slice(0, 500)}`);
      return JSON.parse(answer);
    } catch (error) {
      if (!(error instanceof TypeError) || performance.now() > until) throw error;
      await delay(100);
    }
  }
}

function workerConfig(port: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ( name = "main", worker = (
      modules = [ ( name = "worker", esModule = embed "worker.mjs" ) ],
      compatibilityDate = "2024-09-23",
      compatibilityFlags = [ "nodejs_compat" ],
      globalOutbound = "network",
    ) ),
    ( name = "network", network = ( allow = ["public", "private", "local"], tlsOptions = ( trustBrowserCas = true ) ) ),
  ],
  sockets = [ ( name = "http", address = "127.0.0.1:${port}", http = (), service = "main" ) ],
);
`;
}

/** Ends npx and what it started, which is a process group of its own. */
function stop({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid);
}

async function startProvider(
  answer: (response: {
    readonly end: (body: string) => unknown;
    readonly socket: { resetAndDestroy: () => unknown } | null;
  }) => unknown,
) {
  let cancellations = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (new URLSearchParams(body).get('action') === 'AddCancelRequest') cancellations += 1;
      answer(response);
    });
  });
  return { server, url: await urlOf(server), cancellations: () => cancellations };
}

async function freePort(): Promise<string> {
  const server = createServer();
  const { port } = new URL(await urlOf(server));
  server.close();
  await once(server, 'close');
  return port;
}

async function urlOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line no-unsafe-type-assertion -- a server on TCP
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
