import type { ErrorCode } from '../../contract/error-code.ts';
import { ProviderError } from '../../contract/provider-error.ts';
import type { CancelResult, SafeResult } from '../../contract/result.ts';
import type { AnyWhen, CancellationStatus, EffectiveAt, LastSeen } from '../../contract/vocabulary.ts';
import { compare } from '../../outcome/compare.ts';
import { NO_SUCH_SERVICE, confirmsCancellation } from '../../outcome/read-back.ts';
import type { Claimed, FollowReadings } from '../model/claimed.ts';
import type { FollowEnd } from '../model/follow-plan.ts';
import type { QueueState } from '../model/state.ts';
import { backoffMs, type Policy } from './policy.ts';
import { storable, storableError } from './stored-outcome.ts';
import { afterReadBackRefusal, type Pause, retryInMsOf, shutFor, whenAgain } from './when-again.ts';

/**
 * What is written into the ledger after a claim: the new state, and what comes next. Holds durations only, in
 * milliseconds from the moment of writing: the times that follow from them are the database's.
 */
export interface NextState {
  readonly state: QueueState;
  readonly result?: CancelResult;
  readonly error?: ProviderError;
  /** Until it is taken up again: in the states `planned` and `unknown`, and while it is followed. */
  readonly nextInMs?: number;
  /** Until the time that `error.retryAt` names by the clock of this process. */
  readonly retryInMs?: number;
  /** The provider did not take it: the time of giving up counts from the first time that this happened. */
  readonly hasFailed?: boolean;
  /**
   * How often it has been read back without being found. In the states `planned` and `refused`: not 0 if an earlier
   * request of it had no known outcome, so that the provider's late yes to that one still counts.
   */
  readonly readBackAttempts: number;
  /** Nothing more is done by itself: a person has to look. */
  readonly needsPerson: boolean;
  readonly pause?: Pause;
  /** The provider has let the account in. */
  readonly isLetIn?: boolean;
  /** It is planned again since the last read-back did not find it. This happens once. */
  readonly isSentAgain?: boolean;
  /** Where it was sent. */
  readonly sentTo?: string;
  /** What a read-back showed, or the code of the error that it failed with. For the history. */
  readonly seen?: Seen | { readonly failed: ErrorCode };
  /** The account leads to this place now, which is not the one that the cancellation is pinned to. */
  readonly otherPlace?: string;
  /** How it is followed. */
  readonly follow?: NextFollow;
  /** Until its first reading, if the yes to an earlier request of it turns out to settle it. */
  readonly followInMs?: number;
}

/** What is written of the following of a cancellation, beside its state. */
export interface NextFollow extends FollowReadings {
  /** The following begins: what earlier readings showed no longer counts. */
  readonly begins?: boolean;
  /** The provider answered. */
  readonly isRead?: boolean;
  /** What the readings led to, in words for a person. */
  readonly finding?: string;
  readonly ended?: FollowEnd;
}

/** What a provider was seen to say of a cancellation: without its own words, which may hold anything. */
export interface Seen {
  readonly state: LastSeen;
  readonly when?: AnyWhen;
  readonly effectiveAt?: EffectiveAt;
}

/** What is kept of a state that was read. */
export function seenOf({ state, when, effectiveAt }: CancellationStatus): Seen {
  return {
    state,
    ...(when === undefined ? {} : { when }),
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
  };
}

/**
 * What follows from an attempt to cancel.
 *
 * @param isShut whether a `forbidden` is about the whole account.
 */
export function afterSend(
  claimed: Claimed,
  settled: SafeResult<CancelResult>,
  readable: boolean,
  policy: Policy,
  isShut: boolean = false,
): NextState {
  if (settled.ok) {
    const result = storable(settled.result);
    return { state: result.outcome, result, readBackAttempts: 0, needsPerson: false };
  }
  const error = storableError(settled.error);
  if (error.code === 'outcome_unknown') return becameUnknown(error, readable, policy, isShut);
  // Nothing is cancelled until a person has passed on the token. A read-back could not distinguish an unconfirmed
  // cancellation from a missing one.
  if (error.code === 'confirmation_required')
    return { state: 'unknown', error, readBackAttempts: 0, needsPerson: true };
  const kept = { error, readBackAttempts: claimed.readBackAttempts, ...retryInMsOf(settled.error) };
  const again = whenAgain(settled.error, claimed.tries, isShut);
  if (again === undefined || claimed.failingForMs + again.nextInMs > policy.giveUpAfterMs) {
    return { ...kept, state: 'refused', needsPerson: false, ...(isShut ? { pause: shutFor(error.code).pause } : {}) };
  }
  return { ...kept, ...again, state: 'planned', needsPerson: false, hasFailed: true };
}

/** A cancellation of which it is not known whether it took effect: read back if the provider can be asked. */
export function becameUnknown(
  error: ProviderError,
  readable: boolean,
  policy: Policy,
  isShut: boolean = false,
): NextState {
  const [first = 0] = policy.readBackAfterMs;
  const unknown = { state: 'unknown', error, readBackAttempts: 0 } as const;
  // What turned the first read-back away, or answered the request in its place, turns away every other one of the
  // account.
  const refused = afterReadBackRefusal(error.readBackRefusal, isShut);
  const resting = refused ?? (isShut ? shutFor(error.code) : undefined);
  const pause = resting === undefined ? {} : { pause: resting.pause };
  if (!readable) return { ...unknown, needsPerson: true, ...pause };
  return { ...unknown, needsPerson: false, nextInMs: refused?.nextInMs ?? first, ...pause };
}

/** What follows from a read-back that was answered. */
export function afterReadBack(claimed: Claimed, seen: CancellationStatus, policy: Policy): NextState {
  const { when } = claimed.request;
  const asksFor = claimed.error?.asksFor;
  const found = confirmsCancellation(seen, when, asksFor);
  if (found !== undefined) {
    const { account, service } = claimed.request;
    const attempts = claimed.error?.attempts ?? 0;
    const operationId = claimed.error?.operationId ?? crypto.randomUUID();
    const result = storable({ account, provider: claimed.provider, service, when, ...found, attempts, operationId });
    return { state: result.outcome, result, readBackAttempts: claimed.readBackAttempts, needsPerson: false };
  }
  const readBackAttempts = claimed.readBackAttempts + 1;
  const kept = stillUnknown(claimed, readBackAttempts, seen.state);
  const [first = 0] = policy.readBackAfterMs;
  const delay = policy.readBackAfterMs[readBackAttempts];
  // However late a reading is, the next one comes no sooner than the first one did: a clock that leaps ahead must not
  // use all of them up in a second.
  if (delay !== undefined) return { ...kept, nextInMs: Math.max(delay - claimed.unknownForMs, first) };
  if (compare(seen, when, asksFor) !== 'absent') return { ...kept, needsPerson: true };
  const isSentAgain = seen.state === 'none' && claimed.whenAbsent === 'send_again' && !claimed.wasSentAgain;
  const error = confirmedAbsent(claimed, readBackAttempts, seen, isSentAgain);
  if (isSentAgain) return { state: 'planned', error, readBackAttempts, needsPerson: false, isSentAgain };
  return { state: 'refused', error, readBackAttempts, needsPerson: false };
}

/**
 * What follows from a read-back that failed: it says nothing, so it is made again.
 *
 * @param isShut whether a `forbidden` is about the whole account.
 */
export function afterFailedReadBack(
  claimed: Claimed,
  error: ProviderError,
  policy: Policy,
  isShut: boolean = false,
): NextState {
  if (error.code === 'not_found') return afterAbsence(claimed, policy);
  const kept = stillUnknown(claimed, claimed.readBackAttempts);
  const last = policy.readBackAfterMs.at(-1) ?? 0;
  const isOver = claimed.unknownForMs > last + policy.giveUpAfterMs;
  if (isOver || error.code === 'unsupported' || error.code === 'invalid_request') return { ...kept, needsPerson: true };
  // When the provider can be asked again is no time at which the request could be sent again.
  const { nextInMs, pause } = whenAgain(error, claimed.tries, isShut) ?? { nextInMs: backoffMs(claimed.tries) };
  return { ...kept, nextInMs, ...(pause === undefined ? {} : { pause }) };
}

/**
 * What follows if the account leads to another place than the one that the cancellation is pinned to. Nothing was sent
 * or read; a person has to decide.
 */
export function afterOtherPlace(claimed: Claimed, otherPlace: string): NextState {
  const { account } = claimed.request;
  const held =
    `${claimed.provider}: held, because the account leads to ${otherPlace} now and this cancellation was enqueued for ` +
    `${claimed.place ?? 'another place'}. It was not sent to the new place, and not read back there.`;
  if (claimed.task === 'read') {
    const kept = stillUnknown(claimed, claimed.readBackAttempts);
    const before = claimed.error?.message ?? `${claimed.provider}: it may have been carried out.`;
    const message = `${before} ${held}`;
    const error = new ProviderError('outcome_unknown', {
      account,
      provider: claimed.provider,
      ...claimed.error,
      message,
    });
    return { ...kept, error, needsPerson: true, otherPlace };
  }
  const error = new ProviderError('not_configured', {
    message: held,
    account,
    provider: claimed.provider,
    operation: 'cancel',
    retryable: false,
  });
  return { state: 'planned', error, readBackAttempts: claimed.readBackAttempts, needsPerson: true, otherPlace };
}

/**
 * What follows if the provider says that it has no such service. One that an earlier read-back found is over; of any
 * other it is not known whether it ever existed.
 */
function afterAbsence(claimed: Claimed, policy: Policy): NextState {
  const { lastSeen } = claimed.error ?? {};
  if (lastSeen !== undefined && lastSeen !== 'absent') {
    return afterReadBack(claimed, { state: 'completed', revocable: false, raw: null }, policy);
  }
  const readBackAttempts = claimed.readBackAttempts + 1;
  const kept = stillUnknown(claimed, readBackAttempts, 'absent');
  const [first = 0] = policy.readBackAfterMs;
  const delay = policy.readBackAfterMs[readBackAttempts];
  if (delay === undefined) return { ...kept, needsPerson: true };
  return { ...kept, nextInMs: Math.max(delay - claimed.unknownForMs, first) };
}

function stillUnknown({ error }: Claimed, readBackAttempts: number, lastSeen?: LastSeen): NextState {
  const stored =
    error === undefined || lastSeen === undefined
      ? error
      : new ProviderError('outcome_unknown', { ...error, message: wordsFor(error, lastSeen), lastSeen });
  return { state: 'unknown', ...(stored === undefined ? {} : { error: stored }), readBackAttempts, needsPerson: false };
}

/** A person who has to decide needs to know what an absence can mean. */
function wordsFor({ message }: ProviderError, lastSeen: LastSeen): string {
  return lastSeen !== 'absent' || message.includes(NO_SUCH_SERVICE) ? message : `${message} ${NO_SUCH_SERVICE}`;
}

function confirmedAbsent(
  claimed: Claimed,
  readBackAttempts: number,
  seen: CancellationStatus,
  isSentAgain: boolean,
): ProviderError {
  const doubt = claimed.error;
  const next = isSentAgain ? 'It is sent again, once.' : 'If it is still wanted, enqueue it again under a new id.';
  const message =
    `${claimed.provider}: confirmed not cancelled. The response to the request was lost, and it was read back ${readBackAttempts} times ` +
    `since: no cancellation is there. ${next}`;
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
