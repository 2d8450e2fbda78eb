import { tokenRule } from 'cancelkit/provider';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  address,
  byForm,
  credential,
  numericId,
  onlyFields,
  shaped,
  shownId,
  shownText,
} from '../../src/provider/fields.ts';

const messagesOf = (schema: v.GenericSchema<unknown, unknown>, value: unknown): readonly string[] =>
  (v.safeParse(schema, value).issues ?? []).map(({ message }) => message);

describe('the schema of an object with named fields', () => {
  it.each([
    [['a'], 'an object with only a'],
    [['a', 'b'], 'an object with only a and b'],
    [['a', 'b', 'c'], 'an object with only a, b and c'],
  ])('names them: %j', (names, expected) => {
    const schema = onlyFields(Object.fromEntries(names.map((name) => [name, v.string('a text')])));
    const filled = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(messagesOf(schema, filled)).toEqual([]);
    expect(messagesOf(schema, { ...filled, other: 'x' })).toEqual([expected]);
    expect(messagesOf(schema, 'x')).toEqual([expected]);
  });
});

describe('the field of a text in a form', () => {
  it('takes what has the form, and says what is expected without repeating what it refuses', () => {
    const field = shaped(/^V\d+$/, 'a number such as V1000');
    expect(v.parse(field, 'V1000')).toBe('V1000');
    for (const value of ['1000', '', 1000, undefined]) {
      expect(messagesOf(field, value)).toEqual(['a number such as V1000']);
    }
  });
});

describe('the field of a credential', () => {
  it('takes what its rule accepts, and does not repeat what it refuses', () => {
    expect(v.parse(credential(tokenRule), 'abcdef012345')).toBe('abcdef012345');
    for (const value of ['short', 'with a space in it', 7, undefined]) {
      expect(messagesOf(credential(tokenRule), value)).toEqual([tokenRule.expected]);
    }
  });
});

describe('the field of an address', () => {
  const api = address({
    example: 'https://api.example.com',
    before: '/v1',
    ending: /\/+v1$/i,
    wrong: /\/v\d+$|\/servers(?:\/|$)/i,
  });

  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com///', 'https://api.example.com'],
    ['https://API.example.com/x//v1/', 'https://api.example.com/x'],
    // The name of a host is no part of the path.
    ['https://v1', 'https://v1'],
    ['https://servers', 'https://servers'],
    ['http://127.0.0.1:8080/V1', 'http://127.0.0.1:8080'],
  ])('takes %s as %s', (text, url) => {
    expect(v.parse(api, text)).toBe(url);
  });

  it.each(['https://api.example.com/v2', 'https://api.example.com/v1/servers', 'https://api.example.com/v1/v1'])(
    'refuses %s, and says which address is meant',
    (text) => {
      const expected = 'the address before /v1, such as https://api.example.com: cancelkit adds the rest';
      expect(messagesOf(api, text)).toEqual([expected]);
    },
  );

  it('never throws for a text, and returns what it takes unchanged', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.webPath().map((path) => `https://a.example${path}`),
        ),
        (text) => {
          const read = v.safeParse(api, text);
          if (!read.success) return;
          expect(v.parse(api, read.output)).toBe(read.output);
          expect(read.output.endsWith('/')).toBe(false);
        },
      ),
    );
  });
});

describe('the field of an id that is counted', () => {
  it('takes a number and the text of its digits for the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id) => {
        expect([v.parse(numericId(), id), v.parse(numericId(), String(id))]).toEqual([String(id), String(id)]);
      }),
    );
  });

  it.each([0, -1, 1.5, 2 ** 53, NaN, '0', '007', '1e3', ' 1', '1/2', '12345678901234567', '', null, undefined, true])(
    'refuses %j',
    (value) => {
      expect(messagesOf(numericId('a number'), value)).toEqual(['a number']);
    },
  );
});

describe('a value with several forms', () => {
  const schema = byForm<unknown, string>((has) =>
    has('token')
      ? v.pipe(
          onlyFields({ token: v.string('a text') }),
          v.transform(() => 'token'),
        )
      : v.pipe(
          onlyFields({ name: v.string('a text') }),
          v.transform(() => 'name'),
        ),
  );
  class Holder {
    get token(): string {
      return 'x';
    }
  }

  it.each<[unknown, unknown]>([
    [{ token: 'x' }, 'token'],
    [{ name: 'x' }, 'name'],
    // What is not set does not choose.
    [{ name: 'x', token: undefined }, undefined],
    [{}, undefined],
    [null, undefined],
    ['token', undefined],
  ])('is checked by the form that its names choose: %j', async (value, form) => {
    const result = await schema['~standard'].validate(value);
    expect(result.issues === undefined ? result.value : undefined).toBe(form);
  });

  it('sees a field that a class provides', async () => {
    expect(await schema['~standard'].validate(new Holder())).toEqual({ typed: true, value: 'token' });
  });
});

describe('what a response shows', () => {
  it('is a text, or nothing', () => {
    const schema = v.object({ a: shownText });
    for (const a of [null, undefined, 7, {}, []]) expect(v.parse(schema, { a })).toEqual({ a: undefined });
    expect([v.parse(schema, { a: 'x' }), v.parse(schema, {})]).toEqual([{ a: 'x' }, {}]);
  });

  it('is an id as a text, whether it was one or a number', () => {
    expect([v.parse(shownId, 7), v.parse(shownId, '7')]).toEqual(['7', '7']);
    for (const id of [null, undefined, {}, true]) expect(v.is(shownId, id)).toBe(false);
  });
});
