import { setImmediate } from 'node:timers/promises';
import type { ResponseBody } from '../contract/exchange.ts';
import type { TimeLimit } from '../call/time-limit.ts';
import { repeatsAName } from './repeated-name.ts';
import { findTrailingJson } from './trailing-json.ts';

/** Longest body that is read, in decoded bytes: 256 KiB. */
export const MAX_BODY_BYTES: number = 256 * 1024;

/**
 * Reads the body of a `fetch`'s response to its end, to {@link MAX_BODY_BYTES} or to the end of the limit, whichever
 * comes first, and parses it as JSON whatever its content type says. Takes a web stream, a stream of Node.js, or
 * whatever can only be read as a whole.
 *
 * @throws LimitEnded, or whatever the connection failed with.
 */
export async function readBody(response: Response, limit: TimeLimit): Promise<ResponseBody> {
  const source = sourceOf(response.body);
  if (source === undefined) {
    const text = await limit.race(Promise.resolve(response.text()));
    return Buffer.byteLength(text) > MAX_BODY_BYTES ? { kind: 'too_large' } : parseBody(text);
  }
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await limit.race(source.next());
      if (done === true) break;
      const bytes = value instanceof Uint8Array ? value : new TextEncoder().encode(String(value));
      // An endless run of empty chunks would otherwise keep every timer from firing, the deadline's too.
      if (bytes.byteLength === 0) await setImmediate();
      length += bytes.byteLength;
      if (length > MAX_BODY_BYTES) return { kind: 'too_large' };
      text += decoder.decode(bytes, { stream: true });
    }
  } finally {
    // Frees the connection also if the body was not read to its end.
    source.release();
  }
  return parseBody(text + decoder.decode());
}

/** The headers of a `fetch`'s response, with names in lower case. */
export function readHeaders({ headers }: Response): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]));
}

interface BodySource {
  readonly next: () => Promise<IteratorResult<unknown, unknown>>;
  readonly release: () => void;
}

/** The chunks of a web stream or of a stream of Node.js; `undefined` if the body can only be read as a whole. */
function sourceOf(body: unknown): BodySource | undefined {
  if (body instanceof ReadableStream) {
    const reader: ReadableStreamDefaultReader<unknown> = body.getReader();
    return {
      next: async () => {
        const { done, value } = await reader.read();
        return done ? { done, value: undefined } : { done, value };
      },
      // How that goes no longer matters to the answer.
      release: () => void reader.cancel().catch(() => undefined),
    };
  }
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return undefined;
  // oxlint-disable-next-line no-unsafe-type-assertion -- what has the symbol is taken at its word
  const chunks = (body as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  return {
    next: async () => await chunks.next(),
    release: () => {
      if ('destroy' in body && typeof body.destroy === 'function') Reflect.apply(body.destroy, body, []);
    },
  };
}

/** What a body's text is, without a judgement on it. PHP installations put white space, or notices, before their JSON. */
export function parseBody(text: string): ResponseBody {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  try {
    const value: unknown = JSON.parse(trimmed);
    return repeatsAName(trimmed, value) ? { kind: 'other', text: trimmed } : { kind: 'json', value };
  } catch {
    // Not JSON as a whole; the parser's error would repeat the text.
    const trailing = findTrailingJson(trimmed);
    return trailing === undefined ? { kind: 'other', text: trimmed } : { kind: 'json', ...trailing };
  }
}
