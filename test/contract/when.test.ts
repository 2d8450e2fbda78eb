import { parseWhen } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfDay, whenText } from '../../src/contract/when.ts';

describe('a `when` as text, as command lines, lists and assistants write it', () => {
  it.each([
    '2026-02-29',
    '2027-02-29',
    '2100-02-29',
    '0000-01-01',
    '0999-12-31',
    '10000-01-01',
    '+010000-01-01',
    '-000001-01-01',
    '2026-12-31T00:00:00Z',
    '2026-12-31\n',
    'on_date',
    'Earliest',
  ])('is not read from %j', (text) => {
    expect(parseWhen(text)).toBeUndefined();
  });

  it.each(['1000-01-01', '2028-02-29', '9999-12-31'])('is the date %s', (on) => {
    expect(parseWhen(on)).toEqual({ on });
    expect(Number.isFinite(endOfDay(on))).toBe(true);
  });

  it('is read as it was written, or not at all', () => {
    const digits = fc.tuple(fc.nat(12_000), fc.nat(14), fc.nat(33)).map(([year, month, day]) => {
      const [mm, dd] = [month, day].map((part) => String(part).padStart(2, '0'));
      return `${String(year).padStart(4, '0')}-${mm}-${dd}`;
    });
    fc.assert(
      fc.property(fc.oneof(digits, fc.string(), fc.constantFrom('immediate', 'end_of_term', 'earliest')), (text) => {
        const when = parseWhen(text);
        if (when !== undefined) expect(whenText(when)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});
