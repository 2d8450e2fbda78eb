import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LimitEnded, TimeLimit } from '../../src/call/time-limit.ts';
import { MAX_BODY_BYTES, parseBody, readBody } from '../../src/sending/response-body.ts';

type Body = NonNullable<ConstructorParameters<typeof Response>[0]> | null;

async function read(body: Body, milliseconds = 5_000): ReturnType<typeof readBody> {
  const limit = new TimeLimit(milliseconds);
  try {
    return await readBody(new Response(body), limit);
  } finally {
    limit.dispose();
  }
}

/** A body in pieces, and whether its reader has let go of it. */
function inPieces(
  pieces: readonly Uint8Array[],
  end: 'closes' | 'hangs' | 'fails',
): { body: ReadableStream; pulled: () => number; cancelled: () => boolean } {
  let pulled = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (stream) => {
        const piece = pieces[pulled];
        pulled += 1;
        if (piece !== undefined) stream.enqueue(piece);
        else if (end === 'closes') stream.close();
        else if (end === 'fails') stream.error(new Error('odd'));
      },
      cancel: () => {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, pulled: () => pulled, cancelled: () => cancelled };
}

describe('a body', () => {
  it.each<[string, Body, Awaited<ReturnType<typeof readBody>>]>([
    ['that is not there', null, { kind: 'empty' }],
    ['of nothing', '', { kind: 'empty' }],
    ['of white space', ' \r\n\t', { kind: 'empty' }],
    ['of a byte order mark', '\uFEFF', { kind: 'empty' }],
    ['of JSON', '{"a":[1,null]}', { kind: 'json', value: { a: [1, null] } }],
    ['of JSON after a byte order mark', '\uFEFF{}', { kind: 'json', value: {} }],
    ['of JSON between line breaks', '\n\n[]\n', { kind: 'json', value: [] }],
    ['of null', 'null', { kind: 'json', value: null }],
    ['of JSON that is cut off', '{"a":', { kind: 'other', text: '{"a":' }],
    ['of two JSON values', '{}{}', { kind: 'other', text: '{}{}' }],
    ['of an empty object after a warning', 'Warning: x in y.php {}', { kind: 'other', text: 'Warning: x in y.php {}' }],
    [
      'of JSON after a warning',
      '\uFEFF<b>Notice</b>: x in <b>y.php</b> on line <b>3</b><br />\n{"a":"\\"}{"}\n',
      {
        kind: 'json',
        value: { a: '"}{' },
        before: '<b>Notice</b>: x in <b>y.php</b> on line <b>3</b><br />',
      },
    ],
    ['of HTML', '<!doctype html>', { kind: 'other', text: '<!doctype html>' }],
    ['of JSON in UTF-16', Buffer.from('{}', 'utf16le'), { kind: 'other', text: '{\0}\0' }],
    ['of 256 KiB', '1'.padStart(MAX_BODY_BYTES), { kind: 'json', value: 1 }],
    ['of one byte more', '1'.padStart(MAX_BODY_BYTES + 1), { kind: 'too_large' }],
  ])('%s', async (_, body, expected) => {
    expect(await read(body)).toEqual(expected);
  });

  it('is the same in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json(),
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 20 }),
        async (text, more, sizes) => {
          const whole = Buffer.from(JSON.stringify([JSON.parse(text), more]));
          const pieces: Uint8Array[] = [];
          for (let from = 0, index = 0; from < whole.length; index += 1) {
            // Now and then a piece is empty; it must not be taken for the end.
            const size = pieces.length > 200 ? whole.length : (sizes[index % sizes.length] ?? 1) + (index % 2);
            pieces.push(whole.subarray(from, from + size));
            from += size;
          }
          expect(await read(inPieces(pieces, 'closes').body)).toEqual({
            kind: 'json',
            value: JSON.parse(whole.toString()),
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that is too large is read no further and let go of', async () => {
    const stream = inPieces(
      Array.from({ length: 100 }, () => new Uint8Array(64 * 1024).fill(32)),
      'closes',
    );
    expect(await read(stream.body)).toEqual({ kind: 'too_large' });
    expect([stream.pulled(), stream.cancelled()]).toEqual([5, true]);
  });

  it('that does not end is let go of when the time is up', async () => {
    const stream = inPieces([new Uint8Array(1)], 'hangs');
    await expect(read(stream.body, 20)).rejects.toThrow(LimitEnded);
    expect(stream.cancelled()).toBe(true);
  });

  it('that fails fails', async () => {
    await expect(read(inPieces([new Uint8Array(1)], 'fails').body)).rejects.toThrow('odd');
  });

  it('is parsed or not, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const { kind } = parseBody(text);
        expect(kind === 'json' || kind === 'empty' || kind === 'other').toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
