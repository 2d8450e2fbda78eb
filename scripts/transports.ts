/**
 * Cancellations at providers that fail in every way they can, over every HTTP stack: `npm run test:transports`.
 *
 * Prints the figures for Node.js 22, 24 and 26, one after the other, and fails if one of them is not met. `--here` runs
 * on the Node.js that runs it, `--jobs=200` makes fewer cancellations, `--only=HTTP/2` chooses stacks by name.
 */
import { spawnSync } from 'node:child_process';
import { setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeCertificate } from '../test/campaign/certificate.ts';
import { faultsOf, runMatrix, stacks } from '../test/transports/matrix.ts';
import { cancelBehindEnvironmentProxy, cancelWhileStopped, type ChildOutcome } from '../test/transports/processes.ts';

const NODE_VERSIONS = ['22', '24', '26'];

const { values } = parseArgs({
  options: {
    here: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: 'cancelkit' },
    only: { type: 'string', default: '' },
  },
});

if (values.here) await runHere();
else runEverywhere();

function runEverywhere(): void {
  const script = fileURLToPath(import.meta.url);
  for (const version of NODE_VERSIONS) {
    const command = ['--yes', `--package=node@${version}`, 'node', script, '--here', ...process.argv.slice(2)];
    const { status } = spawnSync('npx', command, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) process.exitCode = 1;
  }
}

async function runHere(): Promise<void> {
  const certificate = makeCertificate();
  setDefaultCACertificates([certificate.cert]);
  console.log(
    `\nNode.js ${process.version}, undici ${process.versions['undici'] ?? '(none)'}: ${values.jobs} cancellations each`,
  );
  console.log('stack                        faulted   twice   wrong "not cancelled"   wrong "cancelled"   TLS with');
  const chosen = stacks.filter(({ name }) => name.includes(values.only));
  for (const stack of chosen) {
    const plan = { jobs: Number(values.jobs), concurrency: 20, seed: values.seed, certificate };
    for (const tally of await runMatrix([stack], plan)) {
      const mayRepeat = stack.name.includes('repeats');
      const faults = faultsOf(tally, mayRepeat);
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
