import type { ErrorCode } from '../contract/error-code.ts';
import type { ProviderError } from '../contract/provider-error.ts';
import { isLoginStatus } from '../sending/judge-response.ts';

/** What the answers of a provider show of an account: whether it can be reached, and whether it is let in. */
export class AccountAccess {
  #hasAnswered = false;
  #wasLetIn = false;
  #isTurnedAway = false;

  /** Whether the account has answered anything. Until then its address and its credentials are in doubt. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Whether the next request should go alone: nothing was answered yet, or the last answer turned the account away. */
  get isInDoubt(): boolean {
    return !this.#hasAnswered || this.#isTurnedAway;
  }

  /**
   * Learns from how a request ended.
   *
   * @returns whether it was refused as `forbidden` although nothing shows that the account was let in since the start, or
   * since the last `forbidden`: then it is most likely about the whole account. Otherwise it may be about one service.
   */
  learn(error: ProviderError | undefined): boolean {
    const isAnswered = reachOf(error) === 'answered';
    this.#hasAnswered ||= isAnswered;
    const code = error?.readBackRefusal ?? error?.code;
    const isShut = code === 'forbidden' && !this.#wasLetIn;
    if (isLetIn(error)) {
      this.#wasLetIn = true;
    } else if (code === 'forbidden') {
      this.#wasLetIn = false;
    }
    if (turnsAway(error, isShut)) this.#isTurnedAway = true;
    else if (isAnswered) this.#isTurnedAway = false;
    return isShut;
  }
}

/** Whether the outcome of a request shows that the provider has let the account in. */
export function isLetIn(error: ProviderError | undefined): boolean {
  if (error === undefined) return true;
  return error.providerStatus !== undefined && ANSWERS_OF_THE_ACCOUNT.has(error.readBackRefusal ?? error.code);
}

/** Whether the answer is the same for every request of the account, as one to wrong credentials is. */
function turnsAway(error: ProviderError | undefined, isShut: boolean): boolean {
  if (error === undefined) return false;
  const { code, readBackRefusal: refusal, providerStatus } = error;
  if (code === 'forbidden' || refusal === 'forbidden') return isShut;
  return refusal !== undefined || code === 'unauthorized' || isLoginStatus(providerStatus) || isWall(error);
}

/** Whether the same request fails until someone changes something. */
export function isWall({ code, retryable }: ProviderError): boolean {
  return code === 'unavailable' && !retryable;
}

/** Whether a request proves that the account can be reached, or failed to reach it; `undefined` if it says neither. */
export function reachOf(error: ProviderError | undefined): 'answered' | 'unanswered' | undefined {
  if (error === undefined || error.providerStatus !== undefined || error.lastSeen !== undefined) return 'answered';
  const { code, attempts, reason } = error;
  if (attempts === 0 || code === 'aborted' || reason === 'aborted') return undefined;
  return code === 'unavailable' || code === 'outcome_unknown' ? 'unanswered' : undefined;
}

// What only a provider answers that has let the account in.
const ANSWERS_OF_THE_ACCOUNT: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'not_cancellable',
  'timing_conflict',
  'rejected',
]);
