import { describe, expect, it } from 'vitest';
import { secretPattern } from '../../src/privacy/secret-pattern.ts';

/** The text with a cross in place of the secret. */
function cross(secret: string, text: string): string {
  return text.replace(new RegExp(secretPattern(secret), 'gi'), '×');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');

describe('a secret is found', () => {
  it.each([
    ['unchanged', 'hunter2', 'hunter2'],
    ['in percent signs', 'hunter2', '%68%75%6E%74%65%72%32'],
    ['in percent signs of lower case', 'ab~cd', 'ab%7ecd'],
    ['in percent signs of upper case', 'ab~cd', 'ab%7Ecd'],
    ['in a URL in a URL', 'ab/cd', 'ab%252Fcd'],
    ['in a URL in a URL in a URL', 'ab/cd', 'ab%25252Fcd'],
    ['in percent signs of a line break', 'ab\ncd', 'ab%0Acd'],
    ['in a form', 'ab cd', 'ab+cd'],
    ['in a URL with a space', 'ab cd', 'ab%20cd'],
    ['in percent signs of UTF-8', 'abécd', 'ab%C3%A9cd'],
    ['in percent signs of Latin-1', 'abécd', 'ab%E9cd'],
    ['in percent signs of the last of Latin-1', 'abÿcd', 'ab%FFcd'],
    ['in percent signs of the first of Latin-1', 'ab\u0080cd', 'ab%80cd'],
    ['in decimal entities', 'hunter2', '&#104;&#117;&#110;&#116;&#101;&#114;&#50;'],
    ['in decimal entities with zeros', 'ab~cd', 'ab&#00126;cd'],
    ['in hexadecimal entities', 'ab~cd', 'ab&#x7e;cd'],
    ['in hexadecimal entities of upper case with zeros', 'ab~cd', 'ab&#X007E;cd'],
    ['in HTML in HTML', 'ab"cd', 'ab&amp;quot;cd'],
    ['in HTML in HTML in HTML', 'ab~cd', 'ab&amp;amp;#126;cd'],
    ['in an entity of any name for a character beyond ASCII', 'abécd', 'ab&eacute;cd'],
    ['in an entity of any name for a character beyond Latin-1', 'ab€cd', 'ab&euro;cd'],
    ['in JSON of ASCII alone', 'abécd', 'ab\\u00e9cd'],
    ['in JSON of ASCII alone in upper case', 'abécd', 'ab\\u00E9cd'],
    ['in JSON in JSON', 'abécd', 'ab\\\\u00e9cd'],
    ['in JSON of two units', 'ab😀cd', 'ab\\ud83d\\ude00cd'],
    ['in JSON in JSON of two units', 'ab😀cd', 'ab\\\\ud83d\\\\ude00cd'],
    ['in JSON in JSON in JSON of two units', 'ab😀cd', 'ab\\\\\\ud83d\\\\\\ude00cd'],
    ['in JSON with an escaped slash', 'ab/cd', 'ab\\/cd'],
    ['in JSON in a URL', 'ab"cd', 'ab%5C%22cd'],
    ['in JSON in a URL of lower case', 'ab"cd', 'ab%5c%22cd'],
    ['in JSON in a URL in a URL', 'ab"cd', 'ab%255C%2522cd'],
    ['in JSON in JSON with a quote', 'ab"cd', 'ab\\\\\\"cd'],
    ['in a mixture of all', 'a b"c/d', '%61+&#98;\\"c\\/%64'],
    ['in base64', 'hunter2', base64('hunter2')],
    ['in hexadecimal digits', 'hunter~', hex('hunter~')],
    ['in hexadecimal digits of upper case', 'hunter~', hex('hunter~').toUpperCase()],
    ['in four bytes of hexadecimal digits', 'pins', hex('pins')],
  ])('%s', (_, secret, text) => {
    expect(cross(secret, `«${text}»`)).toBe('«×»');
  });

  const jsonEscapes = [
    ['\n', 'n'],
    ['\r', 'r'],
    ['\t', 't'],
    ['\b', 'b'],
    ['\f', 'f'],
  ] as const;
  it.each(jsonEscapes)('with %j escaped in JSON as %s', (char, letter) => {
    expect(cross(`ab${char}cd`, `«ab\\${letter}cd»`)).toBe('«×»');
    expect(cross(`ab${char}cd`, `«ab\\\\${letter}cd»`)).toBe('«×»');
  });

  const entities = [
    ['\t', ['Tab']],
    ['\n', ['NewLine']],
    ['!', ['excl']],
    ['"', ['quot', 'QUOT']],
    ['#', ['num']],
    ['$', ['dollar']],
    ['%', ['percnt']],
    ['&', ['amp', 'AMP']],
    ["'", ['apos']],
    ['(', ['lpar']],
    [')', ['rpar']],
    ['*', ['ast', 'midast']],
    ['+', ['plus']],
    [',', ['comma']],
    ['.', ['period']],
    ['/', ['sol']],
    [':', ['colon']],
    [';', ['semi']],
    ['<', ['lt', 'LT']],
    ['=', ['equals']],
    ['>', ['gt', 'GT']],
    ['?', ['quest']],
    ['@', ['commat']],
    ['[', ['lsqb', 'lbrack']],
    ['\\', ['bsol']],
    [']', ['rsqb', 'rbrack']],
    ['^', ['Hat']],
    ['_', ['lowbar', 'UnderBar']],
    ['`', ['grave', 'DiacriticalGrave']],
    ['{', ['lcub', 'lbrace']],
    ['|', ['verbar', 'vert', 'VerticalLine']],
    ['}', ['rcub', 'rbrace']],
  ] as const;
  it.each(entities)('with %j by its names in HTML: %j', (char, names) => {
    for (const name of names) {
      expect(cross(`ab${char}cd`, `«ab&${name};cd»`)).toBe('«×»');
      expect(cross(`ab${char}cd`, `«ab&amp;${name};cd»`)).toBe('«×»');
    }
  });
});

describe('a backslash in a secret', () => {
  const one = 'ab\\cd';
  const two = 'ab\\\\cd';
  it.each([
    ['unchanged', one, 'ab\\cd', '×'],
    ['doubled', one, 'ab\\\\cd', '×'],
    ['doubled thrice', one, 'ab\\\\\\\\\\\\\\\\cd', '×'],
    ['in percent signs', one, 'ab%5Ccd', '×'],
    ['in percent signs of lower case', one, 'ab%5ccd', '×'],
    ['in percent signs twice', one, 'ab%255Ccd', '×'],
    ['in a decimal entity', one, 'ab&#092;cd', '×'],
    ['in a hexadecimal entity', one, 'ab&#x5c;cd', '×'],
    ['in a hexadecimal entity of upper case', one, 'ab&#X005C;cd', '×'],
    ['by its name', one, 'ab&bsol;cd', '×'],
    ['by its name in HTML', one, 'ab&amp;bsol;cd', '×'],
    ['by its number in JSON', one, 'ab\\u005ccd', '×'],
    ['by its number in JSON of upper case', one, 'ab\\u005Ccd', '×'],
    ['of two, unchanged', two, 'ab\\\\cd', '×'],
    ['of two, in two encodings', two, 'ab%5C&#92;cd', '×'],
    ['of two, where there is one only', two, 'ab\\cd', 'ab\\cd'],
    ['in a text without one', one, 'abcd', 'abcd'],
    ['at the beginning of it, of a longer run', '\\abcd', 'x\\\\\\\\abcd', 'x×'],
    ['at the beginning of it, of a run that is encoded', '\\abcd', 'x%5C%5C&#92;abcd', 'x×'],
    ['at its end, of a longer run', 'abcd\\', 'abcd\\\\\\\\x', '×x'],
    ['before a quote, which is escaped as well', 'ab\\"cd', 'ab\\\\\\"cd', '×'],
    ['twice', 'a\\b\\c', 'a\\\\b\\\\c', '×'],
  ])('is found %s', (_, secret, text, expected) => {
    expect(cross(secret, text)).toBe(expected);
  });

  it('that only escapes its first character is left where it is', () => {
    expect(cross('"abcd', 'x\\"abcd')).toBe('x\\×');
    expect(cross('/abcd', 'x\\/abcd')).toBe('x\\×');
  });
});

describe('a secret within a longer text in base64', () => {
  it.each([
    ['alone, of 7 bytes', '', 'hunter2', '', '×'],
    ['alone, of 6 bytes', '', 'hunter', '', '×'],
    ['alone, of 5 bytes', '', 'hunte', '', '×'],
    ['after one byte', ':', 'hunter2', '', 'Om×'],
    ['after two bytes', 'u:', 'hunter2', '', 'dTp×'],
    ['after three bytes', 'us:', 'hunter2', '', 'dXM6×'],
    ['after two bytes, so that it ends with a group', 'u:', 'hunter', '', 'dTp×'],
    ['before others', '', 'hunter2', '@host', '×Bob3N0'],
    ['before others, where it ends with a group', '', 'hunter', '@host', '×QGhvc3Q='],
    ['between others', 'u:', 'hunter2', '@host', 'dTp×QGhvc3Q='],
    ['of 5 bytes after one byte', ':', 'hunte', 'r', 'Om×cg=='],
  ])('is found %s, and the rest stays', (_, before, secret, after, expected) => {
    expect(cross(secret, base64(`${before}${secret}${after}`))).toBe(expected);
  });

  it.each([
    ['unchanged', 'Pj4+Pz8/'],
    ['of base64url', 'Pj4-Pz8_'],
    ['in a URL', 'Pj4%2BPz8%2F'],
    ['in a URL of lower case', 'Pj4%2bPz8%2f'],
    ['in JSON of ASCII alone', 'Pj4\\u002bPz8\\u002f'],
    ['in JSON of ASCII alone in upper case', 'Pj4\\u002BPz8\\u002F'],
    ['in JSON with an escaped slash', 'Pj4+Pz8\\/'],
  ])('is found with its signs %s', (_, text) => {
    expect(cross('>>>???', `«${text}»`)).toBe('«×»');
  });
});

describe('no secret is found', () => {
  it.each([
    ['in a part of it', 'hunter2', 'hunter'],
    ['in base64 that is too short to be known by', 'pins', base64('pins')],
    ['in three bytes of hexadecimal digits', 'pin', hex('pin')],
    ['where a space stands for no plus', 'ab+cd', 'ab cd'],
    ['where a plus stands for no space', 'ab-cd', 'ab+cd'],
    ['in an entity of another name', 'ab"cd', 'ab&apos;cd'],
    ['in an entity of any name for a character of ASCII', 'ab\u007fcd', 'ab&eacute;cd'],
    ['in Latin-1 for a character beyond it', 'abĀcd', 'ab%00cd'],
    ['in an entity without its end', 'ab~cd', 'ab&#126cd'],
    ['in a letter that is no escape', 'ab\ncd', 'abxcd'],
  ])('%s', (_, secret, text) => {
    expect(cross(secret, text)).toBe(text);
  });

  it.each([...'^$\\.*+?()[]{}|/-'])('where %s is taken for a part of a regular expression', (char) => {
    const secret = `ab${char}cd`;
    expect(cross(secret, `«${secret}»`)).toBe('«×»');
    for (const other of ['abcd', 'abbcd', 'abXcd', 'ab', 'cd', 'aacd']) expect(cross(secret, other)).toBe(other);
  });
});
