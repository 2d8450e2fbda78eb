import assert from 'node:assert/strict';
import type { CancellationState, CancellationStatus } from '../index.ts';
import type { SeenRequest } from './loopback.ts';
import type { ConformanceAnswer, ConformanceStatusFixture, ConformanceSubject } from './subject.ts';
import { ACCOUNT, beforeOf, settle, withTrial, type Settled } from './trial.ts';

/** The result of a read-back, and the requests that it sent itself. */
export interface ReadBack {
  readonly settled: Settled<CancellationStatus>;
  readonly requests: readonly SeenRequest[];
}

/** Reads the state back from a server that gives these answers. */
export async function readBack(
  subject: ConformanceSubject,
  answers: readonly ConformanceAnswer[],
  providerReference?: string,
): Promise<ReadBack> {
  const before = beforeOf(subject);
  return withTrial(subject, [...before, ...answers], async ({ server, service }) => ({
    settled: await settle(service.status({ account: ACCOUNT, service: subject.service, providerReference })),
    requests: server.requests.slice(before.length),
  }));
}

/** The documented answers to who asks for the state, and not for the fate of one cancellation. */
export function stateFixtures({ statusFixtures = [] }: ConformanceSubject): readonly ConformanceStatusFixture[] {
  return statusFixtures.filter(({ providerReference }) => providerReference === undefined);
}

/** The answers to a read-back that finds a cancellation which can still be undone, what comes before them included. */
export function answersThatFind(subject: ConformanceSubject): readonly ConformanceAnswer[] {
  const found = inState(subject, ['requested', 'scheduled']);
  return answersOf(subject, found.find(({ expected }) => 'state' in expected && expected.revocable) ?? found[0]);
}

/** The answers to a read-back that finds no cancellation. */
export function answersThatFindNone(subject: ConformanceSubject): readonly ConformanceAnswer[] {
  return answersOf(subject, inState(subject, ['none'])[0]);
}

/** The documented answers to who asks for the state that show one of these. */
export function inState(
  subject: ConformanceSubject,
  states: readonly CancellationState[],
): readonly ConformanceStatusFixture[] {
  return stateFixtures(subject).filter(({ expected }) => 'state' in expected && states.includes(expected.state));
}

function answersOf(
  subject: ConformanceSubject,
  fixture: ConformanceStatusFixture | undefined,
): readonly ConformanceAnswer[] {
  assert.ok(fixture, 'there is no fixture of a read-back to go by');
  return [...beforeOf(subject), ...fixture.answers];
}
