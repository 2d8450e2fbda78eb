import assert from 'node:assert/strict';
import { acceptances, badBodies, textsFor } from './bad-bodies.ts';
import { assertAskedFor, assertMatches, assertOnlyReads, labelOf } from './check-fixtures.ts';
import type { Check } from './check.ts';
import type { SeenRequest } from './loopback.ts';
import { canUndo, readBack } from './read-back.ts';
import type { ConformanceAnswer, ConformanceStatusFixture, ConformanceSubject } from './subject.ts';
import { ACCOUNT, assertNoFault, describeSettled, sentFor, settle, timingsOf, whenFor, withTrial } from './trial.ts';

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
    {
      name: 'says that a cancellation can be undone only of one that is there, and only if the API can do that',
      run: () => tellsWhatCanBeUndone(subject, fixtures),
    },
    ...badBodies(acceptances(subject)).map((bad) => ({
      name: `never takes an answer of ${bad.name} for “not cancelled”`,
      run: async () => {
        for (const status of [200, 500]) {
          for (const body of textsFor(bad, status)) await neverNone(subject, fixtures, { status, body });
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

async function becomes(
  subject: ConformanceSubject,
  { answers, expected, providerReference }: ConformanceStatusFixture,
): Promise<void> {
  const { settled, requests } = await readBack(subject, answers, providerReference);
  assert.equal(settled.ok, 'state' in expected, describeSettled(settled));
  assertMatches(settled.ok ? settled.value : settled.error, expected);
  assertAskedFor(answers, requests, false);
}

async function onlyReads(subject: ConformanceSubject, fixtures: readonly ConformanceStatusFixture[]): Promise<void> {
  const cancellations: SeenRequest[] = [];
  for (const timing of timingsOf(subject))
    cancellations.push(await sentFor(subject, { when: whenFor(subject, timing) }));
  for (const { answers, providerReference } of fixtures) {
    const { requests } = await readBack(subject, answers, providerReference);
    assert.ok(requests.length > 0, 'nothing was sent');
    assertOnlyReads(requests, cancellations);
  }
}

async function tellsWhatCanBeUndone(
  subject: ConformanceSubject,
  fixtures: readonly ConformanceStatusFixture[],
): Promise<void> {
  let revocable = 0;
  for (const { answers, name, providerReference } of fixtures) {
    const { settled } = await readBack(subject, answers, providerReference);
    if (!settled.ok || !settled.value.revocable) continue;
    revocable += 1;
    const { state } = settled.value;
    assert.ok(['requested', 'scheduled'].includes(state), `${name}: ${state}, and can be undone`);
  }
  assert.equal(revocable > 0, canUndo(subject), 'some can be undone');
}

/** Puts a bad answer in the place of each answer in turn. */
async function neverNone(
  subject: ConformanceSubject,
  fixtures: readonly ConformanceStatusFixture[],
  bad: ConformanceAnswer,
): Promise<void> {
  for (const { answers, name, at, providerReference, expected } of places(fixtures)) {
    const { settled } = await readBack(subject, answers.with(at, bad), providerReference);
    const what = `${name}, answer ${at + 1} replaced: ${describeSettled(settled)}`;
    assertNoFault(settled, what);
    if (settled.ok) assert.notEqual(settled.value.state, 'none', what);
    else if (settled.error.code !== 'not_found') assert.notEqual(settled.error.code, 'outcome_unknown', what);
    // An answer before the bad one may have said it.
    else assert.ok(at > 0 && 'code' in expected && expected.code === 'not_found', what);
  }
}

/**
 * Every place that a bad answer can have. If fixtures begin with the same answers, one is enough: first one that
 * goes on to say that there is no cancellation.
 */
function places(
  fixtures: readonly ConformanceStatusFixture[],
): readonly (ConformanceStatusFixture & { readonly at: number })[] {
  const saysNone = ({ expected }: ConformanceStatusFixture): boolean =>
    'state' in expected && expected.state === 'none';
  const noneFirst = [...fixtures.filter(saysNone), ...fixtures.filter((fixture) => !saysNone(fixture))];
  const all = noneFirst.flatMap((fixture) => [...fixture.answers.keys()].map((at) => ({ ...fixture, at })));
  const keyOf = ({ answers, at, providerReference }: (typeof all)[number]): string =>
    JSON.stringify([providerReference ?? null, answers.slice(0, at)]);
  return all.filter((one, index) => all.findIndex((other) => keyOf(other) === keyOf(one)) === index);
}
