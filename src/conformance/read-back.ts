import assert from 'node:assert/strict';
import type { CancellationState, CancellationStatus, RevokeResult } from '../index.ts';
import { handingOver } from './answers.ts';
import type { SeenRequest, Responder } from './loopback.ts';
import type { ConformanceAnswer, ConformanceStatusFixture, ConformanceSubject } from './subject.ts';
import { ACCOUNT, beforeOf, settle, withTrial, type Settled, type Trial } from './trial.ts';

/** The result of a reading, and the requests that it sent itself. */
export interface Reading<Value> {
  readonly settled: Settled<Value>;
  readonly requests: readonly SeenRequest[];
}

/** Reads from a server that gives these answers. */
export async function readFrom<Value>(
  subject: ConformanceSubject,
  answers: readonly ConformanceAnswer[],
  read: (service: Trial['service']) => Promise<Value>,
): Promise<Reading<Value>> {
  const before = beforeOf(subject);
  return withTrial(subject, [...before, ...answers], async ({ server, service }) => ({
    settled: await settle(read(service)),
    requests: server.requests.slice(before.length),
  }));
}

/** Reads the state back from a server that gives these answers. */
export function readBack(
  subject: ConformanceSubject,
  answers: readonly ConformanceAnswer[],
  providerReference?: string,
): Promise<Reading<CancellationStatus>> {
  const asked = { account: ACCOUNT, service: subject.service, providerReference };
  return readFrom(subject, answers, (service) => service.status(asked));
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

/** Whether a cancellation of the subject's service can be undone. */
export function canUndo({ provider, takesNoUndo = false }: ConformanceSubject): boolean {
  return provider.capabilities.revoke && !takesNoUndo;
}

/** The result of undoing a cancellation, and the requests that it sent, from the one that undoes on. */
export interface Undo {
  readonly settled: Settled<RevokeResult>;
  readonly requests: readonly SeenRequest[];
}

/** Undoes a cancellation that can be read back, at a server that answers from the undo itself on. */
export async function undone(
  subject: ConformanceSubject,
  respond: Responder,
  service: unknown = subject.service,
): Promise<Undo> {
  const before = [...answersThatFind(subject), ...beforeOf(subject), ...(subject.beforeRevoke ?? [])];
  return withTrial(subject, handingOver(before, respond), async ({ server, service: api }) => ({
    settled: await settle(api.revoke({ account: ACCOUNT, service })),
    requests: server.requests.slice(before.length),
  }));
}
