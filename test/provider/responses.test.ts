import { readBody, refused, refusedByStatus, type ResponseBody, type StandardSchema } from 'cancelkit/provider';
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
