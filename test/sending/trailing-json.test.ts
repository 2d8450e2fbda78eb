import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTrailingJson } from '../../src/sending/trailing-json.ts';

const NOTICE = '<br />\n<b>Notice</b>:  Undefined index: x in <b>/srv/whmcs/init.php</b> on line <b>12</b><br />\n';
const ANSWER = '{"result":"success","serviceid":77}';

/** An object that is not empty, as JSON in one of its spellings. */
const objects = fc
  .tuple(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.constantFrom(undefined, 1))
  .map(([value, indent]) => JSON.stringify(value, null, indent));
const proses = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== '' && !/[{&]/.test(text));

describe('JSON at the end of a text', () => {
  it.each([
    ['a notice of PHP', NOTICE],
    ['a stack trace', '#0 {main}\n  thrown in /srv/x.php on line 3\n'],
    ['a name of a closure', 'PHP Warning: x in {closure}() on line 3 '],
    ['quotes and brackets', '"unbalanced [ ] } text \\" '],
    ['a prefix against inclusion', ")]}',\n"],
  ])('is found after %s', (_, before) => {
    expect(findTrailingJson(before + ANSWER)).toEqual({ value: JSON.parse(ANSWER), before: before.trim() });
  });

  it.each([
    ['another document stands before it', `{"result":"error"}${ANSWER}`],
    ['another one stands somewhere before it', `${NOTICE}{"result":"error","message":"x"}${NOTICE}${ANSWER}`],
    ['one that is cut off stands before it', `{"result":"error","mess${ANSWER}`],
    ['an empty one stands before it', `{ }${ANSWER}`],
    ['one in a list stands before it', `[{"result":"error"}]${ANSWER}`],
    ['one that is escaped for HTML stands before it', `{&quot;result&quot;:&quot;error&quot;}${ANSWER}`],
    ['one that is escaped as a text stands before it', `"{\\"result\\":\\"error\\"}"${ANSWER}`],
    ['a brace is left open before it', `${NOTICE}{${ANSWER}`],
    ['something follows it', `${NOTICE}${ANSWER}${NOTICE}`],
    ['it is cut off', `${NOTICE}${ANSWER.slice(0, -1)}`],
    ['its beginning is missing', `${NOTICE}${ANSWER.slice(1)}`],
    ['it is empty', `${NOTICE}{}`],
    ['it is a list', `${NOTICE}[${ANSWER}]`],
    ['it is a text', `${NOTICE}"success"`],
    ['nothing stands before it', ANSWER],
    ['no JSON follows', NOTICE],
  ])('is none if %s', (_, text) => {
    expect(findTrailingJson(text)).toBeUndefined();
  });

  it('is found whole, whatever it holds and whatever prose precedes it', () => {
    fc.assert(
      fc.property(proses, objects, (before, text) => {
        expect(findTrailingJson(`${before}\n${text}`)).toEqual({ value: JSON.parse(text), before: before.trim() });
      }),
      { numRuns: 500 },
    );
  });

  it('is not read if there are two, whatever they hold', () => {
    fc.assert(
      fc.property(proses, objects, objects, (before, one, another) => {
        expect(findTrailingJson(`${before}${one}${another}`)).toBeUndefined();
        expect(findTrailingJson(`${one}${before}${another}`)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('is the only end of the text that is an object, wherever the search begins', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,\\a1 ') }), (text) => {
        const starts = [...text].flatMap((character, at) =>
          character === '{' && isObject(text.slice(at)) ? [at] : [],
        );
        expect(starts.length).toBeLessThan(2);
        const found = findTrailingJson(text);
        if (found !== undefined) expect(text.slice(0, starts[0]).trim()).toBe(found.before);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['{', '[', '"', '\\', '{"a":', '[{', '}', '\\"', '{ '])(
    'is looked for in one pass: 256 KiB of %j end before the test does',
    (piece) => {
      const text = piece.repeat(Math.floor((256 * 1024) / piece.length));
      expect(findTrailingJson(`${text}}`)).toBeUndefined();
      expect(findTrailingJson(`${text}"}`)).toBeUndefined();
    },
  );
});

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
