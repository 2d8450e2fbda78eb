import assert from 'node:assert/strict';
import { isSameRequest } from './answers.ts';
import { badBodies } from './bad-bodies.ts';
import type { Check } from './check.ts';
import { assertMatches, labelOf } from './check-fixtures.ts';
import type { SeenRequest } from './loopback.ts';
import type { ConformanceAnswer, ConformanceStatusFixture, ConformanceSubject } from './subject.ts';
import {
  ACCOUNT,
  assertNoFault,
  beforeOf,
  describeSettled,
  sentFor,
  settle,
  withTrial,
  type Settled,
} from './trial.ts';

/** Whether a read-back reads, and says no more than it read. */
export function statusChecks(subject: ConformanceSubject): readonly Check[] {
  if (!subject.provider.capabilities.readBack) return [refusesReadBack(subject)];
  const fixtures = subject.statusFixtures ?? [];
  return [
    ...fixtures.map((fixture) => ({
      name: `${fixture.name}: ${labelOf(fixture.expected)}`,
      run: () => becomes(subject, fixture),
    })),
    {
      name: 'only reads',
      run: () => onlyReads(subject, fixtures),
    },
    ...badBodies(subject).map(({ name, texts }) => ({
      name: `never takes an answer of ${name} for “not cancelled”`,
      run: async () => {
        for (const status of [200, 500]) {
          for (const body of texts) await neverNone(subject, fixtures, { status, body });
        }
      },
    })),
    {
      name: 'never takes a page in HTML for “not cancelled” or for “not found”, whatever its status',
      run: async () => {
        for (const status of [400, 401, 403, 404, 410, 422, 503]) {
          await neverNone(subject, fixtures, { status, body: '<html><body>Not found</body></html>' });
        }
      },
    },
  ];
}

function refusesReadBack(subject: ConformanceSubject): Check {
  return {
    name: 'refuses to read back as unsupported, without sending anything',
    run: () =>
      withTrial(subject, [], async ({ server, service }) => {
        const settled = await settle(service.status({ account: ACCOUNT, service: subject.service }));
        assert.equal(settled.ok ? settled.value.state : settled.error.code, 'unsupported');
        assert.equal(server.requests.length, 0, 'something was sent');
      }),
  };
}

async function becomes(subject: ConformanceSubject, { answers, expected }: ConformanceStatusFixture): Promise<void> {
  const { settled, requests } = await read(subject, answers);
  assert.equal(settled.ok, 'state' in expected, describeSettled(settled));
  assertMatches(settled.ok ? settled.value : settled.error, expected);
  const distinct = requests.filter((request, index) => !isSameRequest(request, requests[index - 1]));
  assert.ok(distinct.length <= answers.length, 'more was asked than the fixture answers');
  assert.ok(requests.length >= answers.length, 'the fixture has answers that were not asked for');
}

async function onlyReads(subject: ConformanceSubject, fixtures: readonly ConformanceStatusFixture[]): Promise<void> {
  const cancellations: SeenRequest[] = [];
  for (const when of subject.provider.capabilities.timings) cancellations.push(await sentFor(subject, { when }));
  for (const { answers } of fixtures) {
    const { requests } = await read(subject, answers);
    assert.ok(requests.length > 0, 'nothing was sent');
    for (const request of requests) {
      assert.ok(['GET', 'POST'].includes(request.method), `${request.method} is no reading`);
      const cancels = cancellations.some((cancellation) => isSameRequest(cancellation, request));
      assert.ok(!cancels, 'the read-back sent a cancellation');
    }
  }
}

/** Puts a bad answer in the place of each answer of each fixture in turn. */
async function neverNone(
  subject: ConformanceSubject,
  fixtures: readonly ConformanceStatusFixture[],
  bad: ConformanceAnswer,
): Promise<void> {
  for (const { answers, name } of fixtures) {
    for (const at of answers.keys()) {
      const { settled } = await read(subject, answers.with(at, bad));
      const what = `${name}, answer ${at + 1} replaced: ${describeSettled(settled)}`;
      assertNoFault(settled, what);
      if (settled.ok) assert.notEqual(settled.value.state, 'none', what);
      else assert.ok(!['not_found', 'outcome_unknown'].includes(settled.error.code), what);
    }
  }
}

async function read(
  subject: ConformanceSubject,
  answers: readonly ConformanceAnswer[],
): Promise<{
  readonly settled: Settled<{ readonly state: string }>;
  readonly requests: readonly SeenRequest[];
}> {
  const before = beforeOf(subject);
  return withTrial(subject, [...before, ...answers], async ({ server, service }) => ({
    settled: await settle(service.status({ account: ACCOUNT, service: subject.service })),
    requests: server.requests.slice(before.length),
  }));
}
