import { ProviderError, type CancellationStatus, type EffectiveAt, type ErrorCode } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toClaimed } from '../../src/queue/ledger/claimed-row.ts';
import { afterFailedFollow, afterFollowReading, followed } from '../../src/queue/ledger/follow.ts';
import type { NextState } from '../../src/queue/ledger/next-state.ts';
import type { Claimed, Following } from '../../src/queue/model/claimed.ts';
import { DEFAULT_FOLLOW, followPlanOf } from '../../src/queue/model/follow-plan.ts';
import { acceptedResult } from '../support/result.ts';
import { claimedWith } from './support/claimed.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const POLICY = { readBackAfterMs: [1_000], giveUpAfterMs: DAY };
/** When the following began. */
const BEGAN = Date.UTC(2026, 0, 1);

/** What a provider can say when it is asked. */
type Answer = CancellationStatus | 'absent' | ErrorCode;

const date = (value: string, source: EffectiveAt['source'] = 'provider'): EffectiveAt => ({
  value,
  precision: 'date',
  source,
});
const state = (name: CancellationStatus['state'], effectiveAt?: EffectiveAt): CancellationStatus => ({
  state: name,
  ...(effectiveAt === undefined ? {} : { effectiveAt }),
  revocable: false,
  raw: null,
});

describe('the reading of a followed cancellation', () => {
  it('begins a day after the provider accepted it, where it is followed', () => {
    const accepted = { state: 'requested', readBackAttempts: 0, needsPerson: false } as const;
    expect(followed(accepted, DEFAULT_FOLLOW)).toEqual({ ...accepted, nextInMs: DAY, follow: { begins: true } });
    expect(followed(accepted, false)).toBe(accepted);
    for (const other of ['completed', 'already_cancelled', 'refused', 'unknown', 'planned'] as const) {
      expect(followed({ ...accepted, state: other }, DEFAULT_FOLLOW).nextInMs).toBeUndefined();
    }
  });

  it('takes times that are left out from the default', () => {
    expect(followPlanOf({ afterMs: 5, forMs: undefined })).toEqual({ ...DEFAULT_FOLLOW, afterMs: 5 });
    expect(followPlanOf({ beforeDateMs: [] })).toEqual({ ...DEFAULT_FOLLOW, beforeDateMs: [] });
    expect([followPlanOf(true), followPlanOf(false)]).toEqual([DEFAULT_FOLLOW, false]);
  });

  const end = date('2026-02-01');
  // Over at UTC-12 at noon of the next day.
  const over = Date.UTC(2026, 1, 2, 12);

  it('comes 7 and 3 days before its date, and a day after that is over in every time zone', () => {
    const readings = replay(end, () => state('scheduled', end));
    expect(readings.map(({ atMs }) => atMs).slice(0, 4)).toEqual([
      BEGAN + DAY,
      over - 7 * DAY,
      over - 3 * DAY,
      over + DAY,
    ]);
    const next = afterFollowReading(at(over - 3 * DAY, end), state('scheduled', end));
    expect(next).toMatchObject({ state: 'scheduled', needsPerson: false, follow: { seen: 'scheduled' } });
  });

  it('is made daily for a week after that', () => {
    const readings = replay(end, () => state('requested', end));
    expect(readings.map(({ atMs }) => (atMs - over) / DAY).slice(3)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(readings.at(-1)?.next).toMatchObject({ state: 'overdue', needsPerson: true });
  });

  it('follows a plan that an earlier version kept by the times that this one adds', () => {
    const { beforeDateMs: _added, ...earlier } = { ...DEFAULT_FOLLOW, afterMs: 5 };
    const { request, result, place } = at(BEGAN, end).claimed;
    const row = {
      id: 'one',
      claim: 1,
      request,
      provider: 'acme',
      priority: 0,
      state: 'requested',
      tries: 1,
      readings: 0,
    };
    const others = { place, traceparent: null, when_absent: 'refuse', sent_again: false, error: null, following: null };
    const claimed = toClaimed({ ...row, ...others, result, follow: earlier });
    expect(claimed.follow).toEqual({ ...DEFAULT_FOLLOW, afterMs: 5 });
    expect(toClaimed({ ...row, ...others, result, follow: false }).follow).toBe(false);
  });

  it.each([30, 400, 3_600])('shows before a date %s days ahead that the cancellation was undone there', (days) => {
    const far = date(new Date(BEGAN + days * DAY).toISOString().slice(0, 10));
    const farOver = BEGAN + (days + 1.5) * DAY;
    const readings = replay(far, (index) => state(index === 0 ? 'scheduled' : 'none', far));
    expect(readings.map(({ atMs }) => (atMs - farOver) / DAY).slice(1)).toEqual([-7, -6]);
    expect(readings.at(-1)?.next).toMatchObject({ state: 'lapsed', needsPerson: true });
  });

  it('leaves out a time before the date that has passed, and all of them if none is asked for', () => {
    const soon = date('2026-01-07');
    const readings = replay(soon, () => state('scheduled', soon));
    expect(readings.map(({ atMs }) => (atMs - BEGAN) / DAY).slice(0, 3)).toEqual([1, 4.5, 8.5]);
    const following = { ...at(BEGAN + DAY, end), plan: { ...DEFAULT_FOLLOW, beforeDateMs: [] } };
    const next = afterFollowReading(following, state('scheduled', end));
    expect(BEGAN + DAY + (next.nextInMs ?? NaN)).toBe(over + DAY);
  });

  it('that fails days before the date is made again before it', () => {
    const readings = replay(end, (index) => (index === 1 ? 'unavailable' : state('scheduled', end)));
    expect(readings.map(({ atMs }) => (atMs - over) / HOUR).slice(1, 4)).toEqual([-7 * 24, -7 * 24 + 3, -3 * 24]);
  });

  it('is made daily for a week if it was for now', () => {
    const readings = replay(undefined, () => state('requested'), 'immediate');
    expect(readings.map(({ atMs }) => (atMs - BEGAN) / DAY)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(readings.at(-1)?.next).toMatchObject({ state: 'overdue', needsPerson: true });
  });

  it('is made daily for a week after the acceptance if the date that the provider named had passed by then', () => {
    const past = date('2025-11-01');
    const readings = replay(past, () => state('requested', past));
    expect(readings.map(({ atMs }) => (atMs - BEGAN) / DAY)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(readings.at(-1)?.next).toMatchObject({ state: 'overdue', needsPerson: true });
  });

  it('is made weekly while the date is not known, and ends unconfirmed', () => {
    const readings = replay(undefined, () => state('requested'));
    expect(readings.slice(0, 3).map(({ atMs }) => (atMs - BEGAN) / DAY)).toEqual([1, 8, 15]);
    expect(readings.at(-1)?.next).toMatchObject({
      state: 'requested',
      needsPerson: false,
      follow: { ended: 'unconfirmed' },
    });
    expect(((readings.at(-1)?.atMs ?? 0) - BEGAN) / DAY).toBeGreaterThanOrEqual(400);
  });

  it('takes the date of a person’s own choice if the provider shows none', () => {
    const readings = replay(undefined, () => state('requested'), { on: '2026-02-01' });
    expect(readings.at(-1)?.next.state).toBe('overdue');
    expect(((readings.at(-1)?.atMs ?? 0) - over) / DAY).toBe(8);
  });

  it.each(['none', 'failed'] as const)(
    'lapses after two in a row that show “%s”, a day apart, and not after one',
    (shown) => {
      const first = afterFollowReading(at(BEGAN + DAY, end), state(shown));
      expect(first).toMatchObject({ state: 'requested', needsPerson: false, nextInMs: DAY, follow: { doubts: 1 } });
      const second = afterFollowReading(at(BEGAN + 2 * DAY, end, first), state(shown));
      expect(second).toMatchObject({ state: 'lapsed', needsPerson: true, follow: { doubts: 2 } });
      expect(second.nextInMs).toBeUndefined();
      const back = afterFollowReading(at(BEGAN + 2 * DAY, end, first), state('scheduled', end));
      expect(back.follow?.doubts).toBeUndefined();
      // What says nothing settles no doubt.
      const silent = afterFollowReading(at(BEGAN + 2 * DAY, end, first), state('unknown'));
      expect(silent.follow).toMatchObject({ doubt: 'lapsed', doubts: 1 });
    },
  );

  it.each([
    ['2026-02-02', false, 'a day later, which can be a time zone'],
    ['2026-01-20', false, 'earlier'],
    ['2026-03-01', true, 'a period later'],
    ['2027-02-01', true, 'a year later'],
  ])('compares the end that is shown, %s, with the one that was promised: lapsed is %s', (shown, isLapsed) => {
    const next = afterFollowReading(at(BEGAN + DAY, end), state('scheduled', date(shown)));
    expect(next.follow?.doubt).toBe(isLapsed ? 'lapsed' : undefined);
  });

  it('does not take a date that was computed here for a promise', () => {
    const next = afterFollowReading(
      at(BEGAN + DAY, date('2026-02-01', 'computed')),
      state('scheduled', date('2026-05-01')),
    );
    expect(next).toMatchObject({ result: { effectiveAt: date('2026-05-01') } });
    expect(next.follow?.doubt).toBeUndefined();
  });

  it('proves nothing if there is no such service before its date', () => {
    const before = afterFollowReading(at(BEGAN + DAY, end), 'absent');
    expect(before).toMatchObject({ state: 'requested', needsPerson: false });
    expect(before.follow?.doubt).toBeUndefined();
    const after = afterFollowReading(at(over + DAY, end), 'absent');
    expect(after).toMatchObject({ state: 'requested', follow: { doubt: 'gone', doubts: 1 } });
    const twice = afterFollowReading(at(over + 2 * DAY, end, after), 'absent');
    expect(twice).toMatchObject({ state: 'completed', needsPerson: false, result: { outcome: 'completed' } });
  });

  it('finds a service gone whose date is not known by two readings that are a week apart', () => {
    const first = afterFollowReading(at(BEGAN + DAY, undefined), 'absent');
    expect(first).toMatchObject({ state: 'requested', nextInMs: 7 * DAY, follow: { doubt: 'gone', doubts: 1 } });
    const failed = afterFailedFollow(
      at(BEGAN + DAY, undefined),
      new ProviderError('not_found', { message: 'x' }),
      POLICY,
    );
    expect(failed.nextInMs).toBe(7 * DAY);
    expect(afterFollowReading(at(BEGAN + 8 * DAY, undefined, first), 'absent').state).toBe('completed');
    expect(afterFollowReading(at(BEGAN + 8 * DAY, undefined, first), state('requested')).follow?.doubt).toBeUndefined();
  });

  it('does not take a service for gone that only a person said was cancelled, and that was never seen', () => {
    const byPerson = { code: 'resolved_by_person', message: '' } as const;
    let following = at(over + DAY, end);
    following = {
      ...following,
      followed: { ...following.followed, result: { ...following.followed.result, warnings: [byPerson] } },
    };
    const next = afterFollowReading(following, 'absent');
    expect(next.follow?.doubt).toBeUndefined();
    const { readings } = following.followed;
    const seenBefore = {
      ...following,
      followed: { ...following.followed, readings: { ...readings, hasSeenService: true } },
    };
    expect(afterFollowReading(seenBefore, 'absent').follow?.doubt).toBe('gone');
  });

  it('needs two readings also if the worker comes a year late', () => {
    const first = afterFollowReading(at(over + 365 * DAY, end), state('requested', end));
    expect(first).toMatchObject({ state: 'requested', needsPerson: false, nextInMs: DAY });
    expect(afterFollowReading(at(over + 366 * DAY, end, first), state('requested', end))).toMatchObject({
      state: 'overdue',
    });
  });

  const codes: readonly ErrorCode[] = [
    'unavailable',
    'rate_limited',
    'unauthorized',
    'not_configured',
    'rejected',
    'unexpected_response',
    'aborted',
  ];
  it.each(codes)('changes nothing if it fails with %s, and ends unconfirmed if it never succeeds', (code) => {
    const next = afterFailedFollow(at(BEGAN + DAY, end), new ProviderError(code, { message: 'x' }), POLICY);
    expect(next).toMatchObject({ state: 'requested', needsPerson: false });
    expect(next.nextInMs).toBeGreaterThanOrEqual(3 * HOUR);
    const readings = replay(end, () => code);
    expect(readings.at(-1)?.next).toMatchObject({
      state: 'requested',
      needsPerson: false,
      follow: { ended: 'unconfirmed' },
    });
    // Also over a year: a provider that is gone is not asked all day.
    expect(replay(date('2027-02-01'), () => code).length).toBeLessThan(150);
    expect(replay(undefined, () => code).length).toBeLessThan(150);
  });

  it('is not given up after one failure if the worker comes a month late', () => {
    const late = over + 40 * DAY;
    const fail = (atMs: number, before?: NextState): NextState =>
      afterFailedFollow(at(atMs, end, before), new ProviderError('rate_limited', { message: 'x' }), POLICY);
    const first = fail(late);
    expect(first.follow?.ended).toBeUndefined();
    expect(first.nextInMs).toBeGreaterThan(0);
    const second = fail(late + DAY - HOUR, first);
    expect(second.follow?.ended).toBeUndefined();
    expect(fail(late + DAY, second).follow?.ended).toBe('unconfirmed');
    // A response between them begins anew, and so does a clock that was set back.
    const answered = afterFollowReading(at(late + HOUR, end, first), 'absent');
    expect(fail(late + DAY, answered).follow?.ended).toBeUndefined();
    expect(fail(late - 10 * DAY, first).follow).toMatchObject({ failingSinceMs: late - 10 * DAY });
  });

  it('is overdue if two readings showed that after its date, and the provider does not answer any more', () => {
    // One a day after the acceptance, two before the date, and two after it.
    const answers: readonly Answer[] = Array.from({ length: 5 }, () => state('requested', end));
    const readings = replay(end, (index) => answers[index] ?? 'unauthorized');
    const { next } = readings.at(-1) ?? {};
    expect(next).toMatchObject({ state: 'overdue', needsPerson: true, follow: { doubt: 'overdue', doubts: 2 } });
    expect(next?.follow?.finding).toMatch(/ended on 2026-02-01.*state: requested.*has not answered/);
    expect(next?.follow?.ended).toBeUndefined();
    const once = replay(end, (index) => answers[index + 1] ?? 'unauthorized').at(-1);
    expect(once?.next).toMatchObject({ needsPerson: false, follow: { ended: 'unconfirmed' } });
  });

  it('rests the account if its credentials are refused', () => {
    const next = afterFailedFollow(at(BEGAN + DAY, end), new ProviderError('unauthorized', { message: 'x' }), POLICY);
    expect(next.pause).toMatchObject({ because: 'unauthorized' });
  });

  const when = fc.constantFrom<Claimed['request']['when'][]>('immediate', 'end_of_period', { on: '2026-02-01' });
  const effectiveAt = fc.option(
    fc.constantFrom(date('2026-02-01'), date('2026-02-01', 'computed'), date('2027-02-01'), date('soon')),
    { nil: undefined },
  );
  const states = fc.constantFrom('none', 'requested', 'scheduled', 'completed', 'failed', 'unknown');
  const answer: fc.Arbitrary<Answer> = fc.oneof(
    fc.tuple(states, effectiveAt).map(([name, at]) => state(name, at)),
    fc.constantFrom('absent', 'unavailable', 'rejected', 'unauthorized'),
  );

  it('ends, sends nothing, and needs two readings for every finding but the provider’s own word', () => {
    fc.assert(
      fc.property(when, effectiveAt, fc.array(answer, { minLength: 1, maxLength: 20 }), (asked, promised, answers) => {
        const readings = replay(promised, (index) => answers[index % answers.length] ?? 'absent', asked);
        const last = readings.at(-1);
        expect(readings.length).toBeLessThan(200);
        for (const { next } of readings.slice(0, -1)) {
          expect(['requested', 'scheduled']).toContain(next.state);
          expect(next.needsPerson).toBe(false);
          expect(next.nextInMs).toBeGreaterThan(0);
        }
        expect(['requested', 'scheduled', 'completed', 'lapsed', 'overdue']).toContain(last?.next.state);
        const isStill = last?.next.state === 'requested' || last?.next.state === 'scheduled';
        expect(last?.next.follow?.ended).toBe(isStill ? 'unconfirmed' : undefined);
        const isTold = typeof last?.answer === 'object' && last.answer.state === 'completed';
        const isTorn = last?.next.follow?.finding?.includes('contradict') === true;
        if (!isStill && !isTold && !isTorn) expect(last?.next.follow?.doubts).toBeGreaterThanOrEqual(2);
        expect(last?.next.needsPerson).toBe(last?.next.state === 'lapsed' || last?.next.state === 'overdue');
      }),
    );
  });
});

interface Reading {
  readonly atMs: number;
  readonly answer: Answer;
  readonly next: NextState;
}

/** Reads until nothing more is read. */
function replay(
  promised: EffectiveAt | undefined,
  answerOf: (index: number) => Answer,
  when: Claimed['request']['when'] = 'end_of_period',
): readonly Reading[] {
  const readings: Reading[] = [];
  let atMs = BEGAN + DEFAULT_FOLLOW.afterMs;
  for (let next: NextState | undefined; readings.length < 5_000;) {
    const following = at(atMs, promised, next, when);
    const answer = answerOf(readings.length);
    next =
      typeof answer === 'object' || answer === 'absent'
        ? afterFollowReading(following, answer)
        : afterFailedFollow(following, new ProviderError(answer, { message: 'x' }), POLICY);
    readings.push({ atMs, answer, next });
    if (next.nextInMs === undefined) break;
    atMs += next.nextInMs;
  }
  return readings;
}

/** One that is read at this time, after what an earlier reading led to. */
function at(
  nowMs: number,
  effectiveAt: EffectiveAt | undefined,
  before?: NextState,
  when: Claimed['request']['when'] = 'end_of_period',
): Following {
  const result = before?.result ?? acceptedResult({ when, ...(effectiveAt === undefined ? {} : { effectiveAt }) });
  const { begins: _begins, isRead: _isRead, ...readings } = before?.follow ?? {};
  const now = before?.state === 'scheduled' ? 'scheduled' : 'requested';
  const followedNow = { state: now, result, nowMs, sinceMs: nowMs - BEGAN, readings } as const;
  const claimed = claimedWith({
    request: { account: 'shop', service: { id: 'service-1' }, when },
    task: 'follow',
    claimedAtMs: nowMs,
    result,
    followed: followedNow,
  });
  return { claimed, followed: followedNow, plan: DEFAULT_FOLLOW };
}
