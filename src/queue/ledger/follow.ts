import type { ProviderError } from '../../contract/provider-error.ts';
import type { CancelResult } from '../../contract/result.ts';
import type { CancellationStatus } from '../../contract/vocabulary.ts';
import type { Claimed, Followed, Following, FollowReadings } from '../model/claimed.ts';
import type { FollowDoubt, FollowEnd, FollowPlan } from '../model/follow-plan.ts';
import { isFollowedState } from '../model/state.ts';
import { dueOf, endOf, endOfPlan, firstLate, hasMoved } from './follow-dates.ts';
import { findingOf, lastFinding, TORN } from './follow-finding.ts';
import type { NextFollow, NextState } from './next-state.ts';
import type { Policy } from './policy.ts';
import { storable } from './stored-outcome.ts';
import { whenAgain } from './when-again.ts';

/** What a queue follows, and where it can. */
export interface FollowingQueue {
  /** How what the provider accepted is followed, unless its own options say so. */
  readonly follow: FollowPlan | false;
  /** The accounts that are worked on here, and whether each can be read back. */
  readonly readable: ReadonlyMap<string, boolean>;
}

/** How a cancellation is followed: by its own options, otherwise by the queue's; not at all if nothing can be read. */
export function planOf(
  { follow, request }: Pick<Claimed, 'follow' | 'request'>,
  queue: FollowingQueue,
): FollowPlan | false {
  return queue.readable.get(request.account) === true ? (follow ?? queue.follow) : false;
}

/** Begins to follow what has just been accepted. */
export function followed(next: NextState, plan: FollowPlan | false): NextState {
  if (plan === false) return next;
  if (!isFollowedState(next.state)) return { ...next, followInMs: plan.afterMs };
  return { ...next, nextInMs: plan.afterMs, follow: { begins: true } };
}

/**
 * The next state after a reading that the provider answered: with a state, or by saying that it has no such service.
 */
export function afterFollowReading(following: Following, seen: CancellationStatus | 'absent'): NextState {
  if (seen === 'absent') return afterAbsence(following);
  const result = withReading(following.followed, seen);
  const readings = { seen: seen.state, hasSeenService: true };
  if (seen.state === 'completed') {
    return {
      ...stateOf(following, { ...result, outcome: 'completed' }),
      state: 'completed',
      follow: readFrom(readings),
    };
  }
  const current = { ...following, followed: { ...following.followed, result } };
  const doubt = doubtOf(current, seen);
  if (doubt !== undefined) return afterDoubt(current, readings, doubt, findingOf(current, doubt, seen));
  return goOn(current, readings);
}

/**
 * What follows from a reading that failed: it says nothing, so it is made again later, until the plan is over. It is
 * given up no sooner than `giveUpAfterMs` after the first failure: a worker may come back when the plan is over
 * already.
 *
 * @param isShut whether a `forbidden` is about the whole account.
 */
export function afterFailedFollow(
  following: Following,
  error: ProviderError,
  policy: Policy,
  isShut: boolean = false,
): NextState {
  if (error.code === 'not_found') return afterAbsence(following);
  const { claimed, followed: current } = following;
  const { nowMs, readings } = current;
  // A clock that was set back lets the failures begin anew.
  const failingSinceMs = Math.min(readings.failingSinceMs ?? nowMs, nowMs);
  const isOver = nowMs >= Math.max(endOfPlan(following), failingSinceMs) + policy.giveUpAfterMs;
  if (isOver || error.code === 'unsupported' || error.code === 'invalid_request') return afterLastFailure(following);
  const again = whenAgain(error, claimed.tries, isShut);
  const nextInMs = Math.max(retryInMs(following, nowMs - failingSinceMs), again?.nextInMs ?? 0);
  return { ...stateOf(following), follow: { ...readings, failingSinceMs }, ...again, nextInMs };
}

/** What follows if it cannot be read any more: what the readings before that have shown, if they agree on it. */
function afterLastFailure(following: Following): NextState {
  const { followed: current } = following;
  const { doubt, doubts = 0, seen = 'unknown' } = current.readings;
  if (doubt !== 'overdue' || doubts < PROOF) return end(following, 'unconfirmed');
  return {
    ...stateOf(following),
    state: 'overdue',
    needsPerson: true,
    follow: { ...current.readings, finding: lastFinding(following, seen) },
  };
}

/**
 * How long to wait until a failed reading is repeated. Before the cancellation's date, the wait grows with the time for
 * which readings have failed, but ends no later than the next planned reading.
 */
function retryInMs(following: Following, failingForMs: number): number {
  const { followed: current, claimed, plan } = following;
  const due = dueOf(current, claimed);
  const least = plan.everyMs / FAILED_SHARE;
  const { nowMs, sinceMs } = current;
  if (due === undefined) return Math.min(Math.max(least, sinceMs / FAILED_SHARE), plan.undatedEveryMs);
  const rarer = Math.max(least, failingForMs / FAILED_SHARE);
  return nowMs < due + plan.afterDateMs ? Math.min(rarer, nextReading(due, nowMs, plan) - nowMs) : least;
}

/** When the next reading of a dated one is due: some time before its date, or after it. */
function nextReading(due: number, nowMs: number, { beforeDateMs, afterDateMs, everyMs }: FollowPlan): number {
  const atDate = due + afterDateMs;
  if (nowMs >= atDate) return nowMs + everyMs;
  return Math.min(atDate, ...beforeDateMs.map((ms) => due - ms).filter((atMs) => atMs > nowMs));
}

/** Ends the following without a finding. The state stays. */
export function end(following: Following, ended: FollowEnd): NextState {
  return { ...stateOf(following), follow: { ...following.followed.readings, ended } };
}

/** A reading that was not finished. */
export function followAgain(claimed: Claimed, current: Followed): NextState {
  return {
    state: current.state,
    result: current.result,
    readBackAttempts: claimed.readBackAttempts,
    needsPerson: false,
    nextInMs: 0,
    follow: current.readings,
  };
}

/** The same reading as one that decides nothing yet. */
export function undecided(following: Following, { follow = {} }: NextState): NextState {
  const { finding: _finding, ...readings } = follow;
  return { ...stateOf(following), follow: readings, nextInMs: following.plan.everyMs };
}

// A failed reading is repeated after this part of the time between two readings, of the time since the first failure,
// or, without a date, of the time since it was accepted.
const FAILED_SHARE = 8;

// One reading can be wrong: from a cache, or of a moment in which the provider changes something.
const PROOF = 2;

// As often readings may contradict each other.
const MOST_TURNS = 4;

function afterAbsence(following: Following): NextState {
  const { followed: current } = following;
  const readings = { seen: 'absent', hasSeenService: current.readings.hasSeenService } as const;
  const due = dueOf(current, following.claimed);
  // Before its date, and of a service that was perhaps never there, an absence proves nothing: an account whose
  // credentials changed, or a wrong id, look the same.
  const isProof = existed(current) && (due === undefined || current.nowMs >= due);
  if (!isProof) return goOn(following, readings);
  return afterDoubt(following, readings, 'gone', undefined);
}

/** Whether the service is known to have existed: the provider accepted its cancellation, or a reading showed it. */
function existed({ result, readings }: Followed): boolean {
  return readings.hasSeenService === true || !isByPerson(result);
}

function isByPerson({ warnings }: CancelResult): boolean {
  return warnings.some(({ code }) => code === 'resolved_by_person');
}

/** What a state says against the cancellation. */
function doubtOf(following: Following, seen: CancellationStatus): 'lapsed' | 'overdue' | undefined {
  const { followed: current, claimed, plan } = following;
  if (seen.state === 'none' || seen.state === 'failed' || hasMoved(current.result, seen)) return 'lapsed';
  const due = dueOf(current, claimed);
  return due !== undefined && current.nowMs >= firstLate(due, current, claimed, plan) ? 'overdue' : undefined;
}

function afterDoubt(
  following: Following,
  { seen, hasSeenService }: FollowReadings,
  doubt: FollowDoubt,
  finding: string | undefined,
): NextState {
  const { followed: current, plan } = following;
  const { readings, result } = current;
  const doubts = (readings.doubt === doubt ? (readings.doubts ?? 0) : 0) + 1;
  const isTurn = readings.doubt !== undefined && readings.doubt !== doubt;
  const turns = (readings.turns ?? 0) + (isTurn ? 1 : 0);
  const follow = readFrom({ seen, hasSeenService, doubt, doubts, turns });
  const isEarly = doubt === 'overdue' && current.nowMs < endOfPlan(following);
  const isTorn = turns >= MOST_TURNS && current.nowMs >= endOfPlan(following);
  if (isTorn)
    return { ...stateOf(following), state: 'overdue', needsPerson: true, follow: { ...follow, finding: TORN } };
  // Without a date, an account that was exchanged for another customer's looks the same: that has time to be noticed.
  const isUndated = doubt === 'gone' && dueOf(current, following.claimed) === undefined;
  const nextInMs = isUndated ? plan.undatedEveryMs : plan.everyMs;
  if (doubts < PROOF || isEarly) return { ...stateOf(following), follow, nextInMs };
  if (doubt === 'gone') {
    const { existing: _existing, ...rest } = result;
    return { ...stateOf(following, { ...rest, outcome: 'completed' }), state: 'completed', follow };
  }
  return {
    ...stateOf(following),
    state: doubt,
    needsPerson: true,
    follow: { ...follow, ...(finding === undefined ? {} : { finding }) },
  };
}

/** What follows from a reading that speaks for the cancellation, or says nothing. */
function goOn(following: Following, { seen, hasSeenService }: FollowReadings): NextState {
  const { followed: current, claimed, plan } = following;
  const due = dueOf(current, claimed);
  const isOver = current.nowMs >= endOfPlan(following);
  // One that says nothing settles no earlier doubt, either.
  const { doubt, doubts, turns } = seen === 'unknown' || seen === 'absent' ? current.readings : {};
  const follow = readFrom({ seen, hasSeenService, doubt, doubts, turns });
  if (isOver) return { ...stateOf(following), follow: { ...follow, ended: 'unconfirmed' } };
  const { nowMs } = current;
  const nextInMs = due === undefined ? plan.undatedEveryMs : nextReading(due, nowMs, plan) - nowMs;
  return { ...stateOf(following), follow, nextInMs: Math.min(Math.max(nextInMs, 1), LONGEST_MS) };
}

// What a provider names as a date may lie beyond all calendars.
const LONGEST_MS = 100 * 365 * 86_400_000;

/**
 * The result with what the reading showed. A date that it names is the promise from here on, if there was none, if that
 * one was computed here, or if it is earlier.
 */
function withReading({ result }: Followed, seen: CancellationStatus): CancelResult {
  const { effectiveAt: promised } = result;
  const { effectiveAt: shown } = seen;
  const isEarlier = (endOf(shown) ?? NaN) < (endOf(promised) ?? Infinity);
  // What a person has found out, the provider does not show.
  const isOpen = promised === undefined || (!isByPerson(result) && (promised.source !== 'provider' || isEarlier));
  const takes = shown !== undefined && isOpen;
  return storable({
    ...result,
    ...(takes ? { effectiveAt: shown } : {}),
    ...(seen.state === 'scheduled' && !hasMoved(result, seen) ? { outcome: 'scheduled' } : {}),
    ...(seen.state === 'none' ? {} : { existing: seen }),
  });
}

function stateOf({ claimed, followed: current }: Following, result: CancelResult = current.result): NextState {
  const state = result.outcome === 'scheduled' ? 'scheduled' : current.state;
  return { state, result, readBackAttempts: claimed.readBackAttempts, needsPerson: false };
}

function readFrom(readings: FollowReadings): NextFollow {
  return { ...readings, isRead: true };
}
