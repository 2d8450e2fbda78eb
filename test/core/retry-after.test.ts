import { createCancelService } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAtOf } from '../../src/retry-after.ts';
import { acme, REQUEST, toWrite } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';

const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const at = (value: string | undefined): string | undefined =>
  retryAtOf(
    { status: 429, headers: value === undefined ? {} : { 'retry-after': value }, body: { kind: 'empty' } },
    NOW,
  );

describe('Retry-After', () => {
  it.each([
    ['0', '2026-06-01T12:00:00.000Z'],
    ['120', '2026-06-01T12:02:00.000Z'],
    [' 120 ', '2026-06-01T12:02:00.000Z'],
    ['86400', '2026-06-02T12:00:00.000Z'],
    ['31622400', '2027-06-02T12:00:00.000Z'],
    ['Mon, 01 Jun 2026 12:30:00 GMT', '2026-06-01T12:30:00.000Z'],
    ['Mon, 01 Jun 2020 12:30:00 GMT', '2026-06-01T12:00:00.000Z'],
  ])('%s means %s', (value, expected) => {
    expect(at(value)).toBe(expected);
  });

  it.each([
    undefined,
    '',
    ' ',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    '+5',
    'NaN',
    'Infinity',
    '99999999999',
    '9999999999',
    '5, 10',
    'soon',
    '2026-06-01',
    '2026-06-01T12:30:00Z',
    'Mon, 01 Jun 2026 12:30:00',
    'Mon, 01 Jun 2026 12:30:00 CET',
    'on Mon, 01 Jun 2026 12:30:00 GMT',
    'Mon, 01 Jun 2026 12:30:00 GMT+0100',
    '31622401',
    'Mon, 99 Jun 2026 12:30:00 GMT',
    'Fri, 01 Jun 2029 12:30:00 GMT',
  ])('of %j says nothing', (value) => {
    expect(at(value)).toBeUndefined();
  });

  it('gives a time from now to a year ahead, or nothing, whatever the header says', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (value) => {
          const time = at(value);
          if (time === undefined) return;
          expect(Date.parse(time)).toBeGreaterThanOrEqual(NOW);
          expect(Date.parse(time)).toBeLessThanOrEqual(NOW + 366 * 24 * 3_600_000);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  const config = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' };
  it.each([
    ['in the provider’s language', { verdict: 'refused', code: 'rate_limited', message: 'Slow down.' } as const],
    ['in no language', { verdict: 'unrecognised' } as const],
  ])('of a refusal %s is told', async (_, verdict) => {
    const { fetch } = recordingFetch(() => json({}, 429, { 'retry-after': '3600' }));
    const account = acme(config, {
      *cancel(order, given) {
        yield toWrite(order, given);
        return verdict;
      },
    });
    const error = await failureOf(createCancelService({ acme: account }, { fetch }).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'rate_limited', providerStatus: 429, retryable: true });
    const ahead = Date.parse(error.retryAt ?? '') - Date.now();
    expect(ahead).toBeGreaterThan(3_500_000);
    expect(ahead).toBeLessThanOrEqual(3_600_000);
  });
});
