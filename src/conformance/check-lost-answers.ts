import assert from 'node:assert/strict';
import { whenText } from '../contract/when.ts';
import type { AnyWhen, CancellationStatus, CancelResult, LastSeen, Timing } from '../index.ts';
import { isShown } from '../outcome/compare.ts';
import { handingOver, inOrder } from './answers.ts';
import type { Check } from './check.ts';
import { losing, LOSSES, type Loss } from './fault.ts';
import type { Responder } from './loopback.ts';
import { readBack, stateFixtures } from './read-back.ts';
import type { ConformanceFixture, ConformanceSubject } from './subject.ts';
import {
  beforeCancelOf,
  beforeOf,
  cancellationAmong,
  describeSettled,
  orderOf,
  settle,
  timesSent,
  timingsOf,
  usualWhen,
  whenFor,
  withTrial,
  type Settled,
} from './trial.ts';

/** Whether the state is read back if a response leaves it open, and reported unchanged. */
export function lostAnswerChecks(subject: ConformanceSubject): readonly Check[] {
  if (!subject.provider.capabilities.readBack) {
    return LOSSES.map((loss) => ({
      name: `does not know the outcome if ${loss.name}, and sends nothing more`,
      run: () => asksNothing(subject, loss),
    }));
  }
  return [
    ...LOSSES.map((loss) => ({
      name: `reads the state back if ${loss.name}, and never sends the cancellation again`,
      run: () => readsBackAfter(subject, loss),
    })),
    {
      name: 'reads back what was accepted if that is asked for, and stays with it if nothing is to be read',
      run: async () => {
        const successes = subject.fixtures.filter(({ kind }) => kind === 'success');
        for (const fixture of successes) await verifies(subject, fixture);
      },
    },
  ];
}

async function asksNothing(subject: ConformanceSubject, loss: Loss): Promise<void> {
  const respond = losing(loss, inOrder([]));
  await withTrial(subject, handingOver(beforeCancelOf(subject), respond), async ({ server, service }) => {
    assertUnknown(await settle(service.cancel(orderOf(subject))), undefined, loss.name);
    assert.equal(server.requests.length, beforeCancelOf(subject).length + 1, 'something was sent after the loss');
  });
}

async function readsBackAfter(subject: ConformanceSubject, loss: Loss): Promise<void> {
  for (const { name, answers } of stateFixtures(subject)) {
    const { settled: read } = await readBack(subject, answers);
    const seen = read.ok ? read.value : undefined;
    for (const when of timingsOf(subject).map((timing) => whenFor(subject, timing))) {
      const respond = losing(loss, inOrder([...beforeOf(subject), ...answers]));
      const settled = await cancelledOnce(subject, respond, { when }, {});
      const what = `${whenText(when)}, then ${name}`;
      const isOther = seen !== undefined && mayBeOther(subject, seen, when) && !settled.ok;
      if (seen !== undefined && shows(seen, when) && !isOther) assertReconciled(settled, seen, what);
      else if (isGone(subject, read, settled)) assert.ok(settled.ok && settled.value.reconciled, what);
      else assertUnknown(settled, lastSeenIn(read), what);
    }
  }
}

async function verifies(usual: ConformanceSubject, fixture: ConformanceFixture<Timing>): Promise<void> {
  const subject = { ...usual, beforeCancel: fixture.before ?? usual.beforeCancel ?? [] };
  const { when = usualWhen(subject) } = fixture;
  const plain = await cancelledOnce(subject, inOrder(fixture.answers), { when }, {});
  assert.ok(plain.ok, describeSettled(plain));
  const { outcome, providerReference } = plain.value;
  for (const { name, answers } of subject.statusFixtures ?? []) {
    const { settled: read } = await readBack(subject, answers, providerReference);
    const seen = read.ok ? read.value : undefined;
    assert.ok(read.ok || read.error.code !== 'invalid_request', 'its own providerReference is not one that it takes');
    const respond = inOrder([...fixture.answers, ...beforeOf(subject), ...answers]);
    const settled = await cancelledOnce(subject, respond, { when }, { verify: true });
    const what = `${fixture.name}, then ${name}: ${describeSettled(settled)}`;
    if (seen?.state === 'failed') {
      assert.equal(settled.ok ? settled.value.outcome : settled.error.code, 'rejected', what);
      continue;
    }
    assert.ok(settled.ok, what);
    const isWarned = settled.value.warnings.some(({ code }) => code === 'not_verified');
    const isOther = seen !== undefined && mayBeOther(subject, seen, when) && isWarned;
    const isVerified = seen !== undefined && shows(seen, when) && !isOther;
    const isUnseen = !read.ok && read.error.code === 'not_found';
    // Its own write was accepted, and the adapter says `absent`: proof that the service is gone. What was answered as
    // completed stays so without that proof, with the warning.
    if (isUnseen && settled.value.outcome === 'completed' && !(outcome === 'completed' && isWarned)) {
      assert.ok(!isWarned, what);
      continue;
    }
    assert.equal(settled.value.outcome, isVerified ? seen.state : outcome, what);
    assert.deepEqual(settled.value.existing, isVerified ? seen : undefined, what);
    assert.equal(isWarned, !isVerified, `${what}: the warning not_verified`);
  }
}

/** The result of a cancellation that a responder answers from the cancellation itself on. It must be sent once. */
async function cancelledOnce(
  subject: ConformanceSubject,
  respond: Responder,
  parts: Readonly<Record<string, unknown>>,
  options: object,
): Promise<Settled<CancelResult>> {
  return withTrial(subject, handingOver(beforeCancelOf(subject), respond), async ({ server, service }) => {
    const settled = await settle(service.cancel(orderOf(subject, parts), options));
    const times = timesSent(cancellationAmong(subject, server.requests), server.requests);
    assert.equal(times, 1, `the cancellation was sent ${times} times`);
    return settled;
  });
}

/** Whether a state that was read is the cancellation that was asked for. */
function shows(seen: CancellationStatus, wanted: AnyWhen): boolean {
  return isShown(seen, wanted, undefined);
}

/** Whether the adapter may know the date that it has asked for, by what it read first, and this is another one. */
function mayBeOther(
  { beforeCancel = [] }: ConformanceSubject,
  { when, effectiveAt }: CancellationStatus,
  wanted: AnyWhen,
): boolean {
  return beforeCancel.length > 0 && typeof when !== 'string' && effectiveAt !== undefined && typeof wanted === 'string';
}

/**
 * Whether a read-back that finds no such service proves that it is gone: only for an adapter that has read the service
 * before its write.
 */
function isGone(
  { beforeCancel = [] }: ConformanceSubject,
  read: Settled<CancellationStatus>,
  settled: Settled<CancelResult>,
): boolean {
  const isAbsent = !read.ok && read.error.code === 'not_found';
  return isAbsent && beforeCancel.length > 0 && settled.ok && settled.value.outcome === 'completed';
}

function assertReconciled(settled: Settled<CancelResult>, seen: CancellationStatus, what: string): void {
  assert.ok(settled.ok, `${what}: ${describeSettled(settled)}`);
  const { outcome, reconciled, existing } = settled.value;
  assert.equal(outcome, seen.state, what);
  assert.ok(reconciled, `${what}: it does not say that it was read back`);
  assert.deepEqual(existing, seen, what);
}

/** A read-back that finds no such service says so; any other that fails says nothing. */
function lastSeenIn(read: Settled<CancellationStatus>): LastSeen | undefined {
  if (read.ok) return read.value.state;
  return read.error.code === 'not_found' ? 'absent' : undefined;
}

function assertUnknown(settled: Settled<CancelResult>, lastSeen: LastSeen | undefined, what: string): void {
  const code = settled.ok ? settled.value.outcome : settled.error.code;
  assert.equal(code, 'outcome_unknown', `${what}: ${describeSettled(settled)}`);
  assert.equal(settled.ok ? undefined : settled.error.lastSeen, lastSeen, `${what}: lastSeen`);
}
