import type { ErrorFacts } from '../call/call.ts';
import { provesNothing, waitOf } from '../call/error-notes.ts';
import type { ProviderError } from '../contract/provider-error.ts';
import { isLoginStatus } from '../sending/judge-response.ts';
import { UNREADABLE_WAIT_MS } from '../sending/retry-after.ts';
import { AccountAccess, isWall, SILENT_TO_STOP } from './account-access.ts';

/**
 * Decides whether a lane may start a request, by the outcomes of its earlier ones:
 *
 * - `rate_limited`, or `unavailable` with the provider's own `retryAt`: the lane pauses until then; without a `retryAt`
 *   for 30 seconds. If that is longer than the longest pause, nothing is waited for: until then, every request of the
 *   lane fails immediately with the same code and `retryAt`.
 * - `unauthorized`, or any response with 401 or 407: every further request of the lane fails without being sent, since
 *   providers ban after a few bad logins. The same if the read-back after a lost response ends so.
 * - `forbidden`, unless the provider has answered in the meantime that it lets this account in: the same, since it is
 *   most likely the address or a permission of the whole account. Otherwise it may be about one service alone.
 * - No response at all: once an account that has not answered in this run has lost three requests, or could not be
 *   reached by them, every further request of the lane fails, since its address, port or network is wrong.
 * - Answers that prove nothing: after three consecutive requests that something else answered, such as a maintenance
 *   page, or whose outcome is unknown and could not be read back either, every further request of the lane fails, so
 *   that it does not become unknown, too. A response to a batch counts once.
 * - Until the account has answered, one request is in flight: wrong credentials are sent once, and not as often as
 *   there are requests in flight. After a lost one, only as many follow as make three in all; the same applies later to
 *   one that proves nothing.
 * - `unavailable` that no repetition can mend, such as a challenge in front of the provider: the same, since every
 *   request of the account meets it.
 * - `unavailable` of a breaker (no status, since nothing was answered) changes nothing: the breaker fails the next
 *   request by itself.
 */
export class LaneGate {
  readonly #maxPauseMs: number;
  readonly #reopened: () => void;
  // Both in milliseconds of the clock that is never set: a time of day that is set must not change how long a lane
  // waits.
  #pausedUntil: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: ErrorFacts | undefined;
  #failsUntil = Infinity;
  readonly #access = new AccountAccess();

  /** @param reopened called when a pause is over. */
  constructor(maxPauseMs: number, reopened: () => void) {
    this.#maxPauseMs = maxPauseMs;
    this.#reopened = reopened;
  }

  /** Milliseconds that are left of a pause, or `undefined` without one. */
  get pauseMs(): number | undefined {
    return this.#pausedUntil === undefined ? undefined : Math.max(0, this.#pausedUntil - performance.now());
  }

  get isOpen(): boolean {
    return this.#pausedUntil === undefined && this.refusal() === undefined;
  }

  /** The failure of every request that may not be started. */
  refusal(): ErrorFacts | undefined {
    const leftMs = this.#failsUntil - performance.now();
    if (this.#failure === undefined || leftMs <= 0) return undefined;
    return leftMs === Infinity ? this.#failure : { ...this.#failure, retryInMs: leftMs };
  }

  /** How many calls may be in flight at most: one, as long as the address and the credentials are in doubt. */
  get mostCalls(): number {
    const { hasAnswered, silent } = this.#access;
    if (silent > 0) return Math.max(1, SILENT_TO_STOP - silent);
    return hasAnswered ? Infinity : 1;
  }

  /** Every further request fails so. */
  shut(failure: ErrorFacts): void {
    this.#failure = failure;
    this.#failsUntil = Infinity;
    this.dispose();
  }

  /**
   * Learns from how a request ended; whether that one is worth beginning again.
   *
   * @param isOfSameCall whether it went out in one call with the one before.
   */
  learn(error: ProviderError | undefined, isOfSameCall: boolean): boolean {
    const isShut = this.#access.learn(error, isOfSameCall);
    this.#learnSilence(error);
    if (error === undefined || this.#failsForGood) return false;
    this.#learnAccess(error, isShut);
    const waitMs = waitAskedFor(error);
    if (waitMs === undefined) return false;
    if (waitMs <= this.#maxPauseMs) {
      this.#pause(waitMs);
      return true;
    }
    const message = 'the provider has asked for a wait that is longer than maxPauseMs. Nothing was sent.';
    this.#failure = { code: error.code, message };
    this.#failsUntil = performance.now() + waitMs;
    return false;
  }

  /** Ends a pause without waking the lane. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#pausedUntil = undefined;
  }

  get #failsForGood(): boolean {
    return this.#failure !== undefined && this.#failsUntil === Infinity;
  }

  #learnSilence(error: ProviderError | undefined): void {
    const { hasAnswered, silent } = this.#access;
    if (error === undefined || this.#failsForGood || silent < SILENT_TO_STOP) return;
    if (!hasAnswered && error.providerStatus === undefined) this.shut(UNREACHABLE);
    else if (provesNothing(error)) this.shut(NO_RESPONSE_OF_ITS_OWN);
  }

  #learnAccess(error: ProviderError, isShut: boolean): void {
    const code = error.readBackRefusal ?? error.code;
    if (code === 'unauthorized') {
      this.shut(UNAUTHORIZED);
    } else if (code === 'forbidden') {
      if (isShut) this.shut(FORBIDDEN);
    } else if (isLoginStatus(error.providerStatus) || error.readBackRefusal === 'unexpected_response') {
      this.shut(LOGIN_REQUIRED);
    } else if (isWall(error) || error.readBackRefusal === 'unavailable') {
      this.shut(WALL);
    }
  }

  #pause(milliseconds: number): void {
    const until = performance.now() + milliseconds;
    if (until <= (this.#pausedUntil ?? 0)) return;
    clearTimeout(this.#timer);
    this.#pausedUntil = until;
    this.#timer = setTimeout(() => {
      this.dispose();
      this.#reopened();
    }, milliseconds);
  }
}

// A provider that is out of breath gets this at least, whatever time it names.
const SHORTEST_PAUSE_MS = 1_000;

const UNAUTHORIZED: ErrorFacts = {
  code: 'unauthorized',
  message:
    'the credentials were refused earlier in this run, and providers ban after a few failures. Nothing was sent. ' +
    'Correct the credentials, and run what is left again.',
};

const LOGIN_REQUIRED: ErrorFacts = {
  code: 'unexpected_response',
  message:
    'an earlier request of this run was answered with an HTTP status that asks for a login, and providers ban after a ' +
    'few failures. Nothing was sent. Check the credentials and the base URL, and run what is left again.',
};

const FORBIDDEN: ErrorFacts = {
  code: 'forbidden',
  message:
    'access was refused earlier in this run, and the account has not been let in since. Nothing was sent. Change what ' +
    'that error names, or take its service out if only that one is refused, and run what is left again.',
};

const WALL: ErrorFacts = {
  code: 'unavailable',
  retryable: false,
  message:
    'an earlier request of this run met something on the way to the provider that no repetition gets past. Nothing was ' +
    'sent. Change what its error names, and run what is left again.',
};

const UNREACHABLE: ErrorFacts = {
  code: 'unavailable',
  retryable: false,
  message:
    `the account has not answered any of the first ${SILENT_TO_STOP} requests of this run. Nothing was sent. ` +
    'Check the host and the port of its base URL and the network, and run what is left again.',
};

const NO_RESPONSE_OF_ITS_OWN: ErrorFacts = {
  code: 'unavailable',
  message:
    `the last ${SILENT_TO_STOP} requests of the account in this run proved nothing: something else answered, such as a ` +
    'login or maintenance page, or the outcome is unknown and could not be read back. Nothing was sent. Look at the ' +
    'errors of those requests, and run what is left again once the provider itself answers. If only those services are ' +
    'affected, take them out.',
};

/** Milliseconds. */
function waitAskedFor(error: ProviderError): number | undefined {
  const { code, retryAt, providerStatus } = error;
  const isBusy =
    code === 'rate_limited' || (code === 'unavailable' && providerStatus !== undefined && retryAt !== undefined);
  if (!isBusy) return undefined;
  return Math.max(waitOf(error) ?? UNREADABLE_WAIT_MS, SHORTEST_PAUSE_MS);
}
