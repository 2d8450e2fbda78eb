/**
 * A text in UTF-8, out of one in UTF-8 or, as a spreadsheet saves “Unicode text”, in UTF-16 with a byte order mark.
 * Other encodings cannot be told apart and are passed on unchanged: their bytes are not valid UTF-8, which the rows
 * show.
 */
export async function* inUtf8(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let start: Uint8Array | undefined = Buffer.alloc(0);
  let decoder: ReturnType<typeof decoderFor>;
  for await (const chunk of stream) {
    let bytes = chunk;
    if (start !== undefined) {
      bytes = Buffer.concat([start, chunk]);
      start = bytes.length < 2 ? bytes : undefined;
      if (start !== undefined) continue;
      decoder = decoderFor(bytes);
    }
    yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  if (start !== undefined) yield start;
  if (decoder !== undefined) yield Buffer.from(decoder.decode());
}

function decoderFor([first, second]: Uint8Array): InstanceType<typeof TextDecoder> | undefined {
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le');
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be');
  return undefined;
}
