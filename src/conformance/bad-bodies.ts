import { isDeepStrictEqual } from 'node:util';
import { textOf } from './answers.ts';
import type { ConformanceAnswer, ConformanceSubject } from './subject.ts';

/** A class of bodies that are not the API's own language. */
export interface BadBody {
  /** Completes "an answer of …". */
  readonly name: string;
  readonly texts: readonly string[];
}

const HTML =
  '<!doctype html><html><head><title>Success</title></head><body><h1>success</h1><p>Please log in.</p></body></html>';
const XML = '<?xml version="1.0"?><response><status>success</status><result>success</result></response>';
const OVER_LIMIT = 300 * 1024;
const VERY_DEEP = 20_000;

/**
 * Bodies that a proxy, a firewall or a broken installation answers with; none of them may be taken for an answer. Some
 * are made of these successes.
 */
export function badBodies(successes: readonly ConformanceAnswer[]): readonly BadBody[] {
  const bodies = successes.map(textOf).filter((text) => text !== '');
  const objects = successes.flatMap(({ body }) => (typeof body === 'object' && body !== null ? [body] : []));
  return [
    { name: 'nothing', texts: ['', ' \r\n '] },
    { name: 'HTML', texts: [HTML, `\n${HTML}`, `${bodies[0] ?? '{}'}\n<br />\n<b>Warning</b>: success`] },
    { name: 'XML', texts: [XML] },
    {
      name: 'truncated JSON',
      texts: [
        '{"',
        '{"status":"success"',
        ...bodies.flatMap((text) => [text.slice(0, -1), text.slice(0, text.length / 2)]),
      ],
    },
    { name: 'two documents', texts: bodies.map((text) => `{"unrelated":true}\n${text}`) },
    { name: 'null', texts: ['null'] },
    { name: 'an array', texts: ['[]', '["success"]', ...objects.map((body) => JSON.stringify([body]))] },
    { name: 'a JSON text', texts: ['"text"', '"success"', '""'] },
    { name: 'a number or a truth value', texts: ['42', '0', 'true', 'false'] },
    { name: 'an empty object', texts: ['{}'] },
    { name: 'an object of another API', texts: ['{"unrelated":{"conformance":true}}'] },
    {
      name: 'more than 256 KiB',
      texts: [
        'x'.repeat(OVER_LIMIT),
        ...objects.map((body) => JSON.stringify({ ...body, padding: 'x'.repeat(OVER_LIMIT) })),
      ],
    },
    {
      name: 'deeply nested JSON',
      texts: [
        `${'['.repeat(VERY_DEEP)}${']'.repeat(VERY_DEEP)}`,
        `${'{"data":'.repeat(VERY_DEEP)}null${'}'.repeat(VERY_DEEP)}`,
      ],
    },
  ];
}

/** The texts to try with a status: with a failure, which is one whatever its body says, the first of the class. */
export function textsFor({ texts }: BadBody, status: number): readonly string[] {
  return status < 500 ? texts : texts.slice(0, 1);
}

/** The documented answers that a cancellation is accepted with. */
export function acceptances({ fixtures }: ConformanceSubject): readonly ConformanceAnswer[] {
  return fixtures.filter(({ kind }) => kind === 'success').map(({ answers }) => answers[0]);
}

/** Whether a documented success is this very body, so that it is none of the bad ones with a 2xx. */
export function isDocumented(successes: readonly ConformanceAnswer[], text: string): boolean {
  return successes.map(textOf).some((own) => {
    return own.trim() === text.trim() || (own !== '' && text.startsWith('{') && isSameJson(own, text));
  });
}

function isSameJson(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      // Not JSON, so not the same JSON either.
      return {};
    }
  });
  return first !== undefined && 'value' in first && isDeepStrictEqual(first, second);
}
