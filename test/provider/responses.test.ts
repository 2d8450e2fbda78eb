import {
  defined,
  readBody,
  refused,
  refusedByStatus,
  verdictOnError,
  type ResponseBody,
  type StandardSchema,
} from 'cancelkit/provider';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const schema = v.object({ id: v.pipe(v.number(), v.transform(String)) });

describe('readBody', () => {
  it('returns what the schema makes of a JSON body', () => {
    expect(readBody({ body: { kind: 'json', value: { id: 7, other: 1 } } }, schema)).toEqual({
      id: '7',
    });
  });

  const unread: readonly ResponseBody[] = [
    { kind: 'json', value: { id: 'x' } },
    { kind: 'json', value: null },
    { kind: 'other', text: '{"id":7}' },
    { kind: 'empty' },
    { kind: 'too_large' },
  ];

  it.each(unread.map((body) => ({ body })))('returns nothing for $body', (response) => {
    expect(readBody(response, schema)).toBeUndefined();
  });

  it('refuses a schema that answers later, since the body would count as read', () => {
    const later: StandardSchema<unknown, number> = {
      '~standard': { version: 1, vendor: 'test', validate: async () => await Promise.resolve({ value: 1 }) },
    };
    expect(() => readBody({ body: { kind: 'json', value: 1 } }, later)).toThrow(
      new TypeError('readBody: the schema must be synchronous'),
    );
  });
});

describe('refusedByStatus', () => {
  const messages = { unauthorized: 'a', forbidden: 'b', not_found: 'c', rate_limited: 'd' };

  it.each([
    [401, 'unauthorized', 'a'],
    [403, 'forbidden', 'b'],
    [404, 'not_found', 'c'],
    [429, 'rate_limited', 'd'],
  ] as const)('takes %i for %s', (status, code, message) => {
    expect(refusedByStatus(status, messages)).toEqual(refused(code, message));
  });

  it.each([200, 204, 302, 400, 405, 409, 422, 423, 500, 503])('leaves %i to the adapter', (status) => {
    expect(refusedByStatus(status, messages)).toBeUndefined();
  });

  it('leaves a status without a message to the adapter', () => {
    expect(refusedByStatus(404, { unauthorized: 'a' })).toBeUndefined();
  });
});

describe('verdictOnError', () => {
  const words = { providerMessage: 'No.', providerCode: 'nope' };

  it.each([
    [400, 'rejected'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'rejected'],
    [422, 'rejected'],
    [429, 'rate_limited'],
  ])('refuses by the status %i', (status, code) => {
    expect(verdictOnError(status, words)).toMatchObject({ ...words, verdict: 'refused', code });
  });

  it.each([500, 503, 599])('leaves %i open', (status) => {
    expect(verdictOnError(status, words)).toMatchObject({ ...words, verdict: 'unclear', reason: 'server_error' });
  });

  it.each([
    [400, 'unauthorized'],
    [404, 'unauthorized'],
    [403, 'forbidden'],
  ])('sees refused credentials under %i as %s', (status, code) => {
    expect(verdictOnError(status, { providerMessage: 'Invalid token.' })).toMatchObject({ code });
  });

  it('says what the provider said, or what the adapter says in its place', () => {
    expect(verdictOnError(409, words).message).toBe('the request was refused: No.');
    expect(verdictOnError(403, words, { forbidden: 'read only.' }).message).toBe('read only.');
    expect(verdictOnError(401, words, { forbidden: 'read only.' }).message).toMatch(/credentials/);
  });
});

describe('defined', () => {
  it('keeps what has a value, and leaves the rest out', () => {
    expect(Object.keys(defined({ a: undefined, b: null, c: 0, d: '', e: false }))).toEqual(['b', 'c', 'd', 'e']);
  });
});
