/**
 * Every check of the project, one after the other: `npm test`. A failed step does not stop the others; the exit code
 * says whether all passed, and the last line is the test runner's `N passed, M failed`.
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

const steps: readonly Step[] = [
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: ['oxlint'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'api report', command: ['node', 'scripts/api-report.ts'], needs: 'build' },
  {
    name: 'tests',
    command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  },
  {
    name: 'package: pack',
    command: ['npm', 'pack', '--ignore-scripts', '--pack-destination', '.cache'],
    needs: 'build',
  },
  { name: 'package: publint', command: ['publint', 'run', tarball, '--strict'], needs: 'package: pack' },
  {
    name: 'package: are the types wrong',
    command: ['attw', tarball, '--profile', 'esm-only', '--format', 'ascii'],
    needs: 'package: pack',
  },
  { name: 'package: as a consumer', command: ['node', 'scripts/try-package.ts', tarball], needs: 'package: pack' },
  { name: 'demo', command: ['node', 'examples/demo.ts'], needs: 'build' },
];

const width = Math.max(...steps.map(({ name }) => name.length));
const passed = new Set<string>();
const summary: string[] = [];

mkdirSync(join(root, '.cache'), { recursive: true });
for (const made of [report, tarball]) rmSync(join(root, made), { force: true });
for (const { name, command, needs } of steps) {
  console.log(`\n── ${name}: ${command.join(' ')}`);
  const isReady = needs === undefined || passed.has(needs);
  const { ok, output, seconds } = isReady ? await run(command) : { ok: false, output: `needs: ${needs}`, seconds: 0 };
  if (ok) passed.add(name);
  else {
    console.log(output);
    process.exitCode = 1;
  }
  const result = ok ? 'ok' : isReady ? 'FAILED' : 'left out';
  const line = `${result.padEnd(8)}  ${seconds.toFixed(1).padStart(6)} s`;
  console.log(`   ${line}`);
  summary.push(`${name.padEnd(width)}  ${line}`);
}

const counts = testCounts();
if (counts.failed.length > 0 || counts.passed === 0) process.exitCode = 1;
console.log(`\n── summary\n${summary.join('\n')}\n`);
for (const failure of counts.failed) console.log(`failed: ${failure}`);
if (counts.skipped > 0) console.log(`${counts.skipped} skipped: this machine lacks what they need`);
console.log(`${counts.passed} passed, ${counts.failed.length} failed`);

/** A test run that left no report is itself the failed test. */
function testCounts(): TestCounts {
  const path = join(root, report);
  return existsSync(path) ? countTests(path) : { passed: 0, failed: ['the test runner left no report'], skipped: 0 };
}
