import type { Call } from '../call/call.ts';
import type { TimeLimit } from '../call/time-limit.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import type { HttpRequest } from './http-request.ts';
import type { TransportChoice } from './transport.ts';

/** Where and how long a call may send. */
export interface SendContext {
  readonly baseUrl: URL;
  readonly limit: TimeLimit;
  readonly attemptTimeoutMs: number;
  readonly transport: TransportChoice;
  /** Whether a write needs a connection of its own, because a lost response could not be cleared up afterwards. */
  readonly writesOnFreshConnection: boolean;
  /** Left out: the provider has one origin, requests that need no access, and no ids of its own for responses. */
  readonly wire?: CallWire | undefined;
}

/** What a provider's definition says about all its requests, for one call. */
export interface CallWire {
  /** The further base URLs by name. */
  readonly origins: ReadonlyMap<string, URL>;
  readonly access: CallAccess | undefined;
  /** Looks at a response before an event, the adapter or an error does: for secrets and the provider's own id of it. */
  readonly arrived: (response: ProviderResponse, call: Call) => void;
}

/** The access of one call: its token, and the headers that are made of it. */
export interface CallAccess {
  /**
   * The request with the headers of one attempt. Logs in if the account has no token that is valid now.
   *
   * @throws ProviderError if the login fails: the request has not been sent.
   */
  readonly authenticate: (
    request: HttpRequest,
    nonce: string,
    call: Call,
    context: SendContext,
  ) => Promise<HttpRequest>;
  /** The same request for a preview: no login, and each header shows its scheme alone. */
  readonly preview: (request: HttpRequest, call: Call) => HttpRequest;
  /**
   * To be called after a 401 to an authenticated request. Returns whether the request is worth sending again: with
   * another token, or by a clock that turns out to be another one.
   *
   * @param isRenewed whether the request has been sent again already.
   */
  readonly refused: (isRenewed: boolean, call: Call, context: SendContext) => Promise<boolean>;
}
