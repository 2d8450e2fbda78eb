import type { ServerResponse } from 'node:http';
import type { Responder, SeenRequest } from './loopback.ts';
import type { ConformanceAnswer } from './subject.ts';

// A definite answer that no provider gives, after which no adapter asks again.
const NOTHING_HERE: ConformanceAnswer = { status: 404, body: '<html><body>Nothing here</body></html>' };

/**
 * Answers with one answer after the other. Who repeats a request because it was not processed, or because the server
 * failed, gets the same response again, and so does one that repeats a request after the last response. Any other
 * request after the last is answered with a page of a web server that knows of no such path.
 */
export function inOrder(answers: readonly ConformanceAnswer[]): Responder {
  let taken = 0;
  let previous: { readonly request: SeenRequest; readonly answer: ConformanceAnswer } | undefined;
  return (response, _index, request) => {
    const again = isSameRequest(request, previous?.request) ? previous?.answer : undefined;
    const isDue = again === undefined || !(isUnprocessed(again) || again.status >= 500);
    const answer = isDue ? (answers[taken] ?? again) : again;
    if (isDue) taken += 1;
    if (answer !== undefined) previous = { request, answer };
    reply(response, answer ?? NOTHING_HERE);
  };
}

/** Answers one request with each of these, and leaves the rest to another responder, which counts anew. */
export function handingOver(answers: readonly ConformanceAnswer[], next: Responder): Responder {
  return (response, index, request) => {
    const answer = answers[index];
    if (answer === undefined) next(response, index - answers.length, request);
    else reply(response, answer);
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

/** Whether an answer says that the server did not begin with the request, so that it may be sent again. */
export function isUnprocessed({ status }: ConformanceAnswer): boolean {
  return [408, 421, 425, 429].includes(status);
}

/** Whether an answer says how long to wait. */
export function asksToWait({ headers = {} }: ConformanceAnswer): boolean {
  return Object.keys(headers).some(isRetryAfter);
}

/** The same answer without a word on how long to wait. */
export function withoutRetryAfter({ headers = {}, ...answer }: ConformanceAnswer): ConformanceAnswer {
  return { ...answer, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !isRetryAfter(name))) };
}

function isRetryAfter(name: string): boolean {
  return name.toLowerCase() === 'retry-after';
}
