/**
 * Every check of the project: `npm test`. A failed step does not stop the others; the exit code says whether all
 * passed, and the last line is the test runner's `N passed, M failed`.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, root } from './manifest.ts';
import { run } from './run.ts';
import { countTests, type TestCounts } from './test-report.ts';

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** The step whose result this one works on: where that failed, this one is left out. */
  readonly needs?: string;
}

const report = '.cache/test-report.json';
const tarball = `.cache/${manifest.name}-${manifest.version}.tgz`;

/**
 * The stages run one after the other, the lanes of a stage side by side, and the steps of a lane one after the other.
 * Most steps keep one core busy, and the tests all of them.
 */
const stages: readonly (readonly (readonly Step[])[])[] = [
  [
    [{ name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] }],
    [
      { name: 'lint', command: ['oxlint'] },
      { name: 'types', command: ['tsc', '-p', '.'] },
      { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
      { name: 'api report', command: ['node', 'scripts/api-report.ts'], needs: 'build' },
    ],
  ],
  [
    [
      {
        name: 'tests',
        command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      },
    ],
  ],
  [
    [
      {
        name: 'package: pack',
        command: ['npm', 'pack', '--ignore-scripts', '--pack-destination', '.cache'],
        needs: 'build',
      },
    ],
  ],
  [
    [{ name: 'package: as a consumer', command: ['node', 'scripts/try-package.ts', tarball], needs: 'package: pack' }],
    [
      { name: 'package: publint', command: ['publint', 'run', tarball, '--strict'], needs: 'package: pack' },
      {
        name: 'package: are the types wrong',
        command: ['attw', tarball, '--profile', 'esm-only', '--format', 'ascii'],
        needs: 'package: pack',
      },
      { name: 'demo', command: ['node', 'examples/demo.ts'], needs: 'build' },
    ],
  ],
];

const width = Math.max(...stages.flat(2).map(({ name }) => name.length));
const passed = new Set<string>();
const summary: string[] = [];

mkdirSync(join(root, '.cache'), { recursive: true });
for (const made of [report, tarball]) rmSync(join(root, made), { force: true });
for (const lanes of stages) {
  await Promise.all(
    lanes.map(async (steps) => {
      for (const step of steps) await take(step);
    }),
  );
}

const counts = testCounts();
if (counts.failed.length > 0 || counts.passed === 0) process.exitCode = 1;
console.log(`\n── summary\n${summary.join('\n')}\n`);
for (const failure of counts.failed) console.log(`failed: ${failure}`);
if (counts.skipped > 0) console.log(`${counts.skipped} skipped: this machine lacks what they need`);
console.log(`${counts.passed} passed, ${counts.failed.length} failed`);

async function take({ name, command, needs }: Step): Promise<void> {
  console.log(`\n── ${name}: ${command.join(' ')}`);
  const isReady = needs === undefined || passed.has(needs);
  const { ok, output, seconds } = isReady ? await run(command) : { ok: false, output: `needs: ${needs}`, seconds: 0 };
  if (ok) passed.add(name);
  else process.exitCode = 1;
  const result = ok ? 'ok' : isReady ? 'FAILED' : 'left out';
  const line = `${name.padEnd(width)}  ${result.padEnd(8)}  ${seconds.toFixed(1).padStart(6)} s`;
  // In one piece: another lane prints meanwhile.
  console.log(ok ? `   ${line}` : `\n── ${name}\n${output}\n   ${line}`);
  summary.push(line);
}

/** A test run that left no report is itself the failed test. */
function testCounts(): TestCounts {
  const path = join(root, report);
  return existsSync(path) ? countTests(path) : { passed: 0, failed: ['the test runner left no report'], skipped: 0 };
}
