import { ProviderError } from '../provider-error.ts';
import { isWall } from '../lane-gate.ts';
import { foundAsWanted, NO_SUCH_SERVICE } from '../reconcile-unknown.ts';
import type { CancelResult, SafeResult } from '../result.ts';
import type { CancellationStatus, LastSeen } from '../vocabulary.ts';
import type { Claimed } from './claimed.ts';
import { backoffMs, REST_MS, SLOW_DOWN_MS, type Policy } from './policy.ts';
import type { QueueState } from './state.ts';
import { storable, storableError } from './stored-outcome.ts';

/** What is written into the ledger after a claim: where the cancellation stands now, and what comes next. */
export interface Settlement {
  readonly state: QueueState;
  readonly result?: CancelResult;
  readonly error?: ProviderError;
  /** Milliseconds since the epoch: when it is taken up again, in the states `planned` and `unknown`. */
  readonly next?: number;
  /** How often it has been read back without being found. */
  readonly readings: number;
  /** Nothing more is done by itself: a person has to look. */
  readonly needsPerson: boolean;
  readonly unknownSince?: number;
  readonly firstFailedAt?: number;
  /** The whole account rests until then. */
  readonly pause?: { readonly until: number; readonly because: string };
}

/** What follows from an attempt to cancel. `now` in milliseconds since the epoch. */
export function afterSend(
  claimed: Claimed,
  settled: SafeResult<CancelResult>,
  readable: boolean,
  policy: Policy,
  now: number,
): Settlement {
  if (settled.ok) {
    const result = storable(settled.result);
    return { state: result.outcome, result, readings: 0, needsPerson: false };
  }
  const error = storableError(settled.error);
  if (error.code === 'outcome_unknown') return becameUnknown(error, readable, policy, now);
  const firstFailedAt = claimed.firstFailedAt ?? now;
  const again = whenAgain(error, claimed.tries, now);
  if (again === undefined || again.next - firstFailedAt > policy.giveUpAfterMs) {
    return { state: 'refused', error, readings: 0, needsPerson: false };
  }
  return { state: 'planned', error, readings: 0, needsPerson: false, firstFailedAt, ...again };
}

/** A cancellation of which it is not known whether it took effect: read back where that is possible. */
export function becameUnknown(error: ProviderError, readable: boolean, policy: Policy, now: number): Settlement {
  const [first = 0] = policy.readBackAfterMs;
  const unknown = { state: 'unknown', error, readings: 0, unknownSince: now } as const;
  return readable ? { ...unknown, needsPerson: false, next: now + first } : { ...unknown, needsPerson: true };
}

/** What follows from a read-back that was answered. */
export function afterReading(claimed: Claimed, seen: CancellationStatus, policy: Policy, now: number): Settlement {
  const found = foundAsWanted(seen, claimed.request.when);
  if (found !== undefined) {
    const { account, service, when } = claimed.request;
    const attempts = claimed.error?.attempts ?? 0;
    const operationId = claimed.error?.operationId ?? crypto.randomUUID();
    const result = storable({ account, provider: claimed.provider, service, when, ...found, attempts, operationId });
    return { state: result.outcome, result, readings: claimed.readings, needsPerson: false };
  }
  const readings = claimed.readings + 1;
  const kept = stillUnknown(claimed, readings, now, seen.state);
  const delay = policy.readBackAfterMs[readings];
  if (delay !== undefined) return { ...kept, next: Math.max(kept.unknownSince + delay, now) };
  const isAbsent = seen.state === 'none' || seen.state === 'failed';
  if (!isAbsent) return { ...kept, needsPerson: true };
  return { state: 'refused', error: confirmedAbsent(claimed, readings, seen), readings, needsPerson: false };
}

/** What follows from a read-back that failed: it says nothing, so it is made again. */
export function afterFailedReading(claimed: Claimed, error: ProviderError, policy: Policy, now: number): Settlement {
  if (error.code === 'not_found') return afterAbsence(claimed, policy, now);
  const kept = stillUnknown(claimed, claimed.readings, now);
  const last = policy.readBackAfterMs.at(-1) ?? 0;
  const isOver = now - kept.unknownSince > last + policy.giveUpAfterMs;
  if (isOver || error.code === 'unsupported' || error.code === 'invalid_request') return { ...kept, needsPerson: true };
  const again = whenAgain(error, claimed.tries, now);
  return { ...kept, ...(again ?? { next: now + backoffMs(claimed.tries) }) };
}

/**
 * What follows where the provider says that it has no such service. One that an earlier read-back found is over; of any
 * other it is not known whether it ever existed.
 */
function afterAbsence(claimed: Claimed, policy: Policy, now: number): Settlement {
  const { lastSeen } = claimed.error ?? {};
  if (lastSeen !== undefined && lastSeen !== 'absent') {
    return afterReading(claimed, { state: 'completed', revocable: false, raw: null }, policy, now);
  }
  const readings = claimed.readings + 1;
  const kept = stillUnknown(claimed, readings, now, 'absent');
  const delay = policy.readBackAfterMs[readings];
  if (delay === undefined) return { ...kept, needsPerson: true };
  return { ...kept, next: Math.max(kept.unknownSince + delay, now) };
}

function stillUnknown(
  claimed: Claimed,
  readings: number,
  now: number,
  lastSeen?: LastSeen,
): Settlement & { readonly unknownSince: number } {
  const unknownSince = claimed.unknownSince ?? now;
  const { error } = claimed;
  const stored =
    error === undefined || lastSeen === undefined
      ? error
      : new ProviderError('outcome_unknown', { ...error, message: wordsFor(error, lastSeen), lastSeen });
  return {
    state: 'unknown',
    ...(stored === undefined ? {} : { error: stored }),
    readings,
    needsPerson: false,
    unknownSince,
  };
}

/** A person who has to decide needs to know what an absence can mean. */
function wordsFor({ message }: ProviderError, lastSeen: LastSeen): string {
  return lastSeen !== 'absent' || message.includes(NO_SUCH_SERVICE) ? message : `${message} ${NO_SUCH_SERVICE}`;
}

/** When a cancellation is tried again that the provider did not take, or `undefined` if that would change nothing. */
function whenAgain(
  error: ProviderError,
  tries: number,
  now: number,
): Required<Pick<Settlement, 'next'>> | (Required<Pick<Settlement, 'next' | 'pause'>> & object) | undefined {
  const { code, retryAt } = error;
  const told = retryAt === undefined ? undefined : Date.parse(retryAt);
  const rest = (next: number): Required<Pick<Settlement, 'next' | 'pause'>> => ({
    next,
    pause: { until: next, because: code },
  });
  if (code === 'rate_limited') return rest(told ?? now + SLOW_DOWN_MS);
  if (code === 'unauthorized' || code === 'not_configured' || isWall(error)) return rest(now + REST_MS);
  if (code !== 'unavailable' && code !== 'aborted') return undefined;
  return told === undefined ? { next: now + backoffMs(tries) } : rest(told);
}

function confirmedAbsent(claimed: Claimed, readings: number, seen: CancellationStatus): ProviderError {
  const doubt = claimed.error;
  const message =
    `${claimed.provider}: confirmed not cancelled. The answer to the request was lost, and it was read back ${readings} times ` +
    'since: no cancellation is there. If it is still wanted, enqueue it again under a new id.';
  return new ProviderError('rejected', {
    message,
    account: claimed.request.account,
    provider: claimed.provider,
    operation: 'cancel',
    attempts: doubt?.attempts ?? 0,
    operationId: doubt?.operationId,
    existing: seen.state === 'failed' ? seen : undefined,
  });
}
