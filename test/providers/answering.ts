import type { ConformanceAnswer } from 'cancelkit/conformance';
import type { JsonValue } from 'cancelkit/provider';
import { recordingFetch, type RecordingFetch } from '../support/fetch.ts';

/**
 * A fetch that gives these answers in order, and fails where more is asked. A last response that invites another try is
 * given again.
 */
export function answering(...answers: readonly ConformanceAnswer[]): RecordingFetch {
  return recordingFetch((request, count) => {
    const last = answers.at(-1);
    const answer = answers[count - 1] ?? (last !== undefined && invitesAnotherTry(last.status) ? last : undefined);
    if (answer === undefined) throw new Error(`${request.method} ${request.url} was not expected`);
    return toResponse(answer);
  });
}

function invitesAnotherTry(status: number): boolean {
  return [408, 421, 425, 429].includes(status) || status >= 500;
}

/** A web page with a status, as login, maintenance and firewall pages are. */
export function page(status: number): ConformanceAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><html><body>Please log in</body></html>',
  };
}

/** The response with some fields of its body replaced, added or, where they are undefined, taken away. */
export function withFields(
  answer: ConformanceAnswer,
  fields: Readonly<Record<string, JsonValue | undefined>>,
): ConformanceAnswer {
  const { body } = answer;
  if (typeof body !== 'object' || body === null || isList(body)) throw new TypeError('the body is no object');
  return { ...answer, body: { ...body, ...fields } };
}

/** A response as `fetch` returns it. */
export function toResponse({ status, headers, body }: ConformanceAnswer): Response {
  const text = typeof body === 'string' || body === undefined ? (body ?? '') : JSON.stringify(body);
  // These have no body by definition, and `Response` refuses one.
  return new Response([204, 205, 304].includes(status) ? null : text, { status, ...(headers && { headers }) });
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
