import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/test-report.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'test-report-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('countTests', () => {
  it('takes the counts of the test runner', () => {
    expect(countTests(report(3, 1, [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')]))).toEqual({
      passed: 3,
      failed: 1,
      skipped: 0,
    });
  });

  it('counts apart what could not run', () => {
    expect(countTests(report(1, 0, [file('passed', 'passed', 'skipped')], 1))).toEqual({
      passed: 1,
      failed: 0,
      skipped: 1,
    });
  });

  it('counts a file that could not be loaded as a failed test', () => {
    expect(countTests(report(2, 0, [file('passed', 'passed', 'passed'), file('failed')]))).toEqual({
      passed: 2,
      failed: 1,
      skipped: 0,
    });
  });
});

function file(status: string, ...tests: readonly string[]): object {
  return { status, assertionResults: tests.map((result) => ({ status: result })) };
}

function report(
  numPassedTests: number,
  numFailedTests: number,
  testResults: readonly object[],
  numPendingTests = 0,
): string {
  const path = join(directory, 'report.json');
  writeFileSync(path, JSON.stringify({ numPassedTests, numFailedTests, numPendingTests, testResults }));
  return path;
}
