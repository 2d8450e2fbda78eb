import assert from 'node:assert/strict';
import type { FindResult } from '../index.ts';
import { assertAskedFor, assertMatches, assertOnlyReads, assertSources } from './check-fixtures.ts';
import type { Check } from './check.ts';
import { type Reading, readFrom } from './read-back.ts';
import type { ConformanceAnswer, ConformanceFindFixture, ConformanceSubject } from './subject.ts';
import { ACCOUNT, assertNoFault, describeSettled, sentFor, type Settled } from './trial.ts';

// The most pages that the core reads, with what an adapter reads besides.
const MOST_REQUESTS = 500;

/** Whether a search reads, comes to an end, and takes nothing for an empty list that is none. */
export function findChecks(subject: ConformanceSubject): readonly Check[] {
  if (subject.provider.capabilities.find !== true) return [];
  const fixtures = subject.findFixtures ?? [];
  return [
    ...fixtures.map((fixture) => ({
      name: `${fixture.name}: ${'code' in fixture.expected ? fixture.expected.code : 'services'}`,
      run: async () => {
        const { settled, requests } = await findFor(subject, fixture);
        assert.equal(settled.ok, 'services' in fixture.expected, describeSettled(withoutValue(settled)));
        if (settled.ok && 'services' in fixture.expected) {
          const { services, truncated = false, unreadable = 0 } = fixture.expected;
          assert.equal(settled.value.services.length, services.length, 'another number of services');
          for (const [place, expected] of services.entries()) assertMatches(settled.value.services[place], expected);
          assertMatches(settled.value, { truncated, unreadable });
        } else if (!settled.ok) assertMatches(settled.error, fixture.expected);
        assertAskedFor(fixture.answers, requests, false);
      },
    })),
    {
      name: 'has an answer with services, and each of its answers says where it is documented',
      run: async () => {
        assert.ok(
          fixtures.some(({ expected }) => 'services' in expected && expected.services.length > 0),
          'there is no fixture with services',
        );
        assertSources(fixtures);
      },
    },
    {
      name: 'only reads, and finds nothing that is not searched for',
      run: async () => {
        const cancellation = await sentFor(subject);
        for (const fixture of fixtures) {
          const { settled, requests } = await findFor(subject, fixture);
          assertNoFault(withoutValue(settled), fixture.name);
          assertOnlyReads(requests, [cancellation]);
          const other = await findFor(subject, { ...fixture, query: 'no-service-is-named-so.example' });
          const found = other.settled.ok ? other.settled.value.services : [];
          assert.equal(found.length, 0, 'it found what was not searched for');
        }
      },
    },
    {
      name: 'comes to an end at a provider that answers every page with the same one',
      run: async () => {
        for (const fixture of fixtures) {
          if ('code' in fixture.expected) continue;
          const { settled, requests } = await findFor(
            subject,
            fixture,
            Array.from({ length: 4 }).flatMap(() => fixture.answers),
          );
          assertNoFault(withoutValue(settled), fixture.name);
          assert.ok(requests.length <= MOST_REQUESTS, `${requests.length} requests`);
        }
      },
    },
    {
      name: 'never takes a page in HTML for an empty list, whatever its status',
      run: async () => {
        for (const fixture of fixtures) {
          for (const status of [200, 404, 500]) {
            const bad: ConformanceAnswer = { status, body: '<html><body>Services</body></html>' };
            const { settled } = await findFor(subject, fixture, fixture.answers.with(0, bad));
            assertNoFault(withoutValue(settled), fixture.name);
            assert.ok(!settled.ok && settled.error.code !== 'not_found', `${fixture.name}: a page with ${status}`);
          }
        }
      },
    },
  ];
}

function findFor(
  subject: ConformanceSubject,
  { query, answers: documented }: ConformanceFindFixture,
  answers: readonly ConformanceAnswer[] = documented,
): Promise<Reading<FindResult>> {
  return readFrom(subject, answers, (service) => service.find({ account: ACCOUNT, query }));
}

function withoutValue(settled: Settled<FindResult>): Settled<{ readonly state?: string }> {
  return settled.ok ? { ok: true, value: { state: 'services' } } : settled;
}
