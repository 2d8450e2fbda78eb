import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { ResponseBody } from '../contract/exchange.ts';
import { MAX_BODY_BYTES, parseBody } from './response-body.ts';

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
