/**
 * Cancellations at providers that fail in every way they can, over every HTTP stack: `npm run test:transports`.
 *
 * Prints the figures for each version of Node.js, one after the other, and fails if one of them is not met. A stack
 * that cannot run on a version says so, and why. `--here` runs on the Node.js that runs it, `--nodes=22.19.0,26` on
 * these, `--jobs=200` makes fewer cancellations, `--only=HTTP/2` chooses stacks by name.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { makeCertificate } from '../test/campaign/certificate.ts';
import { deliver, WHOLE } from '../test/transports/bodies.ts';
import { faultsOf, runMatrix, stacks } from '../test/transports/matrix.ts';
import {
  cancelBehindEnvironmentProxy,
  cancelWhileStopped,
  TYPESCRIPT,
  type ChildOutcome,
} from '../test/transports/processes.ts';

// 20.9 is the oldest that is supported, 22.12 the oldest 22 that requires an ES module, 22.19 the oldest that undici 8
// supports; the others are the newest of their line.
const NODE_VERSIONS = ['20.9.0', '22.12.0', '22.19.0', '22', '24', '26'];

const { values } = parseArgs({
  options: {
    here: { type: 'boolean', default: false },
    nodes: { type: 'string', default: NODE_VERSIONS.join(',') },
    jobs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: 'cancelkit' },
    only: { type: 'string', default: '' },
    // Given by this script to itself: the folder with the certificate that the process trusts.
    trusting: { type: 'string' },
  },
});

if (values.trusting === undefined) runEverywhere();
else await runHere(values.trusting);

/** In a process for each version, which trusts the certificate from its start: older ones have no other way. */
function runEverywhere(): void {
  const folder = mkdtempSync(join(tmpdir(), 'transports-'));
  try {
    const certificate = makeCertificate();
    for (const part of ['key', 'cert'] as const) writeFileSync(join(folder, part), certificate[part]);
    const own = process.env['NODE_EXTRA_CA_CERTS'];
    const trusted = [certificate.cert, ...(own === undefined ? [] : [readFileSync(own, 'utf8')])];
    // With those of npx, which may need them for the registry.
    writeFileSync(join(folder, 'trusted'), trusted.join('\n'));
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'trusted') };
    const parameters = [fileURLToPath(import.meta.url), ...process.argv.slice(2), `--trusting=${folder}`];
    const script = [`--import=${TYPESCRIPT}`, ...parameters];
    const commands: [string, ...string[]][] = values.here
      ? [[process.execPath, ...script]]
      : values.nodes.split(',').map((version) => ['npx', '--yes', `--package=node@${version}`, 'node', ...script]);
    for (const [command, ...given] of commands) {
      const { status, signal } = spawnSync(command, given, { stdio: ['ignore', 'inherit', 'inherit'], env });
      if (signal !== null) console.log(`ended by ${signal}   NOT MET`);
      if (status !== 0) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runHere(folder: string): Promise<void> {
  const certificate = {
    key: readFileSync(join(folder, 'key'), 'utf8'),
    cert: readFileSync(join(folder, 'cert'), 'utf8'),
  };
  console.log(
    `\nNode.js ${process.version}, undici ${process.versions['undici'] ?? '(none)'}: ${values.jobs} cancellations each`,
  );
  console.log('stack                        faulted   twice   wrong "not cancelled"   wrong "cancelled"   TLS with');
  const chosen = stacks.filter(({ name }) => name.includes(values.only));
  for (const stack of chosen) {
    if (stack.cannotRun !== undefined) {
      console.log(`${stack.name.padEnd(27)} CANNOT RUN on ${process.version}: ${stack.cannotRun}`);
      continue;
    }
    const plan = { jobs: Number(values.jobs), concurrency: 20, seed: values.seed, certificate };
    const delivery = await deliver(stack, certificate);
    for (const tally of await runMatrix([stack], plan)) {
      const mayRepeat = stack.name.includes('repeats');
      const faults = [
        ...faultsOf(tally, mayRepeat),
        isDeepStrictEqual(delivery, WHOLE) ? '' : 'the body of a DELETE',
      ].filter((fault) => fault !== '');
      const cells = [
        stack.name.padEnd(27),
        `${(tally.faulted * 100).toFixed(0)} %`.padStart(8),
        String(tally.duplicates).padStart(7),
        String(tally.wrongNotCancelled).padStart(23),
        String(tally.wrongCancelled).padStart(19),
        `HTTP/${tally.tlsVersion ?? '?'}`.padStart(10),
      ];
      console.log(`${cells.join(' ')}   ${faults.length === 0 ? 'ok' : `NOT MET: ${faults.join('; ')}`}`);
      if (faults.length > 0) process.exitCode = 1;
    }
  }
  const proxied = await cancelBehindEnvironmentProxy(certificate);
  const stopped = await cancelWhileStopped();
  show('NODE_USE_ENV_PROXY=1, in a process of its own', proxied, proxied.tunnels === 1);
  show('stopped while the response arrives', stopped, true);
  // Hanging requests of a foreign dispatcher would keep the process alive.
  process.exit();
}

function show(name: string, { outcome, cancellations }: ChildOutcome, isOtherwiseMet: boolean): void {
  const isMet = isOtherwiseMet && outcome === 'requested' && cancellations === 1;
  console.log(`${name}: ${outcome}, ${cancellations} cancellation(s)   ${isMet ? 'ok' : 'NOT MET'}`);
  if (!isMet) process.exitCode = 1;
}
