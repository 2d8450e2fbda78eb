import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toNew } from '../../src/queue/ledger/enqueue.ts';
import { isStorable, toJsonb } from '../../src/queue/ledger/jsonb.ts';

describe('a request that a row would not keep unchanged', () => {
  const validated = {
    account: 'main',
    provider: 'acme',
    service: { id: '1' },
    serviceKey: '1',
    when: 'immediate',
  } as const;
  const placing = { whenAbsent: 'refuse' } as const;
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;

  it.each<[string, unknown]>([
    ['a bigint', 10n],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['a URL', new URL('https://example.com')],
    ['bytes', new Uint8Array(2)],
    ['a number that is none', Number.NaN],
    ['an infinite number', Infinity],
    ['a negative zero', -0],
    ['a symbol', Symbol('a')],
    ['a function', () => 1],
    ['an object with a toJSON of its own', { toJSON: () => 'other' }],
    ['a list with a gap', [1, undefined]],
    ['a NUL character', 'a\0'],
    ['half a character', '\ud800'],
    ['a circle', cyclic],
  ])('is refused, and not enqueued as another one: %s', (_, x) => {
    const refusal = expect.objectContaining({ code: 'invalid_request' });
    expect(() => toNew({ ...validated, extras: { x } }, placing, undefined)).toThrow(refusal);
    expect(() => toNew({ ...validated, service: { id: { x } } }, placing, undefined)).toThrow(refusal);
  });

  it('does not include a field without a value', () => {
    expect(toNew({ ...validated, extras: { x: undefined } }, placing, undefined)).toMatchObject({ account: 'main' });
  });
});

describe('a value that a row can keep', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    stringUnit: 'binary',
  });

  it('comes back as it went in', () => {
    fc.assert(
      fc.property(anything, (value) => {
        if (!isStorable(value)) return;
        const back: unknown = JSON.parse(toJsonb(value));
        expect(back).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('is every JSON value without NUL characters and negative zeros', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        expect(isStorable(value)).toBe(isDeepStrictEqual(JSON.parse(toJsonb(value)), value));
      }),
    );
  });
});
