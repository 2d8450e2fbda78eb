import { decodeEntities } from 'cancelkit/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** As PHP's `htmlspecialchars` with `ENT_QUOTES` writes a text. */
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#039;');

describe('a text that was escaped for HTML', () => {
  it.each([
    ['Tom &amp; Ann&#039;s shop', "Tom & Ann's shop"],
    ['&quot;x&quot; &lt;b&gt; &apos;', '"x" <b> \''],
    ['&#x27;&#X1F600;', "'\u{1F600}"],
    ['&amp;lt;', '&lt;'],
    ['AT&T, a & b, &eacute; &unknown; &#; &#x;', 'AT&T, a & b, &eacute; &unknown; &#; &#x;'],
    ['&#0; &#xD800; &#x110000; &#9999999;', '&#0; &#xD800; &#x110000; &#9999999;'],
  ])('is decoded: %s', (text, expected) => {
    expect(decodeEntities(text)).toBe(expected);
  });

  it('is the same again, once for each time it was escaped, and stays well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeEntities(escaped(text))).toBe(text);
        expect(decodeEntities(decodeEntities(escaped(escaped(text))))).toBe(text);
        expect(decodeEntities(text.toWellFormed()).isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
