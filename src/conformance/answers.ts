import type { ServerResponse } from 'node:http';
import type { Responder, SeenRequest } from './loopback.ts';
import type { ConformanceAnswer } from './subject.ts';

/**
 * Answers with one answer after the other. Who repeats a request after the last gets the last again; any other
 * request finds the connection reset.
 */
export function inOrder(answers: readonly ConformanceAnswer[]): Responder {
  let previous: SeenRequest | undefined;
  return (response, index, request) => {
    const next = answers[index] ?? (isSameRequest(request, previous) ? answers.at(-1) : undefined);
    previous = request;
    if (next === undefined) response.socket?.resetAndDestroy();
    else reply(response, next);
  };
}

/** Sends an answer, and ends the connection with it. */
export function reply(response: ServerResponse, answer: ConformanceAnswer): void {
  const text = textOf(answer);
  response.writeHead(answer.status, {
    ...(text === '' ? {} : { 'content-type': 'application/json' }),
    ...answer.headers,
    connection: 'close',
  });
  response.end(text);
}

/** An answer's body as it goes over the wire. */
export function textOf({ body }: ConformanceAnswer): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Whether two requests ask for the same. */
export function isSameRequest(one: SeenRequest, other: SeenRequest | undefined): boolean {
  return other !== undefined && one.method === other.method && one.target === other.target && one.body === other.body;
}
