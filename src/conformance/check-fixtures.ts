import assert from 'node:assert/strict';
import { isDeepStrictEqual, inspect } from 'node:util';
import { isSameRequest } from './answers.ts';
import type { Check } from './check.ts';
import type { ConformanceAnswer, ConformanceFixture, ConformanceSubject } from './subject.ts';
import {
  ACCOUNT,
  beforeOf,
  cancellationAmong,
  describeSettled,
  orderOf,
  settle,
  withTrial,
  type Settled,
} from './trial.ts';

/** Whether every documented answer becomes what it means. */
export function fixtureChecks(subject: ConformanceSubject): readonly Check[] {
  return [
    ...subject.fixtures.map((fixture) => ({
      name: `${fixture.name}: ${labelOf(fixture.expected)}`,
      run: () => becomes(subject, fixture),
    })),
    {
      name: 'says when it may be tried again after too many requests',
      run: async () => {
        for (const fixture of ofKind(subject, 'rate_limited')) {
          const answers = withFirst(fixture, (answer) => ({
            ...answer,
            headers: { ...answer.headers, 'retry-after': '120' },
          }));
          const start = Date.now();
          const settled = await cancelled(subject, fixture, answers);
          assert.ok(!settled.ok && settled.error.code === 'rate_limited', describeSettled(settled));
          const wait = Date.parse(settled.error.retryAt ?? '') - start;
          assert.ok(wait > 100_000 && wait < 150_000, `retryAt is ${settled.error.retryAt}`);
          assert.ok(settled.error.retryable, 'not retryable');
        }
      },
    },
    {
      name: 'does not know the outcome where the server fails with what would be a success',
      run: async () => {
        for (const fixture of ofKind(subject, 'success')) {
          for (const status of [500, 502, 503, 504]) {
            const answers = withFirst(fixture, (answer) => ({ ...answer, status }));
            const settled = await cancelled(subject, fixture, answers);
            assert.ok(!settled.ok && settled.error.code === 'outcome_unknown', describeSettled(settled));
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

/** What is expected, in a word. */
export function labelOf(expected: object): string {
  const words = new Map<string, unknown>(Object.entries(expected));
  return String(words.get('code') ?? words.get('outcome') ?? words.get('state'));
}

async function becomes(subject: ConformanceSubject, fixture: ConformanceFixture): Promise<void> {
  const answers = [...beforeOf(subject), ...fixture.answers];
  await withTrial(subject, answers, async ({ server, service }) => {
    const settled = await settle(service.cancel(orderOf(subject, whenOf(fixture))));
    assert.equal(settled.ok, 'outcome' in fixture.expected, describeSettled(settled));
    assertMatches(settled.ok ? settled.value : settled.error, fixture.expected);
    const cancellation = cancellationAmong(subject, server.requests);
    const times = server.requests.filter((request) => isSameRequest(request, cancellation)).length;
    if (fixture.kind !== 'rate_limited') assert.equal(times, 1, 'the cancellation was sent more than once');
    const distinct = server.requests.filter((request, index) => !isSameRequest(request, server.requests[index - 1]));
    assert.ok(distinct.length <= answers.length, 'more was asked than the fixture answers');
    assert.ok(server.requests.length >= answers.length, 'the fixture has answers that were not asked for');
    if (settled.ok) {
      assert.equal(settled.value.account, ACCOUNT);
      assert.equal(settled.value.provider, subject.provider.id);
      assert.deepEqual(settled.value.service, subject.service);
    }
  });
}

function cancelled(
  subject: ConformanceSubject,
  fixture: ConformanceFixture,
  answers: readonly ConformanceAnswer[],
): Promise<Settled<{ readonly outcome: string }>> {
  return withTrial(subject, [...beforeOf(subject), ...answers], ({ service }) =>
    settle(service.cancel(orderOf(subject, whenOf(fixture)))),
  );
}

function withFirst(
  { answers: [first, ...rest] }: ConformanceFixture,
  change: (answer: ConformanceAnswer) => ConformanceAnswer,
): readonly ConformanceAnswer[] {
  return [change(first), ...rest];
}

function ofKind(subject: ConformanceSubject, kind: ConformanceFixture['kind']): readonly ConformanceFixture[] {
  return subject.fixtures.filter((fixture) => fixture.kind === kind);
}

function whenOf({ when }: ConformanceFixture): { readonly when?: string } {
  return when === undefined ? {} : { when };
}

function warningCodes(warnings: unknown): unknown {
  if (!Array.isArray(warnings)) return undefined;
  return new Set(warnings.map((warning: { readonly code?: unknown }) => warning.code));
}
