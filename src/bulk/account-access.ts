import { provesNothing } from '../call/error-notes.ts';
import type { ErrorCode } from '../contract/error-code.ts';
import type { ProviderError } from '../contract/provider-error.ts';
import { isLoginStatus } from '../sending/judge-response.ts';

/** After this many consecutive requests without a response of the provider's own, no more are sent for the account. */
export const SILENT_TO_STOP = 3;

/** What the responses of a provider show of an account: whether it can be reached, and whether it is let in. */
export class AccountAccess {
  #hasAnswered = false;
  #wasLetIn = false;
  #isTurnedAway = false;
  #silent = 0;

  /** Whether the provider has answered anything. Until then the account's address and credentials are in doubt. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /**
   * How many consecutive requests have ended without a response of the provider's own. Requests without any response
   * count only until the provider has answered once, because every provider loses a connection now and then.
   */
  get silent(): number {
    return this.#silent;
  }

  /**
   * Whether the next request should be the only one in flight: the provider has not answered yet, or has last refused
   * the account or answered nothing that counts.
   */
  get isInDoubt(): boolean {
    return !this.#hasAnswered || this.#isTurnedAway || this.#silent > 0;
  }

  /** Notes that the account rested lately because of requests that proved nothing: another one is enough. */
  recallSilence(): void {
    this.#silent = Math.max(this.#silent, SILENT_TO_STOP - 1);
  }

  /**
   * Learns from how a request ended.
   *
   * @param isOfSameCall whether it went out in one call with the one before, with which it shares the response.
   * @returns whether it most likely ended as every other one of the account would: it was refused as `forbidden`,
   * although nothing shows that the account was let in since the start, or since the last `forbidden` (otherwise it may
   * be about one service), or it is one of several in a row that prove nothing.
   */
  learn(error: ProviderError | undefined, isOfSameCall: boolean = false): boolean {
    const reach = reachOf(error);
    const isEmpty = error !== undefined && provesNothing(error);
    const isAnswered = reach === 'answered' && !isEmpty;
    // One of unknown outcome was read back by a request of its own.
    const isSameResponse = isOfSameCall && error?.code !== 'outcome_unknown';
    if (isAnswered) this.#silent = 0;
    else if (!isSameResponse && (isEmpty || (reach === 'unanswered' && !this.#hasAnswered))) this.#silent += 1;
    this.#hasAnswered ||= isAnswered;
    const isRefused = this.#learnRefusal(error, isAnswered);
    return isRefused || (isEmpty && this.#silent >= SILENT_TO_STOP);
  }

  #learnRefusal(error: ProviderError | undefined, isAnswered: boolean): boolean {
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
  // A read-back that shows a state is an answer, whatever the request before it met.
  if (error === undefined || error.lastSeen !== undefined) return true;
  return error.providerStatus !== undefined && RESPONSES_OF_THE_ACCOUNT.has(error.readBackRefusal ?? error.code);
}

/** Whether the response is the same for every request of the account, as one to wrong credentials is. */
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
function reachOf(error: ProviderError | undefined): 'answered' | 'unanswered' | undefined {
  if (error === undefined || error.providerStatus !== undefined || error.lastSeen !== undefined) return 'answered';
  const { code, attempts, reason } = error;
  if (attempts === 0 || code === 'aborted' || reason === 'aborted') return undefined;
  return code === 'unavailable' || code === 'outcome_unknown' ? 'unanswered' : undefined;
}

// What only a provider answers that has let the account in.
const RESPONSES_OF_THE_ACCOUNT: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'not_cancellable',
  'timing_conflict',
  'date_too_early',
  'confirmation_required',
  'rejected',
]);
