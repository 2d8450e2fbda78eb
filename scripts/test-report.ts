import * as v from 'valibot';
import { readJson } from './manifest.ts';

const testSchema = v.object({
  status: v.string(),
  fullName: v.string(),
  failureMessages: v.optional(v.nullable(v.array(v.string())), []),
});

const reportSchema = v.object({
  numPassedTests: v.number(),
  numPendingTests: v.optional(v.number(), 0),
  testResults: v.array(v.object({ status: v.string(), name: v.string(), assertionResults: v.array(testSchema) })),
});

/** How many tests passed, and which ones failed, read from the test runner's JSON report. */
export interface TestCounts {
  readonly passed: number;
  /** Each failed test by its file and name, with the first line of what it says. */
  readonly failed: readonly string[];
  /** Those that cannot run on this machine. */
  readonly skipped: number;
}

/** The counts of a report. A file that failed without a failed test, as one that cannot be loaded, counts as one. */
export function countTests(reportPath: string): TestCounts {
  const report = v.parse(reportSchema, readJson(reportPath));
  const failed = report.testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, assertionResults }) => {
      const tests = assertionResults.filter(({ status }) => status === 'failed');
      return tests.length === 0
        ? [`${name}: could not be run`]
        : tests.map(({ fullName, failureMessages }) => `${name}: ${fullName}\n  ${firstLine(failureMessages?.[0])}`);
    });
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests };
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
}
