import type { Call, ErrorFacts } from '../call/call.ts';
import { isForeign, waitOf } from '../call/error-notes.ts';
import { inTime } from '../call/time-limit.ts';
import type { Exchange, Moment, ProviderResponse } from '../contract/exchange.ts';
import { type ProviderError, isProviderError } from '../contract/provider-error.ts';
import type { AccessVerdict, GrantedVerdict } from '../contract/verdict.ts';
import { adapterFault } from '../sending/adapter-fault.ts';
import { judgeNo } from '../sending/judge-no.ts';
import { isLoginStatus } from '../sending/judge-response.ts';
import { runExchange } from '../sending/run-exchange.ts';
import type { SendContext } from '../sending/send-context.ts';
import { secretsIn } from './response-secrets.ts';

/** A token that was obtained. Times are of the clock that is never set, in milliseconds. */
export interface Grant {
  readonly token: string;
  /** `undefined`: for the calls alone that waited for it. */
  readonly endsAt: number | undefined;
  readonly renewAt: number;
  /** The machine's clock minus the one that is never set, if the grant says how the machine's clock is wrong. */
  readonly clockAt?: number;
}

/** Makes the exchange of a login. */
export type Login = (moment: Moment) => Exchange<AccessVerdict> | undefined;

type LoginEnd =
  | { readonly grant: Grant }
  /** `isOwn`: the call that logged in ran out of time or was aborted, which says nothing to the others. */
  | { readonly failure: ErrorFacts; readonly isOwn: boolean };

/**
 * Keeps what one configuration of an account has obtained, and obtains it: one login at a time, which all calls wait
 * for that need it. Credentials that were refused are not tried again for 5 minutes, since providers ban for that;
 * after a response that is no login, it is 10 seconds.
 */
export class TokenKeeper {
  #grant: Grant | undefined;
  #login: Promise<LoginEnd> | undefined;
  #refusal: { readonly failure: ErrorFacts; readonly until: number } | undefined;
  #renewalsFrom = 0;
  #clockOffsetMs = 0;
  #secrets: readonly string[] = [];

  /** Every token that was obtained lately, and what came with it. The same array as long as nothing is added. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  /** The provider's clock minus this machine's, in milliseconds. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /**
   * A token that is valid now.
   *
   * @throws ProviderError with the code of the login's failure
   */
  async grantFor(login: Login, call: Call, context: SendContext): Promise<Grant> {
    for (;;) {
      const held = this.#held();
      if (held !== undefined && performance.now() < held.renewAt) return held;
      this.#checkRefusal(call);
      const running = this.#login;
      const end =
        running === undefined ? await this.#start(login, call, context) : await inTime(running, call, context.limit);
      if ('grant' in end) return end.grant;
      // The call that logged in gave up for reasons of its own, so the next one logs in.
      if (running !== undefined && end.isOwn) continue;
      if (held?.endsAt !== undefined && performance.now() < held.endsAt) return this.#keptOn(held, held.endsAt);
      if (isRefusal(end.failure)) call.readBackRefusal = end.failure;
      throw call.error(end.failure);
    }
  }

  /**
   * A request with this token was answered with 401. Returns whether it is worth sending with another token.
   *
   * @param isRenewed whether it had been sent with another one before.
   */
  refused(grant: Grant, isRenewed: boolean): boolean {
    const now = performance.now();
    if (isRenewed) {
      // Another login did not help, so the 401 is not about the token's age.
      this.#renewalsFrom = now + USELESS_RENEWAL_MS;
      return false;
    }
    if (this.#grant !== undefined && this.#grant.token !== grant.token) return true;
    if (now < this.#renewalsFrom) return false;
    this.#grant = undefined;
    return true;
  }

  /** What was obtained, unless it says how a clock is wrong that was set since, or that has gone on during sleep. */
  #held(): Grant | undefined {
    const { clockAt } = this.#grant ?? {};
    if (clockAt !== undefined && Math.abs(machineClock() - clockAt) > SET_MS) this.#grant = undefined;
    return this.#grant;
  }

  #start(login: Login, call: Call, context: SendContext): Promise<LoginEnd> {
    const running = this.#logIn(login, call, context).finally(() => {
      this.#login = undefined;
    });
    this.#login = running;
    return running;
  }

  async #logIn(login: Login, owner: Call, context: SendContext): Promise<LoginEnd> {
    const call = owner.forLogin();
    const [startedAt, clockAt] = [performance.now(), machineClock()];
    const own = { origins: context.wire?.origins ?? new Map<string, URL>(), access: undefined };
    const arrived = (response: ProviderResponse, to: Call): void => {
      this.#hide(secretsIn(response));
      context.wire?.arrived(response, to);
    };
    try {
      const exchange = this.#exchangeOf(login, call);
      const ran = await runExchange(exchange, call, { ...context, wire: { ...own, arrived } }, 'read');
      const { verdict, lastResponse: last } = ran;
      if (verdict.verdict === 'granted') return { grant: this.#take(verdict, startedAt, clockAt, call) };
      if (last === undefined) throw call.error(adapterFault('its login ended without a request'));
      const failure = judgeNo(verdict, last.response);
      this.#remember(failure, verdict.verdict === 'refused');
      throw call.error({ ...failure, message: `the login failed: ${failure.message}` });
    } catch (error) {
      if (!isProviderError(error)) throw error;
      const failure = failureOf(error);
      // What answers is no login: the calls of a list would each send the credentials there.
      const until = failure.code === 'unexpected_response' ? performance.now() + UNREADABLE_MS : undefined;
      if (this.#refusal !== undefined) this.#refusal = { ...this.#refusal, failure };
      else if (until !== undefined) this.#refusal = { failure, until };
      return { failure, isOwn: context.limit.end !== undefined };
    } finally {
      owner.attempts = call.attempts;
      owner.responseId = call.responseId;
    }
  }

  #exchangeOf(login: Login, call: Call): Exchange<AccessVerdict> {
    let exchange;
    try {
      exchange = login({ now: Date.now() + this.#clockOffsetMs, nonce: crypto.randomUUID() });
    } catch {
      // What an adapter throws may hold the credentials.
    }
    if (exchange === undefined) throw call.error(adapterFault('its login failed'));
    return exchange;
  }

  #take({ token, expiresInS, clockOffsetMs }: GrantedVerdict, startedAt: number, clockAt: number, call: Call): Grant {
    const isSound =
      typeof token === 'string' &&
      (clockOffsetMs === undefined || Number.isFinite(clockOffsetMs)) &&
      (expiresInS === undefined || (typeof expiresInS === 'number' && !Number.isNaN(expiresInS)));
    if (!isSound) throw call.error(adapterFault('what its login grants is not a token with its time in seconds'));
    if (token !== '') this.#hide([token]);
    // The login was given a time that was corrected by what was known before.
    this.#clockOffsetMs += clockOffsetMs ?? 0;
    this.#refusal = undefined;
    const lifetimeMs = Math.max(0, expiresInS ?? 0) * 1000;
    // One that is over as it comes serves its call all the same: another login would bring no better one.
    const endsAt = lifetimeMs === 0 ? undefined : startedAt + lifetimeMs;
    const renewAt = startedAt + lifetimeMs - Math.min(LONGEST_MARGIN_MS, lifetimeMs / 5);
    const grant = {
      token,
      endsAt,
      renewAt: Number.isNaN(renewAt) ? Infinity : renewAt,
      ...(clockOffsetMs === undefined ? {} : { clockAt }),
    };
    this.#grant = endsAt === undefined ? undefined : grant;
    return grant;
  }

  /** A token that could not be renewed is used up to its end; the renewal is not tried again with every call. */
  #keptOn(held: Grant, endsAt: number): Grant {
    const again = Math.max(performance.now() + RENEW_AGAIN_MS, this.#refusal?.until ?? 0);
    this.#grant = { ...held, renewAt: Math.min(endsAt, again) };
    return this.#grant;
  }

  #hide(secrets: readonly string[]): void {
    const added = secrets.filter((secret) => !this.#secrets.includes(secret));
    if (added.length > 0) this.#secrets = [...added, ...this.#secrets].slice(0, MOST_SECRETS);
  }

  #remember(failure: ErrorFacts, isNo: boolean): void {
    const isFinal = isRefusal(failure) || (isNo && !MAY_PASS.has(failure.code));
    const waitMs = failure.code === 'rate_limited' ? Math.min(failure.retryInMs ?? 0, REFUSED_MS) : 0;
    const restMs = isFinal ? REFUSED_MS : waitMs;
    this.#refusal = restMs > 0 ? { failure, until: performance.now() + restMs } : undefined;
  }

  #checkRefusal(call: Call): void {
    const refusal = this.#refusal;
    if (refusal === undefined) return;
    const leftMs = refusal.until - performance.now();
    if (leftMs <= 0) {
      this.#refusal = undefined;
      return;
    }
    const { failure } = refusal;
    if (failure.code === 'rate_limited') throw call.error({ ...failure, retryInMs: leftMs });
    if (isRefusal(failure)) call.readBackRefusal = failure;
    const pause = `The same credentials are not tried again for ${Math.ceil(leftMs / 1000)} s.`;
    throw call.error({ ...failure, message: `${failure.message} ${pause} Nothing was sent.` });
  }
}

/** How far the clock of this machine, which can be set, is ahead of the one that cannot be. */
function machineClock(): number {
  return Date.now() - performance.now();
}

// More than a clock is adjusted by while a grant lasts.
const SET_MS = 2_000;
const REFUSED_MS = 300_000;
const USELESS_RENEWAL_MS = 60_000;
const LONGEST_MARGIN_MS = 30_000;
const RENEW_AGAIN_MS = 10_000;
const UNREADABLE_MS = 10_000;
// Several come with each login, and a token that was replaced may still be valid.
const MOST_SECRETS = 24;

const MAY_PASS: ReadonlySet<string> = new Set(['rate_limited', 'unavailable', 'unexpected_response']);

/** Whether a failure is one that every further login with these credentials would end in. */
function isRefusal({ code, providerStatus }: ErrorFacts): boolean {
  return code === 'unauthorized' || code === 'forbidden' || isLoginStatus(providerStatus);
}

/** What a failed login says to each call that waited for it. */
function failureOf(error: ProviderError): ErrorFacts {
  const { code, provider = 'cancelkit', retryable, issues } = error;
  const { providerStatus, providerCode, providerMessage, providerReference, providerRequestId } = error;
  const said = { providerStatus, providerCode, providerMessage, providerReference, providerRequestId };
  const message = error.message.slice(provider.length + 2);
  return { ...said, code, retryable, issues, message, retryInMs: waitOf(error), isForeign: isForeign(error) };
}
