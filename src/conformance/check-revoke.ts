import assert from 'node:assert/strict';
import type { CancellationState } from '../index.ts';
import { inOrder, isUnprocessed, reply } from './answers.ts';
import { badBodies, isDocumented, textsFor, type BadBody } from './bad-bodies.ts';
import { assertAskedFor, assertMatches, labelOf } from './check-fixtures.ts';
import type { Check } from './check.ts';
import { losing, LOSSES, type Loss } from './fault.ts';
import type { Responder } from './loopback.ts';
import { answersThatFind, answersThatFindNone, canUndo, inState, undone, type Undo } from './read-back.ts';
import type { ConformanceAnswer, ConformanceRevokeFixture, ConformanceSubject } from './subject.ts';
import { ACCOUNT, assertNoFault, beforeOf, describeSettled, settle, timesSent, withTrial } from './trial.ts';

// The first time, and the two repetitions that an answer of "not processed" allows.
const MOST_TIMES = 3;

/** Whether a cancellation is undone only if it can be, once, and believed to be gone only if it is. */
export function revokeChecks(subject: ConformanceSubject): readonly Check[] {
  if (!subject.provider.capabilities.revoke) return [refusesUndo(subject)];
  if (!canUndo(subject)) return [refusesUndoOfService(subject)];
  const fixtures = subject.revokeFixtures ?? [];
  const accepting = fixtures.filter(({ expected }) => 'outcome' in expected);
  const revoking = accepting.filter(({ expected }) => 'outcome' in expected && expected.outcome === 'revoked');
  const successes = accepting.map(({ answers }) => answers[0]);
  return [
    ...fixtures.map((fixture) => ({
      name: `${fixture.name}: ${labelOf(fixture.expected)}`,
      run: () => becomes(subject, fixture),
    })),
    {
      name: 'undoes nothing if there is nothing to undo, and only reads',
      run: () => leavesAlone(subject, answersThatFindNone(subject), 'nothing_to_revoke'),
    },
    ...inState(subject, ['completed']).map(({ name, answers }) => ({
      name: `undoes nothing that has taken effect, and only reads: ${name}`,
      run: () => leavesAlone(subject, [...beforeOf(subject), ...answers], 'rejected'),
    })),
    ...(revoking.length > 0
      ? [
          {
            name: 'says that it is undone only if a read-back shows no cancellation any more',
            run: async () => {
              for (const { answers } of revoking) await believes(subject, (after) => inOrder([...answers, ...after]));
            },
          },
        ]
      : []),
    ...LOSSES.map((loss) => ({
      name: `reads the state back if ${loss.name}, and never undoes again`,
      run: () => believes(subject, (after) => losing(loss, inOrder(after))),
    })),
    ...badBodies(successes).map((bad) => ({
      name: `does not know the outcome after an answer of ${bad.name}`,
      run: () => doubts(subject, bad, successes),
    })),
  ];
}

function refusesUndo(subject: ConformanceSubject): Check {
  return {
    name: 'refuses to undo as unsupported, without sending anything',
    run: () =>
      withTrial(subject, [], async ({ server, service }) => {
        const settled = await settle(service.revoke({ account: ACCOUNT, service: subject.service }));
        assert.equal(settled.ok ? settled.value.outcome : settled.error.code, 'unsupported');
        assert.equal(server.requests.length, 0, 'something was sent');
      }),
  };
}

function refusesUndoOfService(subject: ConformanceSubject): Check {
  return {
    name: 'refuses to undo it for this service, and only reads',
    run: async () => {
      const { settled, requests } = await undone(subject, inOrder([]));
      const code = settled.ok ? settled.value.outcome : settled.error.code;
      assert.ok(code === 'rejected' || code === 'unsupported', describeSettled(settled));
      assert.equal(requests.length, 0, 'more was sent than the read-back');
    },
  };
}

async function becomes(subject: ConformanceSubject, { answers, expected }: ConformanceRevokeFixture): Promise<void> {
  const isRevoked = 'outcome' in expected && expected.outcome === 'revoked';
  const all = [...answers, ...(isRevoked ? answersThatFindNone(subject) : [])];
  const undo = await undone(subject, inOrder(all));
  const { settled, requests } = undo;
  assert.equal(settled.ok, 'outcome' in expected, describeSettled(settled));
  assertMatches(settled.ok ? settled.value : settled.error, expected);
  const times = timesUndone(undo);
  assert.ok(times <= (isUnprocessed(answers[0]) ? MOST_TIMES : 1), `the undo was sent ${times} times`);
  assertAskedFor(all, requests, 'code' in expected && expected.code === 'outcome_unknown');
  if (!settled.ok) return;
  assert.equal(settled.value.account, ACCOUNT);
  assert.equal(settled.value.provider, subject.provider.id);
  assert.deepEqual(settled.value.service, subject.service);
}

/** Whether a server whose read-back gives these responses is only asked, and the result. */
async function leavesAlone(
  subject: ConformanceSubject,
  answers: readonly ConformanceAnswer[],
  expected: string,
): Promise<void> {
  await withTrial(subject, answers, async ({ server, service }) => {
    const settled = await settle(service.revoke({ account: ACCOUNT, service: subject.service }));
    assert.equal(settled.ok ? settled.value.outcome : settled.error.code, expected, describeSettled(settled));
    assert.equal(server.requests.length, answers.length, 'more was sent than the read-back');
  });
}

/** Whether what is read after the undo decides: none, a cancellation that is still there, or nothing. */
async function believes(
  subject: ConformanceSubject,
  respond: (after: readonly ConformanceAnswer[]) => Responder,
): Promise<void> {
  const gone = await undone(subject, respond(answersThatFindNone(subject)));
  assert.ok(gone.settled.ok, describeSettled(gone.settled));
  assert.equal(gone.settled.value.outcome, 'revoked');
  const there = await undone(subject, respond(answersThatFind(subject)));
  assertUnknown(there, gone.settled.value.before.state, 'it is still there');
  const silent = await undone(subject, respond([]));
  assertUnknown(silent, undefined, 'nothing can be read');
  for (const undo of [gone, there, silent]) assertOnce(undo);
}

async function doubts(
  subject: ConformanceSubject,
  bad: BadBody,
  successes: readonly ConformanceAnswer[],
): Promise<void> {
  for (const status of [200, 500]) {
    for (const body of textsFor(bad, status)) {
      if (status < 300 && isDocumented(successes, body)) continue;
      const act: Loss['act'] = (response) => reply(response, { status, body });
      const undo = await undone(subject, losing({ name: bad.name, act }, inOrder([])));
      assertNoFault(undo.settled, `${bad.name} with ${status}`);
      assertUnknown(undo, undefined, `${bad.name} with ${status}`);
      assertOnce(undo);
    }
  }
}

function assertUnknown({ settled }: Undo, seen: CancellationState | undefined, what: string): void {
  const code = settled.ok ? settled.value.outcome : settled.error.code;
  assert.equal(code, 'outcome_unknown', `${what}: ${describeSettled(settled)}`);
  assert.equal(settled.ok ? undefined : settled.error.lastSeen, seen, `${what}: lastSeen`);
}

function assertOnce(undo: Undo): void {
  const times = timesUndone(undo);
  assert.equal(times, 1, `the undo was sent ${times} times`);
}

function timesUndone({ requests }: Undo): number {
  const [undo] = requests;
  assert.ok(undo, 'the undo was never sent');
  return timesSent(undo, requests);
}
