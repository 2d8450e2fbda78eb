import { ProviderError, type CancellationStatus, type CancelResult, type ErrorCode, type SafeResult } from 'cancelkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Call } from '../../src/call/call.ts';
import { noteForeign } from '../../src/call/error-notes.ts';
import { ERROR_CODES } from '../../src/contract/error-code.ts';
import { type NextState, afterFailedReadBack, afterReadBack, afterSend } from '../../src/queue/ledger/next-state.ts';
import { REST_MS, SLOW_DOWN_MS, backoffMs } from '../../src/queue/ledger/policy.ts';
import { readAgain, sendAgain } from '../../src/queue/ledger/recovery.ts';
import type { Claimed } from '../../src/queue/model/claimed.ts';
import { acceptedResult } from '../support/result.ts';
import { claimedWith } from './support/claimed.ts';

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const POLICY = { readBackAfterMs: [1_000, 5_000, 60_000], giveUpAfterMs: HOUR };
const SUCCESSES = ['requested', 'scheduled', 'completed', 'already_cancelled'] as const;

// An error says when to come back by the clock of this process, which is the only use that is made of it.
beforeAll(() => vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterAll(() => vi.useRealTimers());

describe('what follows from an attempt to cancel', () => {
  it.each(SUCCESSES)('is %s where cancel says so', (outcome) => {
    const next = afterSend(claimedWith(), success(outcome), true, POLICY);
    expect(next).toEqual({ state: outcome, result: result(outcome), readBackAttempts: 0, needsPerson: false });
  });

  const told = 7_000;
  const refused = { state: 'refused', needsPerson: false } as const;
  const rests = (nextInMs: number, because: ErrorCode): object => ({
    state: 'planned',
    nextInMs,
    hasFailed: true,
    pause: { forMs: nextInMs, because },
  });
  const turnedAway = {
    ...rests(REST_MS, 'unauthorized'),
    pause: { forMs: REST_MS, because: 'unauthorized', isTurnedAway: true },
  };
  const cases: readonly (readonly [ErrorCode, 'without' | 'with', object])[] = [
    ['invalid_request', 'without', refused],
    ['unknown_account', 'without', refused],
    ['unsupported', 'without', refused],
    ['forbidden', 'without', refused],
    ['not_found', 'without', refused],
    ['not_cancellable', 'without', refused],
    ['timing_conflict', 'without', refused],
    ['date_too_early', 'without', refused],
    ['confirmation_required', 'without', { state: 'unknown', needsPerson: true }],
    ['rejected', 'without', refused],
    ['unexpected_response', 'without', refused],
    ['not_configured', 'without', rests(REST_MS, 'not_configured')],
    ['unauthorized', 'without', turnedAway],
    ['unauthorized', 'with', turnedAway],
    ['rate_limited', 'without', rests(SLOW_DOWN_MS, 'rate_limited')],
    ['rate_limited', 'with', rests(told, 'rate_limited')],
    ['unavailable', 'without', { state: 'planned', nextInMs: backoffMs(1), hasFailed: true }],
    ['unavailable', 'with', rests(told, 'unavailable')],
    ['aborted', 'without', { state: 'planned', nextInMs: backoffMs(1), hasFailed: true }],
    ['outcome_unknown', 'without', { state: 'unknown', nextInMs: 1_000 }],
  ];
  it.each(cases)('is as the table says after %s %s a time to come back', (code, has, expected) => {
    const error = failure(code, has === 'with' ? new Date(NOW + told).toISOString() : undefined);
    const next = afterSend(claimedWith(), { ok: false, error }, true, POLICY);
    const retry = has === 'with' ? { retryInMs: told } : {};
    expect(next).toEqual({ readBackAttempts: 0, needsPerson: false, error, ...retry, ...expected });
  });

  it('is defined for every code', () => {
    expect(new Set(cases.map(([code]) => code))).toEqual(new Set(Object.keys(ERROR_CODES)));
  });

  it('needs a person if the outcome is unknown and the provider cannot be asked', () => {
    const error = failure('outcome_unknown');
    expect(afterSend(claimedWith(), { ok: false, error }, false, POLICY)).toEqual({
      state: 'unknown',
      error,
      readBackAttempts: 0,
      needsPerson: true,
    });
  });

  it.each(['unavailable', 'rate_limited', 'unauthorized', 'not_configured', 'aborted'] as const)(
    'is refused after %s where the next try would come too late',
    (code) => {
      const outcome: SafeResult<CancelResult> = { ok: false, error: failure(code) };
      const after = (failingForMs: number): NextState =>
        afterSend({ ...claimedWith(), failingForMs }, outcome, true, POLICY);
      expect(after(HOUR - REST_MS)).toMatchObject({ state: 'planned', hasFailed: true });
      expect(after(HOUR)).toEqual({ state: 'refused', error: outcome.error, readBackAttempts: 0, needsPerson: false });
    },
  );

  it('waits longer after each try, up to a quarter of an hour', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 1_000].map((tries) => {
      const outcome: SafeResult<CancelResult> = { ok: false, error: failure('unavailable') };
      const { nextInMs } = afterSend({ ...claimedWith(), tries }, outcome, true, POLICY);
      return (nextInMs ?? 0) / 1_000;
    });
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });
});

describe('a time that an error names', () => {
  const after = (retryAt: string, tries = 1): NextState =>
    afterSend({ ...claimedWith(), tries }, { ok: false, error: failure('rate_limited', retryAt) }, true, POLICY);

  it('is a duration from now on, whatever the clock of this process says', () => {
    for (const offBy of [-25 * HOUR, -HOUR / 3, 0, HOUR / 2]) {
      vi.setSystemTime(NOW + offBy);
      const next = after(new Date(NOW + offBy + 90_000).toISOString());
      expect(next).toMatchObject({ nextInMs: 90_000, retryInMs: 90_000, pause: { forMs: 90_000 } });
    }
    vi.setSystemTime(NOW);
  });

  it.each([-25 * HOUR, -HOUR / 3, HOUR / 2])('is the same duration if the clock is set by %i ms meanwhile', (by) => {
    using _stopped = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    const error = new Call('cancel').error({ code: 'rate_limited', message: 'busy', retryInMs: 90_000 });
    vi.setSystemTime(NOW + by);
    const next = afterSend(claimedWith(), { ok: false, error }, true, POLICY);
    vi.setSystemTime(NOW);
    expect(next).toMatchObject({ nextInMs: 90_000, retryInMs: 90_000, pause: { forMs: 90_000 } });
  });

  it('that has passed makes the account rest all the same, longer with each try', () => {
    const past = new Date(NOW - HOUR).toISOString();
    expect([1, 2, 3, 7, 50].map((tries) => after(past, tries).nextInMs)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
  });

  it('that cannot be read counts as none', () => {
    expect(after('soon')).toMatchObject({ nextInMs: SLOW_DOWN_MS });
  });
});

describe('what follows if a wall is in front of the provider', () => {
  it('is a rest of the whole account', () => {
    const error = new ProviderError('unavailable', { message: 'acme: a challenge', retryable: false });
    expect(afterSend(claimedWith(), { ok: false, error }, true, POLICY)).toMatchObject({
      state: 'planned',
      pause: { forMs: REST_MS, because: 'unavailable' },
    });
  });
});

describe('what follows if the account is turned away', () => {
  it.each([401, 407])('with %i, whatever the words, is a rest of the whole account', (providerStatus) => {
    const error = new ProviderError('unexpected_response', { message: 'acme: a page', providerStatus });
    expect(afterSend(claimedWith(), { ok: false, error }, true, POLICY)).toMatchObject({
      state: 'planned',
      pause: { forMs: REST_MS, because: 'unexpected_response' },
    });
  });

  it.each(['unauthorized', 'unavailable', 'unexpected_response'] as const)(
    'by the read-back after a lost response (%s) is a rest, too, before it is read back again',
    (readBackRefusal) => {
      const error = new ProviderError('outcome_unknown', { message: 'acme: lost', readBackRefusal });
      expect(afterSend(claimedWith(), { ok: false, error }, true, POLICY)).toMatchObject({
        state: 'unknown',
        needsPerson: false,
        nextInMs: REST_MS,
        pause: { forMs: REST_MS, because: readBackRefusal },
      });
    },
  );

  it.each([
    ['unauthorized', false, { forMs: REST_MS, because: 'unauthorized', isTurnedAway: true }],
    ['unavailable', false, { forMs: REST_MS, because: 'unavailable', isTurnedAway: true }],
    ['forbidden', true, { forMs: REST_MS, because: 'forbidden', isTurnedAway: true }],
    ['forbidden', false, undefined],
  ] as const)(
    'by a response that stands for the read-back (%s, shut: %s) rests also where nothing can be read back',
    (readBackRefusal, isShut, pause) => {
      const error = new ProviderError('outcome_unknown', { message: 'acme: a text answered', readBackRefusal });
      const next = afterSend(claimedWith(), { ok: false, error }, false, POLICY, isShut);
      expect([next.state, next.needsPerson, next.nextInMs, next.pause]).toEqual(['unknown', true, undefined, pause]);
    },
  );

  it('is turned away, whatever else the response proves or does not', () => {
    const foreign = new ProviderError('unexpected_response', { message: 'acme: a page', providerStatus: 401 });
    noteForeign(foreign, false);
    const wall = new ProviderError('unavailable', { message: 'acme: a challenge', retryable: false });
    for (const error of [foreign, wall, failure('unauthorized')]) {
      for (const isShut of [false, true]) {
        const next = afterSend(claimedWith(), { ok: false, error }, true, POLICY, isShut);
        expect(next).toMatchObject({ state: 'planned', nextInMs: REST_MS, pause: { isTurnedAway: true } });
      }
    }
  });

  it('is no longer rest because of several answers of something else, which proves nothing of the credentials', () => {
    const foreign = failure('unexpected_response');
    noteForeign(foreign, false);
    const unknownOne = new ProviderError('outcome_unknown', { message: 'acme: lost' });
    for (const error of [foreign, unknownOne]) {
      const { pause } = afterSend(claimedWith(), { ok: false, error }, true, POLICY, true);
      expect(pause).toEqual({ forMs: REST_MS, because: error.code });
    }
  });

  it('by a read-back that is forbidden, which can be about one service, is no rest', () => {
    const error = new ProviderError('outcome_unknown', { message: 'acme: lost', readBackRefusal: 'forbidden' });
    const next = afterSend(claimedWith(), { ok: false, error }, true, POLICY);
    expect([next.state, next.nextInMs, next.pause]).toEqual(['unknown', 1_000, undefined]);
  });
});

describe('an account that nothing shows to be let in', () => {
  const shut = { nextInMs: 2 * REST_MS, pause: { forMs: REST_MS, because: 'forbidden' }, needsPerson: false };

  it('rests after a cancellation that is forbidden, which waits longer than the account', () => {
    const settlement = afterSend(claimedWith(), { ok: false, error: failure('forbidden') }, true, POLICY, true);
    expect(settlement).toMatchObject({ state: 'planned', hasFailed: true, ...shut });
  });

  it('rests after the last of several that proved nothing, and a person has to look if it cannot be read back', () => {
    const error = new ProviderError('outcome_unknown', {
      message: 'acme: a page answered',
      reason: 'unreadable_answer',
    });
    const pause = { forMs: REST_MS, because: 'outcome_unknown' };
    expect(afterSend(claimedWith(), { ok: false, error }, true, POLICY, true)).toMatchObject({
      state: 'unknown',
      needsPerson: false,
      nextInMs: 1_000,
      pause,
    });
    const blind = afterSend(claimedWith(), { ok: false, error }, false, POLICY, true);
    expect(blind).toMatchObject({ state: 'unknown', needsPerson: true, pause });
    expect(blind).not.toHaveProperty('nextInMs');
  });

  it('keeps a cancellation if something else answered before it was sent, and tries it again', () => {
    const error = failure('unexpected_response');
    noteForeign(error, false);
    const kept = { state: 'planned', hasFailed: true, needsPerson: false };
    const next = afterSend(claimedWith(), { ok: false, error }, true, POLICY);
    expect(next).toMatchObject({ ...kept, nextInMs: backoffMs(1) });
    expect(next).not.toHaveProperty('pause');
    const pause = { forMs: REST_MS, because: 'unexpected_response' };
    expect(afterSend(claimedWith(), { ok: false, error }, true, POLICY, true)).toMatchObject({ ...kept, pause });
  });

  it('does not send a cancellation again that something else answered, and rests after several', () => {
    const error = failure('unexpected_response');
    noteForeign(error, true);
    const next = afterSend(claimedWith(), { ok: false, error }, true, POLICY);
    expect([next.state, next.nextInMs, next.pause]).toEqual(['refused', undefined, undefined]);
    const pause = { forMs: REST_MS, because: 'unexpected_response' };
    const last = afterSend(claimedWith(), { ok: false, error }, true, POLICY, true);
    expect([last.state, last.nextInMs, last.pause]).toEqual(['refused', undefined, pause]);
  });

  it('rests after a read-back that is forbidden, directly or later', () => {
    const error = new ProviderError('outcome_unknown', { message: 'acme: lost', readBackRefusal: 'forbidden' });
    const states = [
      afterSend(claimedWith(), { ok: false, error }, true, POLICY, true),
      afterFailedReadBack(unknown(), failure('forbidden'), POLICY, true),
    ];
    for (const state of states) expect(state).toMatchObject({ state: 'unknown', ...shut });
  });
});

describe('what follows if the provider has no such service', () => {
  const gone = failure('not_found');

  it.each(['none', 'requested', 'unknown'] as const)(
    'is completed where an earlier read-back saw it: %s',
    (lastSeen) => {
      const { error } = unknown();
      const doubt = new ProviderError('outcome_unknown', { ...error, message: error?.message ?? '', lastSeen });
      const next = afterFailedReadBack({ ...unknown(), error: doubt }, gone, POLICY);
      expect(next).toMatchObject({
        state: 'completed',
        needsPerson: false,
        result: { outcome: 'completed', reconciled: true, existing: { state: 'completed' } },
      });
    },
  );

  it('is read back again if it was never seen, and then left to a person, with what was seen', () => {
    const first = afterFailedReadBack(unknown(), gone, POLICY);
    expect(first).toMatchObject({
      state: 'unknown',
      readBackAttempts: 1,
      needsPerson: false,
      error: { lastSeen: 'absent' },
    });
    expect(first.error?.message).toMatch(/no such service: either the cancellation took effect, or the id was wrong/);
    const again = { ...unknown({ readBackAttempts: 2 }), ...(first.error === undefined ? {} : { error: first.error }) };
    const last = afterFailedReadBack(again, gone, POLICY);
    expect(last).toMatchObject({ state: 'unknown', needsPerson: true, error: { lastSeen: 'absent' } });
    expect(last.error?.message).toBe(first.error?.message);
  });
});

describe('what follows from a read-back that was answered', () => {
  const states = ['requested', 'scheduled', 'completed'] as const;
  it.each(states)('is %s where that is what it shows, with the timing that was asked for', (state) => {
    const effectiveAt = { value: '2026-02-01', precision: 'date', source: 'provider' } as const;
    const seen: CancellationStatus = { ...status(state), when: 'end_of_period', effectiveAt };
    expect(afterReadBack(unknown({ readBackAttempts: 2 }), seen, POLICY)).toEqual({
      state,
      readBackAttempts: 2,
      needsPerson: false,
      result: {
        account: 'shop',
        provider: 'acme',
        service: { id: 'service-1' },
        when: 'end_of_period',
        outcome: state,
        effectiveAt,
        existing: seen,
        reconciled: true,
        warnings: [],
        attempts: 1,
        operationId: 'operation-1',
        raw: seen.raw,
      },
    });
  });

  it('says so if the timing is not shown', () => {
    const { state, result: found } = afterReadBack(unknown(), status('scheduled'), POLICY);
    expect([state, found?.warnings.map(({ code }) => code)]).toEqual(['scheduled', ['timing_unknown']]);
  });

  it('is not the cancellation that was sent if it is for another date than the request asked for', () => {
    const asked: Claimed = {
      ...unknown({ readBackAttempts: 2 }),
      error: new ProviderError('outcome_unknown', { message: 'lost', asksFor: '2099-12-31' }),
    };
    const earliest: Claimed = { ...asked, request: { ...asked.request, when: 'earliest' } };
    const on = (value: string): CancellationStatus => ({
      ...status('scheduled'),
      effectiveAt: { value, precision: 'date', source: 'provider' },
    });
    expect(afterReadBack(earliest, on('2099-06-30'), POLICY)).toMatchObject({ state: 'unknown', needsPerson: true });
    const { state, result: found } = afterReadBack(earliest, on('2099-12-31'), POLICY);
    expect([state, found?.warnings]).toEqual(['scheduled', []]);
  });

  it('is completed whatever the timing was', () => {
    const seen: CancellationStatus = { ...status('completed'), when: 'immediate' };
    expect(afterReadBack(unknown(), seen, POLICY)).toMatchObject({ state: 'completed', needsPerson: false });
  });

  const notFound: readonly CancellationStatus[] = [
    status('none'),
    status('failed'),
    status('unknown'),
    { ...status('requested'), when: 'immediate' },
    { ...status('scheduled'), when: 'immediate' },
  ];
  it.each(notFound)('is another reading, on the schedule, after $state with the timing $when', (seen) => {
    const nextAfter = (readBackAttempts: number, unknownForMs: number): Partial<NextState> => {
      const { state, nextInMs, ...rest } = afterReadBack(unknown({ readBackAttempts, unknownForMs }), seen, POLICY);
      expect([state, rest.needsPerson, rest.error?.code]).toEqual(['unknown', false, 'outcome_unknown']);
      expect(rest.error?.lastSeen).toBe(seen.state);
      return { readBackAttempts: rest.readBackAttempts, ...(nextInMs === undefined ? {} : { nextInMs }) };
    };
    expect(nextAfter(0, 1_000)).toEqual({ readBackAttempts: 1, nextInMs: 4_000 });
    expect(nextAfter(1, 5_000)).toEqual({ readBackAttempts: 2, nextInMs: 55_000 });
    // However late a reading is, the provider is given some time until the next one.
    expect(nextAfter(0, HOUR)).toEqual({ readBackAttempts: 1, nextInMs: 1_000 });
    expect(nextAfter(1, 25 * HOUR)).toEqual({ readBackAttempts: 2, nextInMs: 1_000 });
  });

  it.each(notFound.slice(0, 2))('is refused as confirmed not cancelled after the last reading with $state', (seen) => {
    const next = afterReadBack(unknown({ readBackAttempts: 2 }), seen, POLICY);
    expect(next).toMatchObject({
      state: 'refused',
      readBackAttempts: 3,
      needsPerson: false,
      error: { code: 'rejected' },
    });
    expect(next.error?.message).toContain('confirmed not cancelled');
    expect(next.error?.message).toContain('read back 3 times');
    expect(next.error?.existing).toEqual(seen.state === 'failed' ? seen : undefined);
    expect(next.nextInMs).toBeUndefined();
  });

  it.each(notFound.slice(2))('needs a person after the last reading with $state and the timing $when', (seen) => {
    const next = afterReadBack(unknown({ readBackAttempts: 2 }), seen, POLICY);
    expect(next).toMatchObject({ state: 'unknown', readBackAttempts: 3, needsPerson: true });
    expect(next.nextInMs).toBeUndefined();
  });
});

describe('an absence that the last reading confirms, for one that is to be sent again then', () => {
  const last = (more: Partial<Claimed>, state: CancellationStatus['state'] = 'none'): NextState =>
    afterReadBack(unknown({ readBackAttempts: 2, whenAbsent: 'send_again', ...more }), status(state), POLICY);

  it('plans it again, and says so', () => {
    const next = last({});
    expect(next).toMatchObject({ state: 'planned', readBackAttempts: 3, needsPerson: false, isSentAgain: true });
    expect(next.error?.message).toContain('sent again, once');
  });

  it('does so once', () => {
    expect(last({ wasSentAgain: true })).toMatchObject({ state: 'refused', error: { code: 'rejected' } });
  });

  it('does so for nothing but an absence, and at no earlier reading', () => {
    expect(last({}, 'failed')).toMatchObject({ state: 'refused' });
    expect(last({}, 'unknown')).toMatchObject({ state: 'unknown', needsPerson: true });
    for (const readBackAttempts of [0, 1])
      expect(last({ readBackAttempts })).toMatchObject({ state: 'unknown', needsPerson: false });
  });
});

describe('what follows from a read-back that failed', () => {
  it.each(['unavailable', 'unexpected_response', 'forbidden', 'aborted'] as const)(
    'is another one after %s, which counts for nothing',
    (code) => {
      const claimed = unknown({ readBackAttempts: 1, tries: 3 });
      const next = afterFailedReadBack(claimed, failure(code), POLICY);
      const { error } = claimed;
      expect(next).toEqual({
        state: 'unknown',
        error,
        readBackAttempts: 1,
        needsPerson: false,
        nextInMs: backoffMs(3),
      });
    },
  );

  it.each([
    ['rate_limited', SLOW_DOWN_MS],
    ['unauthorized', REST_MS],
    ['not_configured', REST_MS],
  ] as const)('lets the account rest after %s', (code, rest) => {
    expect(afterFailedReadBack(unknown(), failure(code), POLICY)).toMatchObject({
      state: 'unknown',
      needsPerson: false,
      nextInMs: rest,
      pause: { forMs: rest, because: code },
    });
  });

  it.each(['unsupported', 'invalid_request'] as const)('needs a person after %s', (code) => {
    const next = afterFailedReadBack(unknown(), failure(code), POLICY);
    expect(next).toMatchObject({ state: 'unknown', needsPerson: true, error: { code: 'outcome_unknown' } });
    expect(next.nextInMs).toBeUndefined();
  });

  it('needs a person once it has failed for longer than anything is tried after the last reading', () => {
    const until = 60_000 + HOUR;
    const after = (unknownForMs: number): NextState =>
      afterFailedReadBack(unknown({ unknownForMs }), failure('unavailable'), POLICY);
    expect(after(until)).toMatchObject({ state: 'unknown', needsPerson: false });
    expect(after(until + 1)).toMatchObject({ state: 'unknown', needsPerson: true });
  });
});

describe('whatever happens to a cancellation', () => {
  type Step =
    | { readonly does: 'answer'; readonly outcome: SafeResult<CancelResult> }
    | { readonly does: 'see'; readonly seen: CancellationStatus }
    | { readonly does: 'fail'; readonly error: ProviderError }
    | { readonly does: 'lose' };

  const codes = Object.keys(ERROR_CODES).filter((code): code is ErrorCode => Object.hasOwn(ERROR_CODES, code));
  const errors = fc
    .tuple(fc.constantFrom(...codes), fc.option(fc.integer({ min: -HOUR, max: 2 * HOUR })))
    .map(([code, delay]) => failure(code, delay === null ? undefined : new Date(NOW + delay).toISOString()));
  const statuses = fc
    .tuple(
      fc.constantFrom('none', 'requested', 'scheduled', 'completed', 'failed', 'unknown' as const),
      fc.constantFrom('immediate', 'end_of_period', undefined),
    )
    .map(([state, when]): CancellationStatus => ({ ...status(state), ...(when === undefined ? {} : { when }) }));
  const steps = fc.array(
    fc.record({
      passed: fc.integer({ min: 0, max: HOUR }),
      readable: fc.boolean(),
      // What happens if it is sent, and what if it is read back.
      sent: fc.oneof(
        errors.map((error): Step => ({ does: 'answer', outcome: { ok: false, error } })),
        fc.constantFrom(...SUCCESSES).map((outcome): Step => ({ does: 'answer', outcome: success(outcome) })),
        fc.constant<Step>({ does: 'lose' }),
      ),
      read: fc.oneof(
        statuses.map((seen): Step => ({ does: 'see', seen })),
        errors.map((error): Step => ({ does: 'fail', error })),
        fc.constant<Step>({ does: 'lose' }),
      ),
    }),
    { maxLength: 30 },
  );

  it('is never sent again once it is unknown, and done only by a yes or by being found', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let claimed = claimedWith();
        let wasUnknown = false;
        for (const { passed, readable, sent, read } of all) {
          const step = claimed.task === 'send' ? sent : read;
          const next = settle(claimed, step, readable);
          wasUnknown ||= next.state === 'unknown';
          if (wasUnknown) expect(next.state).not.toBe('planned');
          if (isSuccess(next.state)) {
            expect(provesIt(step)).toBe(true);
            expect(next.result?.outcome).toBe(next.state);
          }
          // Nothing waits for ever: it is settled, a person has to look, or it is taken up again at a known time.
          const goesOn = next.state === 'planned' || next.state === 'unknown';
          expect(goesOn ? next.needsPerson || step.does === 'lose' || next.nextInMs !== undefined : true).toBe(true);
          if (!goesOn || next.needsPerson) return;
          claimed = claimedAgain(claimed, next, passed);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('is not planned by any reading, whatever the state of the row', () => {
    const claims = fc
      .record({
        tries: fc.nat(50),
        readBackAttempts: fc.nat(5),
        unknownForMs: fc.nat(100 * HOUR),
        failingForMs: fc.nat(100 * HOUR),
        wasSentAgain: fc.boolean(),
        error: fc.option(errors, { nil: undefined }),
      })
      .map((more): Claimed => ({ ...unknown(), ...more }));
    fc.assert(
      fc.property(claims, statuses, errors, (claimed, seen, error) => {
        expect(afterReadBack(claimed, seen, POLICY).state).not.toBe('planned');
        expect(afterFailedReadBack(claimed, error, POLICY).state).toBe('unknown');
      }),
      { numRuns: 2_000 },
    );
  });

  function settle(claimed: Claimed, step: Step, readable: boolean): NextState {
    switch (step.does) {
      case 'answer':
        return afterSend(claimed, step.outcome, readable, POLICY);
      case 'see':
        return afterReadBack(claimed, step.seen, POLICY);
      case 'fail':
        return afterFailedReadBack(claimed, step.error, POLICY);
      case 'lose':
        return claimed.task === 'send' ? sendAgain(claimed) : readAgain(claimed);
    }
  }

  function provesIt(step: Step): boolean {
    if (step.does === 'answer') return step.outcome.ok;
    // Only of a service that an earlier reading saw.
    if (step.does === 'fail') return step.error.code === 'not_found';
    if (step.does !== 'see') return false;
    const { state, when } = step.seen;
    const isThere = state === 'completed' || ((state === 'requested' || state === 'scheduled') && when !== 'immediate');
    return isThere;
  }

  function claimedAgain(claimed: Claimed, next: NextState, passed: number): Claimed {
    const { state, readBackAttempts, error, isSentAgain } = next;
    const task = state === 'unknown' ? 'read' : 'send';
    const { claim, tries, failingForMs, unknownForMs } = claimed;
    const ages = {
      failingForMs: task === 'send' && (failingForMs > 0 || next.hasFailed === true) ? failingForMs + passed : 0,
      unknownForMs: task === 'read' ? unknownForMs + passed : 0,
    };
    const wasSentAgain = claimed.wasSentAgain || isSentAgain === true;
    return { ...claimed, ...ages, task, claim: claim + 1, tries: tries + 1, readBackAttempts, error, wasSentAgain };
  }
});

function isSuccess(state: string): boolean {
  return SUCCESSES.some((success) => success === state);
}

function unknown(more: Partial<Claimed> = {}): Claimed {
  return claimedWith({ task: 'read', error: failure('outcome_unknown'), ...more });
}

function result(outcome: CancelResult['outcome']): CancelResult {
  return acceptedResult({ outcome, raw: { status: 200, body: { fine: true } } });
}

function success(outcome: CancelResult['outcome']): SafeResult<CancelResult> {
  return { ok: true, result: result(outcome) };
}

function failure(code: ErrorCode, retryAt?: string): ProviderError {
  const reason = code === 'outcome_unknown' ? 'timeout' : undefined;
  return new ProviderError(code, {
    message: `acme: ${code}.`,
    retryAt,
    reason,
    attempts: 1,
    operationId: 'operation-1',
  });
}

function status(state: CancellationStatus['state']): CancellationStatus {
  return { state, revocable: false, raw: { state } };
}
