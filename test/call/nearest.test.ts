import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/call/nearest.ts';

const OPTIONS = ['url', 'identifier', 'secret', 'username', 'password', 'accessKey', 'baseUrl', 'deadlineMs'];

describe('the nearest name', () => {
  it.each([
    ['identifer', 'identifier'],
    ['idnetifier', 'identifier'],
    ['secert', 'secret'],
    ['Secret', 'secret'],
    ['access_key', 'accessKey'],
    ['baseURL', 'baseUrl'],
    ['base-url', 'baseUrl'],
    ['deadline', 'deadlineMs'],
    ['ulr', 'url'],
  ])('to %s is %s', (typed, name) => {
    expect(nearest(typed, OPTIONS)).toBe(name);
  });

  it.each(['token', 'hunter2-hunter2', '', 'x', 'u', 'x'.repeat(100_000)])('to %j does not exist', (typed) => {
    expect(nearest(typed, OPTIONS)).toBeUndefined();
  });

  it('to a letter is not another letter', () => {
    expect([nearest('y', ['h', 'V']), nearest('v', ['h', 'V'])]).toEqual([undefined, 'V']);
  });

  it('to a name itself, or to one with two letters exchanged, left out or doubled, is that name', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OPTIONS), fc.nat(), fc.constantFrom(0, 1, 2, 3), (name, position, slip) => {
        const at = position % (name.length - 1);
        const [one = '', other = ''] = name.slice(at, at + 2);
        const typed =
          name.slice(0, at) + ([one + other, other + one, other, one + one + other][slip] ?? '') + name.slice(at + 2);
        expect(nearest(typed, OPTIONS)).toBe(name);
      }),
      { numRuns: 500 },
    );
  });

  it('of any text is one of the names or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (typed, names) => {
        const found = nearest(typed, names);
        expect(found === undefined || names.includes(found)).toBe(true);
      }),
    );
  });
});
