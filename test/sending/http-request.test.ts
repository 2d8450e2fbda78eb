import type { ProviderRequest } from 'cancelkit/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildHttpRequest, isSafeSegment } from '../../src/sending/http-request.ts';

const BASE = new URL('https://api.example.com/v1');
const ALWAYS = {
  accept: 'application/json',
  'cache-control': 'no-store, no-cache',
  pragma: 'no-cache',
  'user-agent': 'cancelkit',
};
const read = (more: Partial<Extract<ProviderRequest, { method: 'GET' }>> = {}): ProviderRequest => ({
  effect: 'read',
  method: 'GET',
  path: ['services', 's-1'],
  ...more,
});

describe('a request of a provider goes over the wire', () => {
  it('as a read without a body', () => {
    expect(buildHttpRequest(BASE, read())).toEqual({
      ok: true,
      request: {
        method: 'GET',
        url: 'https://api.example.com/v1/services/s-1',
        headers: ALWAYS,
        body: undefined,
      },
    });
  });

  it('as a write with any form, encoded as URLSearchParams does', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('*-._', 'a b', '~!()'),
    );
    fc.assert(
      fc.property(fc.dictionary(text, text), (form) => {
        const built = buildHttpRequest(BASE, { effect: 'write', method: 'POST', path: ['cancel'], form });
        expect(built).toMatchObject({ ok: true, request: { body: new URLSearchParams(form).toString() } });
      }),
    );
  });

  it.each([
    ['pairs', [['a', 'b c']], 'a=b+c'],
    ['a URLSearchParams', new URLSearchParams({ a: 'b c' }), 'a=b+c'],
    ['a text', 'a=b', 'a=b'],
    ['a number', { a: 1 }, 'a=1'],
  ])('as the form that an adapter in JavaScript gives: %s', (_, form, body) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- what the types do not allow
    const given = form as unknown as Record<string, string>;
    expect(buildHttpRequest(BASE, { effect: 'write', method: 'POST', path: ['cancel'], form: given })).toMatchObject({
      ok: true,
      request: { body },
    });
  });

  it('as a write with a form', () => {
    const form = { reason: 'too dear & slow', when: 'now' };
    expect(buildHttpRequest(BASE, { effect: 'write', method: 'POST', path: ['cancel'], form })).toEqual({
      ok: true,
      request: {
        method: 'POST',
        url: 'https://api.example.com/v1/cancel',
        headers: { ...ALWAYS, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'reason=too+dear+%26+slow&when=now',
      },
    });
  });

  it('as a write with JSON', () => {
    const json = { reason: 'Größe', list: [1, null] };
    expect(buildHttpRequest(BASE, { effect: 'write', method: 'DELETE', path: ['cancel'], json })).toEqual({
      ok: true,
      request: {
        method: 'DELETE',
        url: 'https://api.example.com/v1/cancel',
        headers: { ...ALWAYS, 'content-type': 'application/json' },
        body: '{"reason":"Größe","list":[1,null]}',
      },
    });
  });

  it('with the provider’s own headers, which win', () => {
    const headers = { authorization: 'Bearer x', accept: 'application/vnd.api+json' };
    expect(buildHttpRequest(BASE, read({ headers }))).toMatchObject({
      request: { headers: { ...headers, 'user-agent': 'cancelkit' } },
    });
  });

  it.each([
    ['https://api.example.com', ['a'], 'https://api.example.com/a'],
    ['https://api.example.com/', ['a', 'b'], 'https://api.example.com/a/b'],
    ['https://api.example.com/v1', ['a'], 'https://api.example.com/v1/a'],
    ['https://api.example.com/v1/', ['a'], 'https://api.example.com/v1/a'],
    ['https://api.example.com/a/b/', ['c'], 'https://api.example.com/a/b/c'],
    ['https://api.example.com/v1', ['a b', 'ü:@'], 'https://api.example.com/v1/a%20b/%C3%BC%3A%40'],
  ])('below %s with the path %j: %s', (base, path, url) => {
    expect(buildHttpRequest(new URL(base), read({ path }))).toMatchObject({ ok: true, request: { url } });
  });

  it('with its query, encoded, and leaves the base URL as it was', () => {
    const base = new URL(BASE);
    const query = { page: '2', filter: 'a&b=c' };
    expect(buildHttpRequest(base, read({ query }))).toMatchObject({
      request: { url: 'https://api.example.com/v1/services/s-1?page=2&filter=a%26b%3Dc' },
    });
    expect(base.href).toBe(BASE.href);
  });
});

describe('a request that HTTP cannot carry unchanged', () => {
  it('with an id that is not one segment is refused, and says what one is', () => {
    expect(buildHttpRequest(BASE, read({ path: ['services', '..'] }))).toEqual({
      ok: false,
      expected: 'an id that is one path segment: no /, \\, ?, #, %, control characters, "." or ".."',
    });
  });

  it.each(['a\nb', 'a\u0000', '\u007f', '\tx', 'wide 😀', 'ĀAB', 'ABĀ', 'x\r\n'])(
    'with the header value %j is refused, and says what one is',
    (value) => {
      expect(buildHttpRequest(BASE, read({ headers: { 'x-key': value } }))).toEqual({
        ok: false,
        expected: 'header values of printable characters',
      });
    },
  );

  it.each(['', ' ', '~', 'plain', 'é\u0080ÿ'])('with the header value %j is sent', (value) => {
    expect(buildHttpRequest(BASE, read({ headers: { 'x-key': value } }))).toMatchObject({
      ok: true,
      request: { headers: { 'x-key': value } },
    });
  });

  // No base URL that an account can have gets this far: this is the check after all the others.
  it.each([
    ['without a path of its own', new URL('mailto:api@example.com')],
    [
      'that says another origin than its text',
      Object.defineProperty(new URL(BASE), 'origin', { value: 'https://other.example.com' }),
    ],
  ])('below a base URL %s is refused', (_, base) => {
    expect(buildHttpRequest(base, read())).toEqual({ ok: false, expected: 'an id that does not change the path' });
  });
});

describe('an id', () => {
  it.each(['...', '.a', 'a.', 'a..b', 'a b', ' ', "it's", '(1)*!~', 'ü', '😀', 'a;b', 'a:b@c', '&', 'x'.repeat(255)])(
    '%j is one segment of a path',
    (id) => {
      expect(isSafeSegment(id)).toBe(true);
    },
  );

  it.each([
    ['nothing', ''],
    ['the folder itself', '.'],
    ['the folder above', '..'],
    ['a slash', 'a/b'],
    ['a backslash', 'a\\b'],
    ['a query', 'a?b'],
    ['a fragment', 'a#b'],
    ['a percent sign', 'a%2e'],
    ['a zero', 'a\u0000'],
    ['a line break', 'a\nb'],
    ['a delete', 'a\u007f'],
    ['a control character of Latin-1', 'a\u0085'],
    ['a line separator', 'a\u2028'],
    ['a paragraph separator', 'a\u2029'],
    ['the first half of a character', 'a\uD83D'],
    ['the second half of a character', '\uDE00a'],
    ['256 characters', 'x'.repeat(256)],
  ])('that is or holds %s is none', (_, id) => {
    expect(isSafeSegment(id)).toBe(false);
  });
});
