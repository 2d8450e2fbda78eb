import type { Transform } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import type { TimeLimit } from '../call/time-limit.ts';
import type { ResponseBody } from '../contract/exchange.ts';
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
      // How that goes no longer matters to the response.
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

/**
 * What a body's text is, without a judgement on it. PHP installations put white space, or notices, before their JSON.
 */
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

/**
 * Collects a response body as it arrives, decodes it and bounds it: {@link MAX_BODY_BYTES} of decoded bytes.
 *
 * No content coding is ever asked for, but a server or a proxy may use one all the same. Decoding is streamed, so that
 * the bound also applies to a small body that decodes to a very large one.
 */
export class BodyCollector {
  readonly #codings: readonly string[];
  readonly #onEnd: (body: ResponseBody | undefined) => void;
  readonly #chunks: Uint8Array[] = [];
  #decoders: readonly Transform[] = [];
  #length = 0;
  #isOver = false;

  /**
   * @param contentEncoding the header of that name.
   * @param onEnd called once, with the body, or with `undefined` if it cannot be decoded.
   */
  constructor(contentEncoding: string | undefined, onEnd: (body: ResponseBody | undefined) => void) {
    this.#codings = contentEncoding === undefined ? [] : codingsIn(contentEncoding);
    this.#onEnd = onEnd;
  }

  add(chunk: Uint8Array): void {
    if (this.#isOver || chunk.byteLength === 0) return;
    if (this.#codings.length === 0) {
      this.#keep(chunk);
      return;
    }
    if (this.#decoders.length === 0) this.#startDecoding(chunk);
    this.#decoders[0]?.write(chunk);
  }

  /** The last chunk has been added. */
  end(): void {
    if (this.#isOver) return;
    const [first] = this.#decoders;
    if (first === undefined) this.#finish(this.#parsed());
    else first.end();
  }

  /** Stops; nothing more is collected. */
  discard(): void {
    this.#isOver = true;
    for (const decoder of this.#decoders) decoder.destroy();
  }

  #startDecoding(firstChunk: Uint8Array): void {
    // Listed in the order in which they were applied, so they are undone from the end.
    const decoders = this.#codings.toReversed().map((name) => decoderFor(name, firstChunk));
    let last = decoders[0];
    if (last === undefined || !decoders.every((decoder) => decoder !== undefined)) {
      this.#finish(undefined);
      return;
    }
    this.#decoders = decoders;
    for (const next of decoders.slice(1)) last = last.pipe(next);
    for (const decoder of decoders) decoder.on('error', () => this.#finish(undefined));
    last.on('data', (chunk: Uint8Array) => this.#keep(chunk));
    last.on('end', () => this.#finish(this.#parsed()));
  }

  #keep(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#length += chunk.byteLength;
    if (this.#length > MAX_BODY_BYTES) this.#finish({ kind: 'too_large' });
    else this.#chunks.push(chunk);
  }

  #finish(body: ResponseBody | undefined): void {
    if (this.#isOver) return;
    this.discard();
    this.#onEnd(body);
  }

  #parsed(): ResponseBody {
    if (this.#length === 0) return { kind: 'empty' };
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(this.#chunks);
    // A byte order mark at its beginning counts as white space.
    return parseBody(bytes.toString('utf8'));
  }
}

// A response that names more codings than this is not decoded.
const MAX_CODINGS = 4;

function codingsIn(contentEncoding: string): readonly string[] {
  const names = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  return names.filter((name) => name !== '' && name !== 'identity').slice(0, MAX_CODINGS + 1);
}

function decoderFor(name: string, firstChunk: Uint8Array): Transform | undefined {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      // Servers send it with and without the header of zlib, whose first byte ends in 8.
      return ((firstChunk[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      // From Node.js 22.15 on.
      return 'createZstdDecompress' in zlib ? zlib.createZstdDecompress() : undefined;
    default:
      return undefined;
  }
}
