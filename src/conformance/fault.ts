import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { inOrder, isSameRequest, textOf } from './answers.ts';
import type { Responder, SeenRequest } from './loopback.ts';
import type { ConformanceSubject } from './subject.ts';
import { beforeOf, successAnswers } from './trial.ts';

/** Milliseconds in which a request too many arrives, should one have been sent. */
export const AFTERMATH_MS = 15;

/** Answers what comes before the cancellation, and acts on everything from the cancellation on. */
export function fault(subject: ConformanceSubject, act: (response: ServerResponse) => void): Responder {
  const before = beforeOf(subject);
  const first = inOrder(before);
  return (response, index, request) => {
    if (index < before.length) first(response, index, request);
    else act(response);
  };
}

/** The body of what would be the answer. */
export function successText(subject: ConformanceSubject): string {
  const last = successAnswers(subject)[beforeOf(subject).length];
  return last === undefined ? '' : textOf(last);
}

/** Fails where the cancellation reached the server more than once. */
export async function assertSentOnce(subject: ConformanceSubject, requests: readonly SeenRequest[]): Promise<void> {
  await delay(AFTERMATH_MS);
  const cancellation = requests[beforeOf(subject).length];
  const times = requests.filter((request) => isSameRequest(request, cancellation)).length;
  assert.equal(times, 1, `the cancellation was sent ${times} times`);
}
