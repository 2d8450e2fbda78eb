import { isWall } from '../../bulk/account-access.ts';
import { isForeign, isForeignAfterWrite, waitOf } from '../../call/error-notes.ts';
import type { ErrorCode } from '../../contract/error-code.ts';
import type { ProviderError } from '../../contract/provider-error.ts';
import { isLoginStatus } from '../../sending/judge-response.ts';
import { backoffMs, leastWaitMs, REST_MS, SLOW_DOWN_MS } from './policy.ts';

/** When it is made again, and whether the account rests until then. */
export interface Again {
  readonly nextInMs: number;
  readonly pause?: Pause;
  /** Until the time that the error names by the clock of this process. */
  readonly retryInMs?: number;
}

/**
 * How long the whole account rests. With `isTurnedAway`, each rest is longer than the one before, until the account is
 * let in.
 */
export interface Pause {
  readonly forMs: number;
  readonly because: string;
  readonly isTurnedAway?: boolean;
}

interface Resting extends Again {
  readonly pause: Pause;
}

/** When a request is made again that the provider did not take, or `undefined` if that would change nothing. */
export function whenAgain(error: ProviderError, tries: number, isShut: boolean): Again | undefined {
  const { code } = error;
  if (code === 'forbidden' && isShut) return shutFor(code);
  const isTurnedAway = code === 'unauthorized' || isLoginStatus(error.providerStatus) || isWall(error);
  if (isTurnedAway) return turnedAway(code);
  // Nothing is sent, so nothing is gained by a longer rest.
  if (code === 'not_configured') return rest(code, REST_MS);
  // A no to the write itself stops it, whoever said it: a panel can also redirect after it has stored a request.
  if (isForeignAfterWrite(error)) return undefined;
  if (isShut) return shutFor(code);
  // Something else answered a login or a read, such as a maintenance page, and the provider may answer again.
  if (isForeign(error)) return { nextInMs: backoffMs(tries) };
  if (code !== 'rate_limited' && code !== 'unavailable' && code !== 'aborted') return undefined;
  const { retryInMs } = retryInMsOf(error);
  if (retryInMs !== undefined) {
    // A wrong clock, here or at the provider, can make nothing of a time that was named.
    const wait = Math.max(retryInMs, leastWaitMs(tries));
    return { ...rest(code, wait), retryInMs: wait };
  }
  return code === 'rate_limited' ? rest(code, SLOW_DOWN_MS) : { nextInMs: backoffMs(tries) };
}

/** How long an account rests after it refused a token together with the credentials. */
export function restAfter(error: ProviderError): Pause | undefined {
  // Other refusals may be about the token alone, whatever their status.
  if (error.code !== 'unauthorized' && error.code !== 'rate_limited') return undefined;
  return whenAgain(error, 1, false)?.pause;
}

/** The rest of an account whose read-back was refused, unless that may be about one service. */
export function afterReadBackRefusal(refusal: ErrorCode | undefined, isShut: boolean): Resting | undefined {
  if (refusal === undefined) return undefined;
  if (refusal !== 'forbidden') return turnedAway(refusal);
  return isShut ? shutFor(refusal) : undefined;
}

/** The account is left alone until its credentials or its address are corrected. */
function turnedAway(because: ErrorCode): Resting {
  return { nextInMs: REST_MS, pause: { forMs: REST_MS, because, isTurnedAway: true } };
}

/** The account is left alone, too. */
function rest(because: ErrorCode, nextInMs: number): Resting {
  return { nextInMs, pause: { forMs: nextInMs, because } };
}

/**
 * The account is most likely shut as a whole. The cancellation waits longer than the account rests, so that the others
 * come first: one of them may show that the account is let in.
 */
export function shutFor(because: ErrorCode): Resting {
  const { pause } = because === 'forbidden' ? turnedAway(because) : rest(because, REST_MS);
  return { nextInMs: 2 * REST_MS, pause };
}

/** How long it is until the time that an error names. */
export function retryInMsOf(error: ProviderError): Pick<Again, 'retryInMs'> {
  const retryInMs = waitOf(error);
  return retryInMs === undefined ? {} : { retryInMs };
}
