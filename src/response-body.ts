import { setImmediate } from 'node:timers/promises';
import type { ResponseBody } from './exchange.ts';
import type { TimeLimit } from './time-limit.ts';
import { findTrailingJson } from './trailing-json.ts';

/** Longest body that is read, in decoded bytes: 256 KiB. */
export const MAX_BODY_BYTES: number = 256 * 1024;

/**
 * Reads a body to its end, to {@link MAX_BODY_BYTES} or to the end of the limit, whichever comes first, and parses it
 * as JSON whatever its content type says.
 *
 * @throws LimitEnded, or whatever the connection failed with.
 */
export async function readBody(response: Response, limit: TimeLimit): Promise<ResponseBody> {
  if (response.body === null) return { kind: 'empty' };
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await limit.race(reader.read());
      if (done) break;
      // An endless run of empty chunks would otherwise keep every timer from firing, the deadline's too.
      if (value.byteLength === 0) await setImmediate();
      length += value.byteLength;
      if (length > MAX_BODY_BYTES) return { kind: 'too_large' };
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    // Frees the connection also where the body was not read to its end; how that goes no longer matters to the answer.
    reader.cancel().catch(() => undefined);
  }
  return parseBody(text + decoder.decode());
}

/** What a body's text is, without a judgement on it. PHP installations put white space, or notices, before their JSON. */
export function parseBody(text: string): ResponseBody {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  try {
    return { kind: 'json', value: JSON.parse(trimmed) };
  } catch {
    // Not JSON as a whole; the parser's error would repeat the text.
    const trailing = findTrailingJson(trimmed);
    return trailing === undefined ? { kind: 'other', text: trimmed } : { kind: 'json', ...trailing };
  }
}
