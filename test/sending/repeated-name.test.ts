import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatsAName } from '../../src/sending/repeated-name.ts';
import { parseBody } from '../../src/sending/response-body.ts';

describe('JSON that names a field twice', () => {
  it.each([
    '{"status":"error","status":"success"}',
    '{"status":"error","st\\u0061tus":"success"}',
    '{"a":{"b":1,"b":1}}',
    '[{"a":1},{"b":[{"c":1,"c":2}]}]',
    '{"__proto__":1,"__proto__":2}',
    'Notice: x\n{"result":"error","result":"success"}',
  ])('is no answer that can be read: %s', (text) => {
    expect(parseBody(text).kind).toBe('other');
  });

  it.each([
    '{"a":"\\"b\\":","c":{"a":":"}}',
    '[{"a":1},{"a":2}]',
    '{"__proto__":{"a":1},"constructor":2}',
    '{"a\\\\":1}',
  ])('is not %s', (text) => {
    expect(parseBody(text)).toEqual({ kind: 'json', value: JSON.parse(text) });
  });

  it('is never found in what a serializer makes, whatever the spacing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        expect(repeatsAName(text, JSON.parse(text))).toBe(false);
      }),
    );
  });

  it('is found wherever it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
        const text = JSON.stringify({ outer: [value] });
        const [name = ''] = Object.keys(value);
        const twice = text.replace('[{', () => `[{${JSON.stringify(name)}:0,`);
        expect(repeatsAName(twice, JSON.parse(twice))).toBe(true);
      }),
    );
  });

  it('is found in long and deep answers, too', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(parseBody(deep).kind).toBe('json');
    const long = JSON.stringify({ text: 'a\\"'.repeat(60_000) });
    expect(parseBody(long).kind).toBe('json');
  });
});
