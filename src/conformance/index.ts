import type { Timing } from '../index.ts';
import { accessChecks } from './check-access.ts';
import { bodyChecks } from './check-bodies.ts';
import { capabilityChecks } from './check-capabilities.ts';
import { configurationChecks } from './check-configuration.ts';
import { confirmChecks } from './check-confirm.ts';
import { dateChecks } from './check-dates.ts';
import { extrasChecks } from './check-extras.ts';
import { faultChecks } from './check-faults.ts';
import { findChecks } from './check-find.ts';
import { fixtureChecks } from './check-fixtures.ts';
import { idChecks } from './check-ids.ts';
import { inputChecks } from './check-input.ts';
import { leakChecks } from './check-leaks.ts';
import { lostAnswerChecks } from './check-lost-answers.ts';
import { optionsChecks } from './check-options.ts';
import { purityChecks } from './check-purity.ts';
import { reasonChecks } from './check-reason.ts';
import { redirectChecks } from './check-redirects.ts';
import { revokeChecks } from './check-revoke.ts';
import { secretChecks } from './check-secrets.ts';
import { statusChecks } from './check-status.ts';
import { subjectChecks } from './check-subject.ts';
import { whereChecks } from './check-where.ts';
import type { CheckGroup } from './check.ts';
import type { ConformanceSubject } from './subject.ts';

export type {
  ConformanceAnswer,
  ConformanceConfirmFixture,
  ConformanceFindFixture,
  ConformanceFixture,
  ConformanceOptionsFixture,
  ConformanceLogin,
  ConformanceRevokeFixture,
  ConformanceStatusFixture,
  ConformanceSubject,
  ExpectedError,
  ExpectedResult,
  ExpectedRevocation,
  FixtureKind,
} from './subject.ts';

/** The functions of a test runner (Vitest, Jest, Mocha, `node:test`, …) that the suite needs. */
export interface ConformanceRunner {
  /** Groups the tests that `body` registers. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Registers a test that fails if `body` rejects. The tests are to run one after another. */
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

const GROUPS: readonly (readonly [title: string, group: CheckGroup])[] = [
  ['the subject', subjectChecks],
  ['capabilities', capabilityChecks],
  ['the reason', reasonChecks],
  ['purity', purityChecks],
  ['ids', idChecks],
  ['credentials', secretChecks],
  ['input', inputChecks],
  ['configuration', configurationChecks],
  ['answers', fixtureChecks],
  ['answers that are none', bodyChecks],
  ['the network', faultChecks],
  ['redirects', redirectChecks],
  ['what comes out', leakChecks],
  ['read-back', statusChecks],
  ['lost answers', lostAnswerChecks],
  ['undo', revokeChecks],
  ['dates', dateChecks],
  ['extras', extrasChecks],
  ['options', optionsChecks],
  ['search', findChecks],
  ['confirmation', confirmChecks],
  ['access', accessChecks],
  ['where to look', whereChecks],
];

/**
 * Registers the tests that every provider passes: that it says what it can do, sends what it says, and never claims
 * more than it received. Each needs a server of its own, on the loopback interface; nothing else is sent anywhere.
 *
 * The tests are to run one after another, since some set environment variables for a moment.
 *
 * @param subject the provider, with its documented answers.
 * @param runner `describe` and `it` of any test runner.
 */
export function providerConformance<ConfigInput, ServiceInput, T extends Timing>(
  subject: ConformanceSubject<ConfigInput, ServiceInput, T>,
  runner: ConformanceRunner,
): void {
  runner.describe(`${subject.provider.id}: provider conformance`, () => {
    for (const [title, group] of GROUPS) {
      const checks = group(subject);
      // A group is about what only some providers have, and test runners take an empty one for a mistake.
      if (checks.length === 0) continue;
      runner.describe(title, () => {
        for (const { name, run } of checks) runner.it(name, run);
      });
    }
  });
}
