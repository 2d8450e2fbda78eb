import type { AnyWhen, CancellationStatus, CancelResult, EffectiveAt, ProviderError } from 'cancelkit';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compare } from '../../src/outcome/compare.ts';
import { LEAST_CAPABILITIES } from '../support/capabilities.ts';
import { datedService, TOKEN } from '../support/dated.ts';
import { failureOf } from '../support/failure.ts';
import { answering, json, networkError, writesOf, type RecordingFetch } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';

afterEach(() => void vi.useRealTimers());

const service = { id: 's-1' };
const on = (day: string): { readonly on: string } => ({ on: day });
const day = (value: string): EffectiveAt => ({ value, precision: 'date', source: 'provider' });
const instant = (value: string): EffectiveAt => ({ value, precision: 'instant', source: 'provider' });
const scheduled = (effectiveAt?: EffectiveAt, when?: AnyWhen): CancellationStatus => ({
  state: 'scheduled',
  revocable: false,
  raw: null,
  ...(effectiveAt === undefined ? {} : { effectiveAt }),
  ...(when === undefined ? {} : { when }),
});
const found = (status: CancellationStatus): unknown => ({ verdict: 'found', status });
const ACCEPTED = { verdict: 'accepted', outcome: 'requested' };
const DUPLICATE = { verdict: 'duplicate', ambiguous: false, message: 'There is one already.' };
const ABSENT = { verdict: 'absent' };

/** Answers in turn, the last one for ever; an error is a connection that is lost. */
const LOST = networkError('ECONNRESET', 'read');

function cancelling(
  { fetch }: RecordingFetch,
  when: AnyWhen,
  parts: { readonly look?: boolean; readonly verify?: boolean } = {},
): Promise<CancelResult> {
  const { look, verify } = parts;
  const target = look === true ? { ...service, look } : service;
  return datedService(fetch).cancel({ account: 'dated', service: target, when }, { verify });
}

const NOW = new Date('2026-03-10T11:00:00Z');

describe('the date of a request', () => {
  const refusal = async (when: unknown): Promise<ProviderError> => {
    const sent = answering(ACCEPTED);
    const error = await failureOf(untyped(datedService(sent.fetch)).cancel({ account: 'dated', service, when }));
    expect(sent.requests).toEqual([]);
    return error;
  };

  it.each([
    '2026-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '12/31/2026',
    '',
    ' 2026-12-31',
  ])('is refused before anything is sent if it is no day of the calendar: %j', async (text) => {
    const expected = 'a day of the calendar, such as 2026-12-31';
    expect(await refusal(on(text))).toMatchObject({
      code: 'invalid_request',
      issues: expect.arrayContaining([{ path: 'when.on', expected }]),
    });
  });

  it.each([
    [{ on: 20261231 }, 'when.on', 'a day of the calendar'],
    [{ on: new Date() }, 'when.on', 'a day of the calendar'],
    [{}, 'when.on', 'a day of the calendar'],
    [{ on: '2099-12-31', at: '12:00' }, 'when.at', 'an object with only on'],
    ['2099-12-31', 'when', "'immediate', 'end_of_term', 'earliest' or a date as { on: '2026-12-31' }"],
    ['on_date', 'when', "or a date as { on: '2026-12-31' }"],
    [null, 'when', "or a date as { on: '2026-12-31' }"],
    [[], 'when', "or a date as { on: '2026-12-31' }"],
  ])('is refused before anything is sent in any other form: %j', async (when, path, expected) => {
    const { code, issues } = await refusal(when);
    expect(code).toBe('invalid_request');
    expect(issues?.[0]).toMatchObject({ path, expected: expect.stringContaining(expected) });
  });

  it('is refused only once its day is over everywhere on earth', async () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
    expect(await refusal(on('2026-03-08'))).toMatchObject({
      code: 'invalid_request',
      issues: [{ path: 'when.on', expected: 'a day that is not over' }],
    });
    const sent = answering(ACCEPTED);
    await cancelling(sent, on('2026-03-09'));
    expect(JSON.parse(sent.requests[0]?.body ?? '')).toMatchObject({ when: '2026-03-09' });
    vi.setSystemTime('2026-03-10T12:00:00Z');
    expect(await refusal(on('2026-03-09'))).toMatchObject({ code: 'invalid_request' });
  });

  it('goes to the provider as it was given, whatever the time zone', async () => {
    const days = fc.integer({ min: Date.parse('2027-01-01'), max: Date.parse('9998-12-31') });
    await fc.assert(
      fc.asyncProperty(days, async (ms) => {
        const text = new Date(ms).toISOString().slice(0, 10);
        const sent = answering(ACCEPTED);
        const result = await cancelling(sent, on(text));
        expect(JSON.parse(sent.requests[0]?.body ?? '')).toMatchObject({ when: text });
        expect(result).toMatchObject({ when: { on: text }, outcome: 'requested', warnings: [] });
      }),
      { numRuns: 40 },
    );
  });

  it('is unsupported, before anything is sent, where the provider takes none', async () => {
    const { acme, REQUEST } = await import('../support/acme.ts');
    const { createCancelService } = await import('cancelkit');
    const sent = answering(ACCEPTED);
    const services = untyped(
      createCancelService({ acme: acme({ baseUrl: 'https://a.example', token: TOKEN }) }, { fetch: sent.fetch }),
    );
    for (const when of [on('2099-12-31'), 'earliest', 'end_of_term']) {
      const failure = await failureOf(services.cancel({ ...REQUEST, when }));
      expect(failure).toMatchObject({ code: 'unsupported', attempts: 0 });
      expect(failure.message).toContain('It offers: immediate, end_of_period');
    }
    expect(sent.requests).toEqual([]);
  });
});

describe('a cancellation that was read back', () => {
  it.each<[string, CancellationStatus, AnyWhen, string | undefined, string]>([
    ['the very day', scheduled(day('2026-12-31')), on('2026-12-31'), undefined, 'as_asked'],
    ['the day before', scheduled(day('2026-12-30')), on('2026-12-31'), undefined, 'other_timing'],
    ['the day after', scheduled(day('2027-01-01')), on('2026-12-31'), undefined, 'other_timing'],
    [
      'an instant on that day',
      scheduled(instant('2026-12-31T12:00:00.000Z')),
      on('2026-12-31'),
      undefined,
      'timing_not_told',
    ],
    [
      'an instant a day before',
      scheduled(instant('2026-12-30T23:00:00.000Z')),
      on('2026-12-31'),
      undefined,
      'timing_not_told',
    ],
    [
      'an instant a day after',
      scheduled(instant('2027-01-01T00:00:00.000Z')),
      on('2026-12-31'),
      undefined,
      'timing_not_told',
    ],
    [
      'an instant two days after',
      scheduled(instant('2027-01-02T00:00:00.000Z')),
      on('2026-12-31'),
      undefined,
      'other_timing',
    ],
    ['no date', scheduled(), on('2026-12-31'), undefined, 'timing_not_told'],
    ['a date that is none', scheduled(day('soon')), on('2026-12-31'), undefined, 'timing_not_told'],
    ['the date that was found for `earliest`', scheduled(day('2026-12-31')), 'earliest', '2026-12-31', 'as_asked'],
    [
      'another one than was found for `earliest`',
      scheduled(day('2026-12-30')),
      'earliest',
      '2026-12-31',
      'other_timing',
    ],
    [
      'a date, where none was found for `earliest`',
      scheduled(day('2026-12-31')),
      'earliest',
      undefined,
      'timing_not_told',
    ],
    ['`when` itself', scheduled(day('2026-01-01'), 'end_of_term'), 'end_of_term', undefined, 'as_asked'],
    ['another `when`', scheduled(day('2026-12-31'), 'end_of_term'), on('2026-12-31'), undefined, 'other_timing'],
    ['a date as `when`', scheduled(undefined, on('2026-12-31')), on('2026-12-31'), undefined, 'as_asked'],
    ['another date as `when`', scheduled(undefined, on('2026-12-30')), on('2026-12-31'), undefined, 'other_timing'],
    ['a date as `when` for `earliest`', scheduled(undefined, on('2026-12-31')), 'earliest', '2026-12-31', 'as_asked'],
    [
      '`earliest` with the date asked for',
      scheduled(day('2026-12-31'), 'earliest'),
      on('2026-12-31'),
      undefined,
      'as_asked',
    ],
    ['`earliest` without a date', scheduled(undefined, 'earliest'), on('2026-12-31'), undefined, 'other_timing'],
    ['a date for `end_of_term`', scheduled(day('2026-12-31')), 'end_of_term', undefined, 'timing_not_told'],
  ])('shows %s', (_name, seen, when, asksFor, expected) => {
    expect(compare(seen, when, asksFor)).toBe(expected);
  });

  it('never shows another day than the one that was asked for as that one', () => {
    const ms = fc.integer({ min: 0, max: Date.parse('9998-12-31') });
    const textOf = (value: number): string => new Date(value).toISOString().slice(0, 10);
    fc.assert(
      fc.property(ms, ms, (one, other) => {
        const is = compare(scheduled(day(textOf(one))), on(textOf(other)));
        expect(is).toBe(textOf(one) === textOf(other) ? 'as_asked' : 'other_timing');
      }),
    );
  });
});

describe('a second cancellation with another date', () => {
  it('is a conflict that names both dates', async () => {
    const failure = await failureOf(
      cancelling(answering(DUPLICATE, found(scheduled(day('2099-06-30')))), on('2099-12-31')),
    );
    expect(failure).toMatchObject({ code: 'timing_conflict', existing: { effectiveAt: { value: '2099-06-30' } } });
    expect(failure.message).toContain('for 2099-06-30 instead of 2099-12-31.');
  });

  it('is a conflict that names the first date that was found', async () => {
    const sent = answering({ earliest: '2099-12-31' }, DUPLICATE, found(scheduled(day('2099-06-30'), 'end_of_term')));
    const failure = await failureOf(cancelling(sent, 'earliest', { look: true }));
    expect(failure.message).toContain(
      'with the timing end_of_term instead of earliest (2099-12-31). Its date is 2099-06-30.',
    );
  });

  it('is a success if the dates are the same', async () => {
    const sent = answering(DUPLICATE, found(scheduled(day('2099-12-31'))));
    expect(await cancelling(sent, on('2099-12-31'))).toMatchObject({ outcome: 'already_cancelled', warnings: [] });
  });
});

describe('a cancellation for a date whose response was lost', () => {
  it.each([
    ['2099-12-31', 'scheduled'],
    ['2099-12-30', 'outcome_unknown'],
  ])('and that reads as %s is %s', async (shown, expected) => {
    const sent = answering(LOST, found(scheduled(day(shown))));
    const settled = await cancelling(sent, on('2099-12-31')).catch((error: unknown) => error);
    expect(settled).toMatchObject(
      expected === 'scheduled' ? { outcome: expected, reconciled: true, warnings: [] } : { code: expected },
    );
    expect(writesOf(sent.requests)).toHaveLength(1);
  });

  it('is compared with the date that was found for `earliest`', async () => {
    const other = answering({ earliest: '2099-12-31' }, LOST, found(scheduled(day('2099-12-30'))));
    expect(await failureOf(cancelling(other, 'earliest', { look: true }))).toMatchObject({
      code: 'outcome_unknown',
      asksFor: '2099-12-31',
    });
    const same = answering({ earliest: '2099-12-31' }, LOST, found(scheduled(day('2099-12-31'))));
    expect(await cancelling(same, 'earliest', { look: true })).toMatchObject({ outcome: 'scheduled', warnings: [] });
  });
});

describe('a cancellation that the provider accepted for another date', () => {
  it('says so', async () => {
    const accepted = { verdict: 'accepted', outcome: 'scheduled', effectiveAt: day('2099-11-30') };
    const result = await cancelling(answering(accepted), on('2099-12-31'));
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: '2099-11-30' } });
    expect(result.warnings).toEqual([
      {
        code: 'not_verified',
        message: 'The provider accepted the cancellation, but for 2099-11-30 instead of 2099-12-31.',
      },
    ]);
  });

  it('says so of what was read back', async () => {
    const result = await cancelling(answering(ACCEPTED, found(scheduled(day('2099-11-30')))), on('2099-12-31'), {
      verify: true,
    });
    expect(result.warnings).toEqual([
      {
        code: 'not_verified',
        message: 'The provider accepted the cancellation, but read back, its timing was: 2099-11-30.',
      },
    ]);
  });
});

describe('a date before the first possible one', () => {
  it('is refused by what was read, with the first possible date, and nothing is written', async () => {
    const sent = answering({ earliest: '2099-12-31' });
    const failure = await failureOf(cancelling(sent, on('2099-12-30'), { look: true }));
    expect(failure).toMatchObject({
      code: 'date_too_early',
      earliest: day('2099-12-31'),
      retryable: false,
      attempts: 1,
    });
    expect(failure.message).toBe('dated: That is too early. The earliest possible date is 2099-12-31.');
    expect(failure.toPublic()).toMatchObject({
      code: 'invalid',
      error: expect.stringContaining('for so early a date'),
    });
    expect(writesOf(sent.requests)).toEqual([]);
    await cancelling(answering({ earliest: '2099-12-31' }, ACCEPTED), on('2099-12-31'), { look: true });
  });

  it('is refused by the provider’s response, and no secret is in the date', async () => {
    const refused = {
      verdict: 'refused',
      code: 'date_too_early',
      message: 'No.',
      earliest: { ...day(TOKEN), more: TOKEN },
    };
    const failure = await failureOf(cancelling(answering(json(refused, 422)), on('2099-12-30')));
    expect(failure).toMatchObject({ code: 'date_too_early', providerStatus: 422, earliest: { value: '[REDACTED]' } });
    expect(JSON.stringify(failure)).not.toContain(TOKEN);
    expect(failure.message).not.toContain(TOKEN);
  });
});

describe('a provider that refuses the request', () => {
  it.each([
    [undefined, [{ path: 'request', expected: 'what the provider accepts (see the message)' }]],
    [[{ path: 'extras.reserveLocation', expected: 'false' }], [{ path: 'extras.reserveLocation', expected: 'false' }]],
  ])('as invalid says where: %j', async (issues, expected) => {
    const refused = { verdict: 'refused', code: 'invalid_request', message: 'The place cannot be kept.', issues };
    const failure = await failureOf(cancelling(answering(json(refused, 409)), 'earliest'));
    expect(failure).toMatchObject({ code: 'invalid_request', issues: expected, providerStatus: 409, attempts: 1 });
    expect(failure.message).toBe('dated: The place cannot be kept.');
  });

  it('as unsupported has done nothing', async () => {
    const refused = { verdict: 'refused', code: 'unsupported', message: 'An hourly service ends now only.' };
    const failure = await failureOf(cancelling(answering(refused), 'end_of_term'));
    expect(failure).toMatchObject({ code: 'unsupported', message: 'dated: An hourly service ends now only.' });
  });
});

describe('a service that the provider no longer has', () => {
  it.each([
    ['to the write itself', [json(ABSENT, 404)]],
    ['to the write itself, although it was seen before', [{ earliest: '2099-01-01' }, json(ABSENT, 404)]],
    ['to the read before the write', [json(ABSENT, 404)]],
  ])('is not found if the provider says so %s', async (_name, answers) => {
    const look = answers.length > 1 || _name.includes('before');
    const sent = answering(...answers);
    const failure = await failureOf(cancelling(sent, 'earliest', { look }));
    expect(failure).toMatchObject({ code: 'not_found', providerStatus: 404 });
  });

  it('is over if this call’s own write was accepted: read within the operation', async () => {
    expect(await cancelling(answering({ then: 'read' }, json(ABSENT, 404)), 'immediate')).toMatchObject({
      outcome: 'completed',
      reconciled: false,
    });
  });

  it('is over if this call’s own write was accepted: read to verify', async () => {
    const accepted = { verdict: 'accepted', outcome: 'scheduled', effectiveAt: day('2099-11-30') };
    const result = await cancelling(answering(accepted, json(ABSENT, 404)), 'immediate', { verify: true });
    expect(result).toMatchObject({ outcome: 'completed', warnings: [] });
    expect(result).not.toHaveProperty('effectiveAt');
  });

  it('is not known to be over if the write was not accepted', async () => {
    const sent = answering(json({ then: 'read' }, 409), json(ABSENT, 404));
    expect(await failureOf(cancelling(sent, 'immediate'))).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'absent',
    });
  });

  it('is not known to be over if the server failed while it said so', async () => {
    const sent = answering(
      { then: 'read' },
      json(ABSENT, 500),
      json(ABSENT, 500),
      json(ABSENT, 500),
      json(ABSENT, 404),
    );
    expect(await failureOf(cancelling(sent, 'immediate'))).toMatchObject({ code: 'outcome_unknown' });
  });

  it('is over after a lost response if this call has seen it before', async () => {
    const sent = answering({ earliest: '2099-01-01' }, LOST, json(ABSENT, 404));
    expect(await cancelling(sent, 'earliest', { look: true })).toMatchObject({
      outcome: 'completed',
      reconciled: true,
    });
    expect(writesOf(sent.requests)).toHaveLength(1);
  });

  it('is not known to be over after a lost response if this call has not seen it before', async () => {
    const failure = await failureOf(cancelling(answering(LOST, json(ABSENT, 404)), 'earliest'));
    expect(failure).toMatchObject({ code: 'outcome_unknown', lastSeen: 'absent' });
  });

  it('is not known to be over after a lost response if the read-back is refused in other words', async () => {
    const refused = { verdict: 'refused', code: 'not_found', message: 'No such service.' };
    const sent = answering({ earliest: '2099-01-01' }, LOST, json(refused, 404));
    const failure = await failureOf(cancelling(sent, 'earliest', { look: true }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', lastSeen: 'absent' });
  });

  it('is not found for status and options', async () => {
    const services = datedService(answering(json(ABSENT, 404)).fetch);
    for (const read of [services.status, services.options]) {
      const failure = await failureOf(read({ account: 'dated', service }));
      expect(failure).toMatchObject({ code: 'not_found', providerStatus: 404 });
    }
  });
});

describe('an adapter in JavaScript', () => {
  const none = found({ state: 'none', revocable: false, raw: null });

  it.each([
    ['an acceptance without an outcome', { verdict: 'accepted' }],
    ['an acceptance with another outcome', { verdict: 'accepted', outcome: 'done' }],
    ['an acceptance of nothing new', { verdict: 'accepted', outcome: 'already_cancelled' }],
    ['a verdict of another operation', { verdict: 'offered' }],
    ['a number', { verdict: 7 }],
    ['a confirmation by no known way', { verdict: 'confirmation_required' }],
    ['a confirmation with an address', { verdict: 'confirmation_required', sentTo: `max@example.org ${TOKEN}` }],
    ['a refusal that asks for a confirmation', { verdict: 'refused', code: 'confirmation_required', message: 'x' }],
  ])('that returns %s leaves the outcome unknown', async (_, verdict) => {
    const failure = await failureOf(cancelling(answering(verdict, none), 'immediate'));
    expect(failure.code).toBe('outcome_unknown');
    expect(failure.message).toContain('the adapter is faulty');
    expect(JSON.stringify(failure)).not.toMatch(new RegExp(`max@|${TOKEN}`));
  });

  it('that reads back a state that does not exist has shown nothing', async () => {
    const strange = { verdict: 'found', status: { state: 'cancelling', revocable: false, raw: null } };
    const ambiguous = { ...DUPLICATE, ambiguous: true };
    const failure = await failureOf(cancelling(answering(ambiguous, strange), 'immediate'));
    expect(failure.code).toBe('not_cancellable');
  });

  it('that claims to have seen a service which it did not read sends nothing', async () => {
    const { defineProvider } = await import('cancelkit/provider');
    const { createCancelService } = await import('cancelkit');
    const v = await import('valibot');
    const provider = defineProvider({
      specVersion: 2,
      id: 'seeing',
      capabilities: { ...LEAST_CAPABILITIES, readBack: true },
      config: v.strictObject({}),
      env: {},
      service: v.strictObject({ id: v.string() }),
      baseUrl: () => 'https://seeing.example',
      secrets: () => [],
      *cancel() {
        yield { effect: 'write', method: 'DELETE', path: ['service'], serviceSeen: true };
        return { verdict: 'accepted', outcome: 'requested' };
      },
      *status() {
        yield { effect: 'read', method: 'GET', path: ['service'] };
        return { verdict: 'absent' };
      },
    });
    const sent = answering(LOST, json(ABSENT, 404));
    const services = createCancelService({ seeing: provider.account({}) }, { fetch: sent.fetch });
    const failure = await failureOf(services.cancel({ account: 'seeing', service, when: 'immediate' }));
    expect(failure).toMatchObject({
      code: 'unexpected_response',
      message: expect.stringContaining('adapter is faulty'),
    });
    expect(sent.requests).toEqual([]);
  });
});

describe('an adapter that asks for', () => {
  it.each(['2099-12-30', '2099-02-30'])(
    'another date than it was given (%s) is faulty, and nothing is sent',
    async (asksFor) => {
      const { defineProvider } = await import('cancelkit/provider');
      const { createCancelService } = await import('cancelkit');
      const v = await import('valibot');
      const provider = defineProvider({
        specVersion: 2,
        id: 'moving',
        capabilities: { ...LEAST_CAPABILITIES, timings: ['on_date'] },
        config: v.strictObject({}),
        env: {},
        service: v.strictObject({ id: v.string() }),
        baseUrl: () => 'https://moving.example',
        secrets: () => [],
        *cancel() {
          yield { effect: 'write', method: 'POST', path: ['cancel'], asksFor };
          return { verdict: 'accepted', outcome: 'requested' };
        },
      });
      const sent = answering({});
      const services = createCancelService({ moving: provider.account({}) }, { fetch: sent.fetch });
      const failure = await failureOf(services.cancel({ account: 'moving', service, when: on('2099-12-31') }));
      expect(failure).toMatchObject({
        code: 'unexpected_response',
        message: expect.stringContaining('the adapter is faulty'),
      });
      expect(sent.requests).toEqual([]);
    },
  );
});
