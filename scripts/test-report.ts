import * as v from 'valibot';
import { readJson } from './manifest.ts';

const reportSchema = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.optional(v.number(), 0),
  testResults: v.array(v.object({ status: v.string(), assertionResults: v.array(v.object({ status: v.string() })) })),
});

/** How many tests passed and failed, read from the test runner's JSON report. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Those that cannot run on this machine. */
  readonly skipped: number;
}

/** The counts of a report. A test file that failed without a failed test, as one that cannot be loaded does, counts as one. */
export function countTests(reportPath: string): TestCounts {
  const report = v.parse(reportSchema, readJson(reportPath));
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((assertion) => assertion.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests,
  };
}
