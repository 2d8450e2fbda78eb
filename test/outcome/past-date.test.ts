import { createCancelService, type CancellationStatus, type EffectiveAt } from 'cancelkit';
import type { StatusVerdict } from 'cancelkit/provider';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { hasPassed, withoutPastSchedule } from '../../src/outcome/past-date.ts';
import { acme, REQUEST, toRead, toWrite } from '../support/acme.ts';

const NOW = '2026-03-30T08:00:00.000Z';
const http = (date: string): string => new Date(date).toUTCString();
const answered = (date?: string): { status: number; headers: Record<string, string>; body: { kind: 'empty' } } => ({
  status: 200,
  headers: date === undefined ? {} : { date },
  body: { kind: 'empty' },
});
const at = (value: string): EffectiveAt => ({
  value,
  precision: value.includes('T') ? 'instant' : 'date',
  source: 'provider',
});

describe('a date has passed', () => {
  it.each([
    ['2026-03-30T08:00:00.001Z', false],
    ['2026-03-30T08:00:00.000Z', true],
    ['2026-03-30T07:59:59.999Z', true],
  ])('at its very moment: %s', (value, expected) => {
    expect(hasPassed(at(value), answered(), Date.parse(NOW))).toBe(expected);
  });

  it.each([
    ['2026-03-30T23:59:59Z', false],
    ['2026-03-31T00:00:00Z', false],
    ['2026-03-31T11:59:59Z', false],
    ['2026-03-31T12:00:00Z', true],
  ])('as a day, only once that day is over everywhere: 2026-03-30 at %s', (now, expected) => {
    expect(hasPassed(at('2026-03-30'), answered(), Date.parse(now))).toBe(expected);
  });

  it.each([
    ['a clock of this machine that is ahead', '2027-01-01T00:00:00Z', '2026-03-30T07:00:00Z', false],
    ['a clock of this machine that is behind', '2001-01-01T00:00:00Z', '2026-03-30T09:00:00Z', true],
  ])('by the clock of the provider, against %s', (_name, own, provider, expected) => {
    expect(hasPassed(at(NOW), answered(http(provider)), Date.parse(own))).toBe(expected);
  });

  it.each(['', 'soon', '2026-03-30', '0', 'Mon, 30 Feb', '99999999999'])(
    'by the clock of this machine if the header says %j',
    (date) => {
      expect(hasPassed(at(NOW), answered(date), Date.parse(NOW))).toBe(true);
      expect(hasPassed(at(NOW), answered(date), Date.parse(NOW) - 1)).toBe(false);
    },
  );

  it('never, if it is missing or cannot be read', () => {
    expect(hasPassed(undefined, answered())).toBe(false);
    expect(hasPassed(at('some day'), answered())).toBe(false);
  });

  it('for good', () => {
    const moment = fc.date({ min: new Date('1971-01-01'), max: new Date('9990-01-01'), noInvalidDate: true });
    const later = fc.nat(10_000_000_000);
    fc.assert(
      fc.property(moment, moment, later, fc.boolean(), (date, now, more, isDay) => {
        const value = isDay ? date.toISOString().slice(0, 10) : date.toISOString();
        const before = hasPassed(at(value), answered(), now.getTime());
        expect(!before || hasPassed(at(value), answered(), now.getTime() + more)).toBe(true);
        if (now < date) expect(before).toBe(false);
      }),
    );
  });
});

describe('a state with a date in the past', () => {
  it.each(['none', 'completed', 'failed', 'unknown'] as const)('stays %s', (state) => {
    const status: CancellationStatus = { state, effectiveAt: at('2001-01-01'), revocable: true, raw: null };
    expect(withoutPastSchedule(status, answered())).toBe(status);
  });
});

describe('a provider that says only the date', () => {
  const PAST = at('2026-03-30T08:00:00.000Z');
  const status: CancellationStatus = {
    state: 'scheduled',
    when: 'end_of_period',
    effectiveAt: PAST,
    revocable: true,
    raw: null,
  };
  const requested = { state: 'requested', when: 'end_of_period', effectiveAt: PAST, revocable: false };

  beforeEach(() => {
    vi.stubEnv('ACME_URL', 'https://acme.example');
    vi.stubEnv('ACME_TOKEN', 'token-of-acme');
    return () => vi.unstubAllEnvs();
  });

  function serviceThat(answer: 'says yes' | 'says it exists' | 'fails', headers: HeadersInit) {
    const account = acme(undefined, {
      *cancel(order, config) {
        yield toWrite(order, config);
        if (answer === 'says yes') return { verdict: 'accepted', outcome: 'scheduled', effectiveAt: PAST };
        if (answer === 'fails') return { verdict: 'unclear', reason: 'server_error', message: 'it failed.' };
        return { verdict: 'duplicate', ambiguous: false, message: 'there is one.' };
      },
      *status(service, config): Generator<ReturnType<typeof toRead>, StatusVerdict> {
        yield toRead(service, config);
        return { verdict: 'found', status };
      },
    });
    const fetch: typeof globalThis.fetch = () => Promise.resolve(Response.json({}, { headers }));
    return createCancelService({ acme: account }, { fetch });
  }

  const after = { date: http('2026-03-30T08:00:01Z') };
  const before = { date: http('2026-03-30T07:59:59Z') };
  const { account, service } = REQUEST;

  it('is read as `requested` after it, with the date, and not as revocable', async () => {
    expect(await serviceThat('says yes', after).status({ account, service })).toEqual({ ...requested, raw: null });
  });

  it('is read as `scheduled` before it', async () => {
    expect(await serviceThat('says yes', before).status({ account, service })).toEqual(status);
  });

  it.each([true, false])('has not scheduled what it accepts after it; verify: %s', async (verify) => {
    const result = await serviceThat('says yes', after).cancel(REQUEST, { verify });
    expect(result).toMatchObject({ outcome: 'requested', effectiveAt: PAST, warnings: [] });
    expect(result.existing).toEqual(verify ? { ...requested, raw: null } : undefined);
    expect(await serviceThat('says yes', before).cancel(REQUEST, { verify })).toMatchObject({ outcome: 'scheduled' });
  });

  it('has it already cancelled after it, without a claim that it is scheduled', async () => {
    const result = await serviceThat('says it exists', after).cancel(REQUEST);
    expect(result).toMatchObject({ outcome: 'already_cancelled', effectiveAt: PAST, existing: requested });
  });

  it('is believed after a lost response, as `requested`', async () => {
    const result = await serviceThat('fails', after).cancel(REQUEST);
    expect(result).toMatchObject({ outcome: 'requested', reconciled: true, existing: requested });
  });
});

describe('a text that is not an ISO date', () => {
  it.each(['0(', '1', 'May 1', '2001', '1/1/2001', 'soon'])('never counts as one in the past: %s', (value) => {
    const response = { status: 200, headers: {}, body: { kind: 'empty' } } as const;
    expect(hasPassed({ value, precision: 'date', source: 'provider' }, response)).toBe(false);
  });
});
