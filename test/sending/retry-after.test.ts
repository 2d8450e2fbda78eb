import { createCancelService } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryWaitOf } from '../../src/sending/retry-after.ts';
import { acme, REQUEST, toWrite } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';

const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const SECOND = 1_000;
const waitOf = (value: string | undefined, date?: string): number | undefined => {
  const headers = {
    ...(value === undefined ? {} : { 'retry-after': value }),
    ...(date === undefined ? {} : { date }),
  };
  return retryWaitOf({ status: 429, headers, body: { kind: 'empty' } }, NOW);
};

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120],
    [' 120 ', 120],
    ['30.0', 30],
    ['0.5', 0.5],
    ['30s', 30],
    ['30 seconds', 30],
    ['Retry after 30 seconds.', 30],
    ['"30"', 30],
    ['30;', 30],
    ['500ms', 0.5],
    ['2 minutes', 120],
    ['1h', 3_600],
    ['5, 10', 10],
    ['10,5', 10],
    ['120, Mon, 01 Jun 2026 12:01:00 GMT', 120],
    ['86400', 86_400],
    ['31622400', 31_622_400],
    ['Mon, 01 Jun 2026 12:30:00 GMT', 1_800],
    ['on Mon, 01 Jun 2026 12:30:00 GMT, please', 1_800],
    ['Monday, 01-Jun-26 12:30:00 GMT', 1_800],
    ['Mon Jun  1 12:30:00 2026', 1_800],
    ['2026-06-01T12:30:00Z', 1_800],
    ['2026-06-01T14:30:00.5+02:00', 1_800.5],
  ])('%s is a wait of %d seconds', (value, expected) => {
    expect(waitOf(value)).toBe(expected * SECOND);
  });

  it.each([
    '',
    ' ',
    '-1',
    '-30.5',
    '1e3',
    '0x10',
    '+5',
    'NaN',
    'Infinity',
    '99999999999',
    '9999999999',
    '31622401',
    'soon',
    '2026-06-01',
    '12:30',
    'Mon, 01 Jun 2020 12:30:00 GMT',
    'Mon, 01 Jun 2026 12:30:00',
    'Mon, 01 Jun 2026 12:30:00 CET',
    'Mon, 01 Jun 2026 12:30:00 GMT+0100',
    'Mon, 99 Jun 2026 12:30:00 GMT',
    'Fri, 01 Jun 2029 12:30:00 GMT',
  ])('of %j, which says no sound time, is a wait of 30 seconds', (value) => {
    expect(waitOf(value)).toBe(30 * SECOND);
  });

  it('that is not there asks for no wait', () => {
    expect(waitOf(undefined)).toBeUndefined();
  });

  it.each([
    ['far behind', 'Thu, 01 Jan 2026 00:00:00 GMT', 'Thu, 01 Jan 2026 00:02:00 GMT', 120],
    ['ahead', 'Mon, 01 Jun 2026 13:00:00 GMT', 'Mon, 01 Jun 2026 13:00:30 GMT', 30],
    ['ahead, with a date that is over', 'Mon, 01 Jun 2026 13:00:00 GMT', 'Mon, 01 Jun 2026 12:59:00 GMT', 0],
  ])('as a date is measured against the Date of the response, whose clock is %s', (_, date, value, expected) => {
    expect(waitOf(value, date)).toBe(expected * SECOND);
  });

  it('as a date is measured against the own clock if the Date of the response cannot be read', () => {
    expect(waitOf('Mon, 01 Jun 2026 12:30:00 GMT', 'today')).toBe(1_800 * SECOND);
  });

  it('is a wait of nothing to a year, whatever it says', () => {
    const words = fc.array(
      fc.oneof(
        fc.string(),
        fc.integer().map(String),
        fc.double().map(String),
        fc.constantFrom('s', 'ms', 'hours', 'GMT', '-', ':', ',', '.'),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
    );
    fc.assert(
      fc.property(
        words.map((parts) => parts.join(' ')),
        fc.option(
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
          { nil: undefined },
        ),
        (value, date) => {
          const wait = waitOf(value, date);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(366 * 24 * 3_600_000);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([0, 1, 59, 30_000, 31_622_400])('of %i seconds is read as such, in each way to write it', (seconds) => {
    const date = new Date(NOW + seconds * SECOND).toUTCString();
    for (const value of [`${seconds}`, `${seconds}.0`, `${seconds}s`, `wait ${seconds} sec`, date])
      expect(waitOf(value, new Date(NOW).toUTCString())).toBe(seconds * SECOND);
  });

  const config = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' };
  it.each([
    ['in the provider’s language', { verdict: 'refused', code: 'rate_limited', message: 'Slow down.' } as const],
    ['in no language', { verdict: 'unrecognized' } as const],
  ])('of a refusal %s is passed on', async (_, verdict) => {
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

  it.each([
    ['a date of a provider whose clock is behind', () => new Date(Date.now() - 3_600_000)],
    ['a date of a provider whose clock is ahead', () => new Date(Date.now() + 3_600_000)],
  ])('of %s is waited for: nothing is sent before', async (_, clock) => {
    const { fetch, requests } = recordingFetch(() => {
      const date = clock();
      const headers = { date: date.toUTCString(), 'retry-after': new Date(date.getTime() + 60_000).toUTCString() };
      return json({}, 429, headers);
    });
    const error = await failureOf(createCancelService({ acme: acme(config) }, { fetch }).cancel(REQUEST));
    expect(requests).toHaveLength(1);
    const ahead = Date.parse(error.retryAt ?? '') - Date.now();
    expect(ahead).toBeGreaterThan(55_000);
    expect(ahead).toBeLessThanOrEqual(60_000);
  });

  it('that cannot be read is waited for: nothing is sent before', async () => {
    const { fetch, requests } = recordingFetch(() => json({}, 429, { 'retry-after': 'in a while' }));
    const error = await failureOf(createCancelService({ acme: acme(config) }, { fetch }).cancel(REQUEST));
    expect(requests).toHaveLength(1);
    expect(Date.parse(error.retryAt ?? '') - Date.now()).toBeGreaterThan(25_000);
  });

  it('of a server that is down is waited for before a read is repeated', async () => {
    const { fetch, requests } = recordingFetch(() => json({}, 503, { 'retry-after': '120' }));
    const { account, service } = REQUEST;
    const error = await failureOf(createCancelService({ acme: acme(config) }, { fetch }).status({ account, service }));
    expect(error).toMatchObject({ code: 'unavailable', providerStatus: 503 });
    expect(requests).toHaveLength(1);
    expect(Date.parse(error.retryAt ?? '') - Date.now()).toBeGreaterThan(115_000);
  });
});
