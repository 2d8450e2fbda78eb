import assert from 'node:assert/strict';
import { isDeepStrictEqual, inspect } from 'node:util';
import type { AnyWhen, Timing } from '../index.ts';
import { handingOver, inOrder, isSameRequest, isUnprocessed, withoutRetryAfter } from './answers.ts';
import type { Check } from './check.ts';
import { timesAfter } from './logins.ts';
import type { Responder, SeenRequest } from './loopback.ts';
import type { ConformanceAnswer, ConformanceFixture, ConformanceSubject } from './subject.ts';
import {
  ACCOUNT,
  beforeCancelOf,
  cancellationAmong,
  describeSettled,
  orderOf,
  settle,
  successAnswers,
  timesSent,
  withTrial,
  type Settled,
} from './trial.ts';

// The first time, and the two repetitions that an answer of "not processed" allows.
const MOST_TIMES = 3;

type AnyFixture = ConformanceFixture<Timing>;

/** Whether every documented answer becomes what it means. */
export function fixtureChecks(subject: ConformanceSubject): readonly Check[] {
  return [
    ...subject.fixtures.map((fixture) => ({
      name: `${fixture.name}: ${labelOf(fixture.expected)}`,
      run: () => becomes(subject, fixture),
    })),
    {
      name: 'says when it may be tried again after too many requests, and does not wait for longer than it has',
      run: async () => {
        for (const fixture of ofKind(subject, 'rate_limited')) {
          const [first] = fixture.answers;
          const answer = { ...withoutRetryAfter(first), headers: { ...first.headers, 'retry-after': '120' } };
          const start = Date.now();
          const { settled, times } = await cancelled(subject, fixture, inOrder([answer]));
          assert.ok(!settled.ok && settled.error.code === 'rate_limited', describeSettled(settled));
          const wait = Date.parse(settled.error.retryAt ?? '') - start;
          assert.ok(wait > 100_000 && wait < 150_000, `retryAt is ${settled.error.retryAt}`);
          assert.ok(settled.error.retryable, 'not retryable');
          assert.equal(times, 1, `it was sent ${times} times`);
        }
      },
    },
    {
      name: 'sends again what was not processed, at most twice, and takes what it is then told',
      run: async () => {
        const { fixtures } = subject;
        for (const fixture of fixtures.filter(({ answers }) => isUnprocessed(answers[0]))) {
          const answer = withoutRetryAfter(fixture.answers[0]);
          const still = await cancelled(subject, fixture, inOrder([answer]));
          assert.ok(!still.settled.ok && still.settled.error.retryable, describeSettled(still.settled));
          assert.equal(still.times, MOST_TIMES, `it was sent ${still.times} times`);
          const success = handingOver([answer], inOrder(successAnswers(subject).slice(beforeCancelOf(subject).length)));
          const then = await cancelled(subject, ofKind(subject, 'success')[0] ?? fixture, success);
          assert.ok(then.settled.ok, describeSettled(then.settled));
          assert.equal(then.times, 2, `it was sent ${then.times} times`);
        }
      },
    },
    {
      name: 'does not know the outcome if the server fails with what would be a success',
      run: async () => {
        for (const fixture of ofKind(subject, 'success')) {
          for (const status of [500, 502, 503, 504]) {
            const answers = inOrder([{ ...fixture.answers[0], status }]);
            const { settled, times } = await cancelled(subject, fixture, answers);
            assert.ok(!settled.ok && settled.error.code === 'outcome_unknown', describeSettled(settled));
            assert.equal(times, 1, `it was sent ${times} times`);
          }
        }
      },
    },
  ];
}

/** Whether every field that a fixture names is as it says. */
export function assertMatches(actual: unknown, expected: object): void {
  assert.ok(typeof actual === 'object' && actual !== null, `there is nothing to compare with ${inspect(expected)}`);
  const fields = new Map<string, unknown>(Object.entries(actual));
  for (const [name, value] of Object.entries(expected)) {
    const found = name === 'warnings' ? warningCodes(fields.get(name)) : fields.get(name);
    const wanted: unknown = name === 'warnings' && Array.isArray(value) ? new Set<unknown>(value) : value;
    if (name === 'existing' && typeof wanted === 'object' && wanted !== null) assertMatches(found, wanted);
    else assert.ok(isDeepStrictEqual(found, wanted), `${name} is ${inspect(found)} instead of ${inspect(wanted)}`);
  }
}

/** Whether all the answers were asked for and, unless there is `more` to ask, no others. */
export function assertAskedFor(
  answers: readonly ConformanceAnswer[],
  requests: readonly SeenRequest[],
  more: boolean,
): void {
  const distinct = requests.filter((request, index) => !isSameRequest(request, requests[index - 1]));
  assert.ok(more || distinct.length <= answers.length, 'more was asked than the fixture answers');
  assert.ok(requests.length >= answers.length, 'the fixture has answers that were not asked for');
}

/** Whether requests read, and none of them is one of these cancellations. */
export function assertOnlyReads(requests: readonly SeenRequest[], cancellations: readonly SeenRequest[]): void {
  for (const request of requests) {
    assert.ok(['GET', 'POST'].includes(request.method), `${request.method} is no reading`);
    const cancels = cancellations.some((cancellation) => isSameRequest(cancellation, request));
    assert.ok(!cancels, 'a cancellation was sent');
  }
}

/** Whether each fixture says where its answers are documented. */
export function assertSources(fixtures: readonly { readonly name: string; readonly source: string }[]): void {
  for (const { name, source } of fixtures) assert.ok(name.trim() !== '' && source.trim() !== '', 'no source');
}

/** What is expected, in a word. */
export function labelOf(expected: object): string {
  const words = new Map<string, unknown>(Object.entries(expected));
  return String(words.get('code') ?? words.get('outcome') ?? words.get('state'));
}

async function becomes(subject: ConformanceSubject, fixture: AnyFixture): Promise<void> {
  const answers = [...beforeCancelOf(subject, fixture), ...fixture.answers];
  await withTrial(subject, answers, async ({ server, service }) => {
    const settled = await settle(service.cancel(orderOf(subject, whenOf(fixture))));
    assert.equal(settled.ok, 'outcome' in fixture.expected, describeSettled(settled));
    assertMatches(settled.ok ? settled.value : settled.error, fixture.expected);
    const times = timesSent(cancellationAmong(subject, server.requests, fixture), server.requests);
    const most = isUnprocessed(fixture.answers[0]) ? MOST_TIMES : timesAfter(subject, fixture.answers[0].status);
    // An operation that ends before its write has sent nothing but reads, which may be repeated.
    const isRead = fixture.before !== undefined && server.requests.every(({ method }) => method === 'GET');
    assert.ok(isRead || times <= most, `the cancellation was sent ${times} times`);
    const isOpen = 'code' in fixture.expected && fixture.expected.code === 'outcome_unknown';
    assertAskedFor(answers, server.requests, isOpen);
    if (settled.ok) {
      assert.equal(settled.value.account, ACCOUNT);
      assert.equal(settled.value.provider, subject.provider.id);
      assert.deepEqual(settled.value.service, subject.service);
    }
  });
}

/** The result of a cancellation that a responder answers from the cancellation itself on, and how often it was sent. */
async function cancelled(
  subject: ConformanceSubject,
  fixture: AnyFixture,
  next: Responder,
): Promise<{ readonly settled: Settled<{ readonly outcome: string }>; readonly times: number }> {
  return withTrial(subject, handingOver(beforeCancelOf(subject, fixture), next), async ({ server, service }) => ({
    settled: await settle(service.cancel(orderOf(subject, whenOf(fixture)))),
    times: timesSent(cancellationAmong(subject, server.requests, fixture), server.requests),
  }));
}

function ofKind(subject: ConformanceSubject, kind: ConformanceFixture['kind']): readonly AnyFixture[] {
  return subject.fixtures.filter((fixture) => fixture.kind === kind);
}

function whenOf({ when }: AnyFixture): { readonly when?: AnyWhen } {
  return when === undefined ? {} : { when };
}

function warningCodes(warnings: unknown): unknown {
  if (!Array.isArray(warnings)) return undefined;
  return new Set(warnings.map((warning: { readonly code?: unknown }) => warning.code));
}
