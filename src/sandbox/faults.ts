/**
 * Something that goes wrong between the caller and the provider, for the next calls.
 *
 * `executed` says whether the provider carries the call out although its response goes wrong: with `true` a
 * cancellation is stored, and the caller cannot see it.
 */
export type Fault = FaultScope &
  (
    | LatencyFault
    | HangFault
    | ResetFault
    | CutBodyFault
    | LateExecutionFault
    | RateLimitFault
    | ServerErrorFault
    | HtmlFault
    | FirewallFault
    | TruncatedFault
    | EmptyFault
    | SlowBodyFault
    | RedirectFault
    | OversizeFault
  );

/** Which calls a fault hits. */
export interface FaultScope {
  /** How many calls are hit; `Infinity` for all of them. Default 1. */
  readonly times?: number;
  /** Hits only the calls for which this returns true, so that a read can be spared. Default: every call. */
  readonly only?: (request: RecordedRequest) => boolean;
}

/** Executed immediately; the response waits for `ms` milliseconds. */
export interface LatencyFault {
  readonly kind: 'latency';
  readonly ms: number;
}

/** No response ever comes; the connection stays open until the caller, or the sandbox, closes it. */
export interface HangFault {
  readonly kind: 'hang';
  readonly executed: boolean;
}

/** The connection is reset (TCP RST) instead of a response. */
export interface ResetFault {
  readonly kind: 'reset';
  readonly executed: boolean;
}

/** Executed; the connection is closed after the headers and half of the body. Without a body, `200 {}` is cut. */
export interface CutBodyFault {
  readonly kind: 'cut_body';
}

/** No response comes, and the call is executed `ms` milliseconds later. */
export interface LateExecutionFault {
  readonly kind: 'late_execution';
  readonly ms: number;
  /** What the caller sees meanwhile. Default `reset`. */
  readonly connection?: 'reset' | 'hang';
}

/** 429, not executed. */
export interface RateLimitFault {
  readonly kind: 'rate_limit';
  /** The `Retry-After` header: seconds, or a text such as an HTTP date. Default: no such header. */
  readonly retryAfter?: number | string;
}

/** A 5xx: the provider's own body for 500 and 503, a gateway's HTML for 502 and 504. */
export interface ServerErrorFault {
  readonly kind: 'server_error';
  /** Default 500. */
  readonly status?: 500 | 502 | 503 | 504;
  readonly executed: boolean;
  /** The `Retry-After` header: seconds, or a text such as an HTTP date. Default: no such header. */
  readonly retryAfter?: number | string;
}

/** A page in place of the response: maintenance, a login form. */
export interface HtmlFault {
  readonly kind: 'html';
  /** Default 200. */
  readonly status?: number;
  readonly executed: boolean;
}

/** A web firewall's page with 403, not executed. */
export interface FirewallFault {
  readonly kind: 'firewall';
}

/** The first half of the JSON, as if it were the whole body; of `{}` when there is no real answer or it has no body. */
export interface TruncatedFault {
  readonly kind: 'truncated';
  readonly executed: boolean;
}

/** A status and no body. */
export interface EmptyFault {
  readonly kind: 'empty';
  /** Default 200. */
  readonly status?: number;
  readonly executed: boolean;
}

/** Executed; the body comes in small pieces. A response without a body becomes `200 {}` first. */
export interface SlowBodyFault {
  readonly kind: 'slow_body';
  /** Milliseconds before each piece. */
  readonly ms: number;
  /** The size of a piece. Default 1. */
  readonly bytes?: number;
}

/** A redirect, not executed. */
export interface RedirectFault {
  readonly kind: 'redirect';
  /** Default 307. */
  readonly status?: 301 | 302 | 303 | 307 | 308;
  /** Sent unchanged; it may be relative. */
  readonly location: string;
}

/** The real JSON, or `{}` when not executed, followed by spaces: still valid JSON, only very long. */
export interface OversizeFault {
  readonly kind: 'oversize';
  /** The size of the decoded body. */
  readonly bytes: number;
  readonly executed: boolean;
  /** Sends the body compressed, so that little travels and much is unpacked. Default false. */
  readonly gzip?: boolean;
}

/** The names of the faults. */
export type FaultKind = Fault['kind'];

/** A request as the emulator received it, before anything was done with it. */
export interface RecordedRequest {
  readonly method: string;
  /** The path as it stood in the request line: still encoded, without the query. */
  readonly path: string;
  /** The query as sent, without the question mark; empty when there was none. */
  readonly query: string;
  /** Names in lower case. Credentials are shown: they are the sandbox's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as UTF-8 text; empty when there was none. */
  readonly body: string;
  /** When it came, by the sandbox's clock. */
  readonly at: Date;
  /** The fault that was applied to it; `undefined` when it was answered normally. */
  readonly fault: FaultKind | undefined;
}
