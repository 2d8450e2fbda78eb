import { answeredOn, calendarDay, effectiveAt, utcInstant } from 'cancelkit/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromServerResponse } from '../../providers/vpsbg/status.ts';

describe('calendarDay', () => {
  it.each(['2026-12-31', '2024-02-29', '1999-01-01'])('takes %s', (day) => {
    expect(calendarDay(day)).toBe(day);
  });

  it.each(['2026-02-30', '2026-02-29', '2026-13-01', '0000-00-00', '2026-1-1', ' 2026-01-01', '2026-01-01T00:00', ''])(
    'takes no "%s"',
    (text) => {
      expect(calendarDay(text)).toBeUndefined();
    },
  );

  it.each([undefined, null])('takes no %s', (text) => {
    expect(calendarDay(text)).toBeUndefined();
  });

  it('takes exactly the days that there are', () => {
    const parts = fc.tuple(fc.integer({ min: 1000, max: 9999 }), fc.nat(99), fc.nat(99));
    fc.assert(
      fc.property(parts, ([year, month, day]) => {
        const text = [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
        const last = month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : 31;
        const length = [4, 6, 9, 11].includes(month) ? 30 : last;
        const exists = month >= 1 && month <= 12 && day >= 1 && day <= length;
        expect(calendarDay(text)).toBe(exists ? text : undefined);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('utcInstant', () => {
  it.each([
    ['2024-10-27T11:03:10.000000Z', '2024-10-27T11:03:10.000Z'],
    ['2024-10-27T11:03:10Z', '2024-10-27T11:03:10.000Z'],
    ['2024-10-27T11:03:10.5Z', '2024-10-27T11:03:10.500Z'],
    ['2024-10-27T11:03:10.1239Z', '2024-10-27T11:03:10.123Z'],
  ])('reads %s', (text, instant) => {
    expect(utcInstant(text)).toBe(instant);
  });

  it.each(['2026-02-30T00:00:00Z', '2024-10-27T25:00:00Z', '2024-10-27T11:03:10', '2024-10-27T11:03:10+02:00', ''])(
    'reads no "%s"',
    (text) => {
      expect(utcInstant(text)).toBeUndefined();
    },
  );

  it('gives back every instant that the runtime writes', () => {
    const instants = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, (instant) => {
        expect(utcInstant(instant.toISOString())).toBe(instant.toISOString());
      }),
    );
  });
});

describe('effectiveAt', () => {
  it.each([
    ['2026-12-31', '2026-12-31', 'date'],
    ['2026-12-31T22:59:59Z', '2026-12-31T22:59:59.000Z', 'instant'],
    ['2027-01-01T00:00:00+01:00', '2026-12-31T23:00:00.000Z', 'instant'],
    ['2026-12-31T20:30:00.25-05:30', '2027-01-01T02:00:00.250Z', 'instant'],
  ])('reads %s', (text, value, precision) => {
    expect(effectiveAt(text)).toEqual({ value, precision, source: 'provider' });
  });

  it.each([
    undefined,
    null,
    '',
    '2026-02-30',
    '2026-02-30T00:00:00+01:00',
    '2026-12-31T22:59:59',
    '2026-12-31T22:59:59+24:00',
    '2026-12-31T22:59:59+0100',
    '9999-12-31T23:59:59-10:00',
    '2026-12-31 22:59:59Z',
  ])('reads no %j', (text) => {
    expect(effectiveAt(text)).toBeUndefined();
  });

  it('reads the same instant in whatever offset it is written', () => {
    const instants = fc.date({ min: new Date('1990-01-01'), max: new Date('9000-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, fc.integer({ min: -1439, max: 1439 }), (instant, offset) => {
        const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
        const text = `${local}${offset < 0 ? '-' : '+'}${zone}`;
        expect(effectiveAt(text)?.value).toBe(instant.toISOString());
      }),
    );
  });
});

describe('a date of VPSBG that does not exist', () => {
  it('is not taken for the day after the end of its month', () => {
    const cancel_request = { now: false, reason: null, created_at: '2026-02-30T10:00:00.000000Z' };
    const value = { id: 7, status: 'active', expiry_at: '2026-02-30T10:00:00.000000Z', cancel_request };
    const body = { kind: 'json', value } as const;
    const verdict = fromServerResponse({ status: 200, headers: {}, body }, { kind: 'server', serverId: 7 });
    expect(verdict).toMatchObject({ verdict: 'found', status: { state: 'requested', when: 'end_of_period' } });
    expect(verdict).not.toHaveProperty('status.effectiveAt');
    expect(verdict).not.toHaveProperty('status.requestedAt');
  });
});

describe('answeredOn', () => {
  it.each([
    ['Sat, 28 Nov 2026 23:59:59 GMT', '2026-11-28'],
    ['Saturday, 28-Nov-26 23:59:59 GMT', '2026-11-28'],
    ['Sun Nov  1 00:00:00 2026', '2026-11-01'],
  ])('takes the day in UTC of the Date header %s', (date, day) => {
    expect(answeredOn({ headers: { date } })).toBe(day);
  });

  it.each(['', 'soon', '5', '2026', '28 Nov 2026', 'Sat, 28 Nov 2026'])('takes no "%s"', (date) => {
    expect(answeredOn({ headers: { date } })).toBeUndefined();
  });

  it('takes no response without the header', () => {
    expect(answeredOn({ headers: {} })).toBeUndefined();
  });
});
