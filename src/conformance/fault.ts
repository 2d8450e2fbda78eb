import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { handingOver, reply, textOf } from './answers.ts';
import type { Responder, SeenRequest } from './loopback.ts';
import type { ConformanceSubject } from './subject.ts';
import { beforeOf, cancellationAmong, successAnswers, timesSent } from './trial.ts';

/** Milliseconds in which a request too many arrives, should one have been sent. */
export const AFTERMATH_MS = 15;

/** A way in which a server leaves it open whether a request was carried out. */
export interface Loss {
  /** Completes "where …". */
  readonly name: string;
  readonly act: (response: ServerResponse) => void;
}

/** Losses that end immediately. */
export const LOSSES: readonly Loss[] = [
  { name: 'the connection is reset', act: (response) => void response.socket?.resetAndDestroy() },
  { name: 'the server fails', act: (response) => reply(response, { status: 502, body: 'Bad gateway' }) },
  {
    name: 'the answer cannot be read',
    act: (response) => reply(response, { status: 200, body: '<html><body>success</body></html>' }),
  },
];

/** Answers what comes before the cancellation, and acts on everything from the cancellation on. */
export function fault(subject: ConformanceSubject, act: (response: ServerResponse) => void): Responder {
  return handingOver(beforeOf(subject), act);
}

/** Loses the first request, and leaves the rest to another responder, which counts anew. */
export function losing({ act }: Loss, next: Responder): Responder {
  return (response, index, request) => {
    if (index === 0) act(response);
    else next(response, index - 1, request);
  };
}

/** The body of what would be the answer. */
export function successText(subject: ConformanceSubject): string {
  const last = successAnswers(subject)[beforeOf(subject).length];
  return last === undefined ? '' : textOf(last);
}

/** Fails if the cancellation reached the server more than once. */
export async function assertSentOnce(subject: ConformanceSubject, requests: readonly SeenRequest[]): Promise<void> {
  await delay(AFTERMATH_MS);
  const times = timesSent(cancellationAmong(subject, requests), requests);
  assert.equal(times, 1, `the cancellation was sent ${times} times`);
}
