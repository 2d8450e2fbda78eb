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
  it('names the tests that failed, with what they say', () => {
    expect(countTests(report(3, [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')]))).toEqual({
      passed: 3,
      failed: ['a.test.ts: it is failed\n  AssertionError: expected 1 to be 2'],
      skipped: 0,
    });
  });

  it('counts apart what could not run', () => {
    expect(countTests(report(1, [file('passed', 'passed', 'skipped')], 1))).toEqual({
      passed: 1,
      failed: [],
      skipped: 1,
    });
  });

  it('counts a file that could not be loaded as a failed test', () => {
    expect(countTests(report(2, [file('passed', 'passed', 'passed'), file('failed')]))).toEqual({
      passed: 2,
      failed: ['a.test.ts: could not be run'],
      skipped: 0,
    });
  });
});

function file(status: string, ...tests: readonly string[]): object {
  const assertionResults = tests.map((result) => ({
    status: result,
    fullName: `it is ${result}`,
    failureMessages: result === 'failed' ? ['AssertionError: expected 1 to be 2\n    at a.test.ts:1'] : [],
  }));
  return { status, name: 'a.test.ts', assertionResults };
}

function report(numPassedTests: number, testResults: readonly object[], numPendingTests = 0): string {
  const path = join(directory, 'report.json');
  writeFileSync(path, JSON.stringify({ numPassedTests, numPendingTests, testResults }));
  return path;
}
