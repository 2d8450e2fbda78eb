import assert from 'node:assert/strict';
import type { CancellationOptions } from '../index.ts';
import { assertAskedFor, assertMatches, assertOnlyReads, assertSources } from './check-fixtures.ts';
import type { Check } from './check.ts';
import { type Reading, readFrom } from './read-back.ts';
import type { ConformanceAnswer, ConformanceSubject } from './subject.ts';
import { ACCOUNT, assertNoFault, describeSettled, sentFor, type Settled } from './trial.ts';

/** Whether the question for options reads, and says no more than it read. */
export function optionsChecks(subject: ConformanceSubject): readonly Check[] {
  const { capabilities } = subject.provider;
  if (capabilities.options !== true) return [];
  const fixtures = subject.optionsFixtures ?? [];
  return [
    ...fixtures.map(({ name, answers, expected }) => ({
      name: `${name}: ${'code' in expected ? expected.code : 'options'}`,
      run: async () => {
        const { settled, requests } = await optionsFor(subject, answers);
        assert.equal(settled.ok, 'timings' in expected, describeSettled(withoutValue(settled)));
        assertMatches(settled.ok ? settled.value : settled.error, expected);
        assertAskedFor(answers, requests, false);
      },
    })),
    {
      name: 'has an answer with options, and each of its answers says where it is documented',
      run: async () => {
        assert.ok(
          fixtures.some(({ expected }) => 'timings' in expected),
          'there is no fixture with options',
        );
        assertSources(fixtures);
      },
    },
    {
      name: 'only reads, and offers only what the provider declares',
      run: async () => {
        const cancellation = await sentFor(subject);
        for (const { answers, name } of fixtures) {
          const { settled, requests } = await optionsFor(subject, answers);
          assertNoFault(withoutValue(settled), name);
          assertOnlyReads(requests, [cancellation]);
          const offered = settled.ok ? settled.value.timings.map(({ timing }) => timing) : [];
          assert.ok(
            offered.every((timing) => capabilities.timings.includes(timing)),
            `${name}: a timing that it does not declare`,
          );
        }
      },
    },
    {
      name: 'never takes a page in HTML for options, whatever its status',
      run: async () => {
        for (const { answers, name } of fixtures) {
          for (const status of [200, 404, 500]) {
            const bad: ConformanceAnswer = { status, body: '<html><body>Options</body></html>' };
            const { settled } = await optionsFor(subject, answers.with(0, bad));
            assertNoFault(withoutValue(settled), name);
            assert.ok(!settled.ok && settled.error.code !== 'not_found', `${name}: a page with ${status}`);
          }
        }
      },
    },
  ];
}

function optionsFor(
  subject: ConformanceSubject,
  answers: readonly ConformanceAnswer[],
): Promise<Reading<CancellationOptions>> {
  return readFrom(subject, answers, (service) => service.options({ account: ACCOUNT, service: subject.service }));
}

function withoutValue(settled: Settled<CancellationOptions>): Settled<{ readonly state?: string }> {
  return settled.ok ? { ok: true, value: { state: 'options' } } : settled;
}
