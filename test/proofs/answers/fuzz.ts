import type { Random } from '../random.ts';
import type { FuzzedAnswer } from './answer.ts';
import type { Documentation, DocumentedAnswer, RequestKind } from './documented.ts';
import { distorted, mutated, randomJson } from './mutate.ts';

const STATUSES = [
  200, 200, 200, 201, 202, 202, 203, 204, 205, 206, 207, 226, 299, 300, 301, 302, 303, 304, 307, 308, 400, 400, 401,
  402, 403, 403, 404, 404, 405, 405, 406, 407, 408, 409, 410, 412, 413, 415, 418, 421, 422, 423, 425, 429, 431, 451,
  499, 500, 500, 501, 502, 503, 504, 520, 522, 599, 600, 700, 999,
];
const TEXTS = [
  '',
  ' \r\n',
  'null',
  'true',
  'false',
  '0',
  '1',
  '""',
  '[]',
  '{}',
  '{',
  '}',
  '[',
  'success',
  '"success"',
  'OK',
  'result=success',
  'result=success;serviceid=123456',
  'status: success',
  'undefined',
  'NaN',
  '{"result":success}',
  '<html></html>',
  '<!doctype html><title>Login</title><p>success</p>',
  '<?xml version="1.0"?><result>success</result>',
  '<h1>403 Forbidden</h1>',
  '{"result":"success"',
  '{"status":"success",}',
  '\u0000',
  '/*{"result":"success"}*/',
];

/** A response to a request of that kind: documented, documented and changed, or nothing of the kind. */
export function fuzzedAnswer(
  { answers, words }: Documentation,
  kind: RequestKind,
  random: Random,
  unchanged: number,
): FuzzedAnswer {
  const all = Object.values(answers).flat();
  const own = answers[kind] ?? all;
  const documented = random.pick(random.chance(0.9) ? own : all);
  if (random.chance(unchanged)) return asAnswer(documented);
  const turn = random.next();
  if (turn < 0.72) return changed(documented, words, random);
  const status = random.pick(STATUSES);
  if (turn < 0.84) return answer(status, JSON.stringify(randomJson(words, random)), random);
  if (turn < 0.94) return answer(status, random.pick(TEXTS), random);
  if (turn < 0.985) {
    const bytes = Uint8Array.from({ length: random.below(64) }, () => random.below(256));
    return { ...answer(status, '', random), body: bytes };
  }
  return failure(random);
}

/** A documented response unchanged. */
export function asAnswer({ status, body }: DocumentedAnswer): FuzzedAnswer & { readonly kind: 'answer' } {
  return {
    kind: 'answer',
    status,
    body: body === undefined ? '' : JSON.stringify(body),
    headers: {},
    breaks: false,
    isDocumented: true,
  };
}

function changed({ status, body }: DocumentedAnswer, words: readonly string[], random: Random): FuzzedAnswer {
  const number = random.chance(0.35) ? random.pick(STATUSES) : status;
  let value: unknown = body === undefined ? {} : JSON.parse(JSON.stringify(body));
  const changes = random.below(4);
  for (let change = 0; change < changes; change += 1) value = mutated(value, words, random);
  const text = JSON.stringify(value);
  return answer(number, changes === 0 || random.chance(0.3) ? distorted(text, words, random) : text, random);
}

function answer(status: number, body: string, random: Random): FuzzedAnswer & { readonly kind: 'answer' } {
  const headers: Record<string, string> = {
    'content-type': random.pick(['application/json', 'text/html', 'text/plain; charset=latin1']),
  };
  // A wait of nothing, or one that fits no deadline: both keep the run short.
  headers['retry-after'] = random.pick(['0', '0', '3600', '86400', 'soon']);
  if (headers['retry-after'] === 'soon' && !random.chance(0.1)) delete headers['retry-after'];
  if (random.chance(0.5)) headers['location'] = 'https://elsewhere.example/';
  return { kind: 'answer', status, body, headers, breaks: random.chance(0.01), isDocumented: false };
}

function failure(random: Random): FuzzedAnswer {
  const failed = (code: string, syscall?: string): TypeError =>
    new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code, ...(syscall ? { syscall } : {}) }) });
  const circular = new Error('circular');
  circular.cause = circular;
  const notSent = [
    () => failed('ECONNREFUSED', 'connect'),
    () => failed('ENOTFOUND', 'getaddrinfo'),
    () => failed('UND_ERR_CONNECT_TIMEOUT'),
  ];
  const lost: readonly (() => unknown)[] = [
    () => failed('ECONNRESET', 'read'),
    () => failed('EPIPE', 'write'),
    () => failed('UND_ERR_SOCKET'),
    () => failed('ECONNREFUSED'),
    () => new AggregateError([failed('ECONNREFUSED', 'connect'), failed('ECONNRESET', 'read')]),
    () => new DOMException('aborted', 'AbortError'),
    () => new Error('success'),
    () => circular,
    () => 'success',
    () => null,
    () => undefined,
    () => ({ code: 'ECONNREFUSED' }),
    () => Object.freeze({ cause: { cause: {} } }),
    () => ({
      get code(): string {
        throw new Error('a getter that throws');
      },
    }),
  ];
  const proves = random.chance(0.15);
  return { kind: 'failure', notSent: proves, error: random.pick(proves ? notSent : lost)() };
}
