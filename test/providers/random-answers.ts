import type { CancellationState, CancelResult, SafeResult } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import type { JsonValue } from 'cancelkit/provider';
import fc from 'fast-check';
import { expect } from 'vitest';
import { recordingFetch } from '../support/fetch.ts';
import { page, toResponse } from './answering.ts';

/** What random answers are made of. */
export interface AnswerSeeds {
  /** Answers that are taken apart. */
  readonly documented: readonly ConformanceAnswer[];
  /** Words of the API, as keys and as values. */
  readonly words: readonly string[];
}

/** A response with its body as text. */
export interface RandomAnswer {
  readonly status: number;
  readonly body: string;
}

/** How often each property is tried: enough to find what one in a few hundred answers does. */
export const RUNS = 1000;

/** The response of a provider that is down. What a test says it has reached is reached by examples, not by chance. */
export const DOWN: ConformanceAnswer = { status: 503, body: '' };

/** A page instead of a response. */
export const PAGE: ConformanceAnswer = { status: 200, body: '<html></html>' };

/** Answers between garbage and the documented: any status with any text, JSON, or a changed documented body. */
export function randomAnswers({ documented, words }: AnswerSeeds): fc.Arbitrary<RandomAnswer> {
  const templates = documented.map(({ status, body }) => ({ status, body: toJson(body ?? {}) }));
  const statuses = fc.oneof(
    fc.constantFrom(200, 201, 202, 204, 400, 401, 403, 404, 500),
    fc.integer({ min: 200, max: 599 }),
  );
  const word = fc.constantFrom(...words);
  const value = fc.oneof(word, fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...templates.map(({ body }) => body)));
  const changed = fc
    .record({ template: fc.constantFrom(...templates), key: word, value, way: fc.constantFrom(...WAYS) })
    .map(({ template: { status, body }, key, value: other, way }) => ({ status, body: way(body, key, toJson(other)) }));
  const texts = fc.oneof(
    changed.map(({ body }) => body),
    fc.dictionary(word, value).map((object) => JSON.stringify(object)),
    fc.json({ maxDepth: 3 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', ' \r\n', 'null', '[]', '{}', '<html></html>', '<?xml version="1.0"?><r/>'),
  );
  return fc.oneof(changed, fc.record({ status: statuses, body: texts }));
}

/** A documented response as a random one, to be tried among them. */
export function asRandom({ status, body }: ConformanceAnswer): RandomAnswer {
  return { status, body: typeof body === 'string' || body === undefined ? (body ?? '') : JSON.stringify(body) };
}

/** What a text is as JSON, or `undefined`: a parser of the test's own. */
export function parsed(text: string): unknown {
  try {
    // A notice before the JSON does not hide it.
    return JSON.parse(text.replace(NOTICE, '').trim());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A fetch that gives one answer, whatever is asked, at a time before every date in the fixtures. */
export function always({ status, body }: RandomAnswer): typeof globalThis.fetch {
  const headers = { date: 'Sun, 01 Aug 2021 08:00:00 GMT' };
  return async () => new Response([204, 205, 304].includes(status) ? null : body, { status, headers });
}

/** A fetch that gives one answer to the first request, and a page that says nothing to every other. */
export function once(answer: RandomAnswer): typeof globalThis.fetch {
  let asked = 0;
  return async (input, init) => {
    asked += 1;
    return asked === 1 ? always(answer)(input, init) : new Response('<html></html>', { status: 404 });
  };
}

/** A fetch that shows a service first, gives one answer to each write after that, and to every other read a page. */
export function afterShowing(shown: ConformanceAnswer, answer: RandomAnswer): typeof globalThis.fetch {
  return recordingFetch(({ method }, count) => toResponse(count === 1 ? shown : method === 'GET' ? page(404) : answer))
    .fetch;
}

/** Expects that a success was shown by the response, and that a shown success is one, or is in doubt. */
export function expectSuccessOnly(answer: RandomAnswer, isAccepted: boolean, outcome: SafeResult<CancelResult>): void {
  if (outcome.ok) expect({ answer, isAccepted }).toEqual({ answer, isAccepted: true });
  else if (isAccepted) expect({ answer, code: outcome.error.code }).toEqual({ answer, code: 'outcome_unknown' });
}

/** The state that a read-back shows; `undefined` if it fails. */
export function stateIn(
  reading: Promise<{ readonly state: CancellationState }>,
): Promise<CancellationState | undefined> {
  return reading.then(
    ({ state }) => state,
    () => undefined,
  );
}

const NOTICE = '<b>Notice</b>: undefined index\n';

type Way = (body: JsonValue, key: string, value: JsonValue) => string;

const WAYS: readonly Way[] = [
  (body) => JSON.stringify(body),
  (body) => JSON.stringify(body).slice(0, -1),
  (body) => JSON.stringify([body]),
  (body) => JSON.stringify({ data: body }),
  (body) => `${NOTICE}${JSON.stringify(body)}`,
  (body) => `${JSON.stringify(body)}<!-- cached -->`,
  (body, key) => JSON.stringify(Object.fromEntries(Object.entries(fieldsOf(body)).filter(([name]) => name !== key))),
  (body, key, value) => JSON.stringify({ ...fieldsOf(body), [key]: value }),
  (body, key, value) =>
    JSON.stringify(
      Object.fromEntries(Object.entries(fieldsOf(body)).map(([name, own]) => [name, name === key ? value : own])),
    ),
];

function toJson(value: unknown): JsonValue {
  const copy: JsonValue = JSON.parse(JSON.stringify(value));
  return copy;
}
