/** Any value that JSON can carry. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

interface RequestBase {
  /** Path below the account's base URL, one entry a segment; the core checks and encodes each. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /**
   * Lower-case names. The core adds `accept`, `content-type` and `user-agent` and, whatever stands here,
   * `cache-control` and `pragma`: no request may be answered from a cache.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** One of the definition's `origins`, in place of the base URL. */
  readonly origin?: string;
  /** `false`: without the headers of `access`, as the request that obtains it. Default `true`. */
  readonly authenticated?: boolean;
  /** The header that the core fills with a new UUID (version 4) for each attempt. Lower-case. */
  readonly requestIdHeader?: string;
  /**
   * With a write: the calendar date that it asks for, if the adapter has found it by reading. A read-back is compared
   * with it. With an order for a date, it has to be that very date.
   */
  readonly asksFor?: string;
  /**
   * With a write: whether an earlier read of this exchange has shown the service itself. A read-back after a lost
   * response that says `absent` then proves that it is gone. Default `false`.
   */
  readonly serviceSeen?: boolean;
}

type RequestBody = { readonly form: Readonly<Record<string, string>> } | { readonly json: JsonValue };

/**
 * One HTTP request as a provider asks for it. The core builds the URL, encodes, bounds, sends and redacts.
 *
 * `effect` is `write` if the request can change something at the provider. Only a `read` may ever be repeated freely,
 * so it is a GET or, if the API reads by POST, a POST that says so.
 */
export type ProviderRequest =
  | (RequestBase & { readonly method: 'GET'; readonly effect: 'read' | 'write' })
  | (RequestBase & RequestBody & { readonly method: 'POST'; readonly effect: 'read' | 'write' })
  | (RequestBase & RequestBody & { readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly effect: 'write' })
  // Without a body, for an API that describes none: some refuse an empty one.
  | (RequestBase & { readonly method: 'POST'; readonly effect: 'read' | 'write' })
  | (RequestBase & { readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly effect: 'write' });

/**
 * The body of a response. `before` is what stands before the JSON, such as a notice of PHP's. `other` is text that is
 * not JSON (HTML, XML, truncated JSON): no success may rest on it. Neither text ever comes out of the core. `too_large`
 * is a body over 256 KiB, decoded.
 */
export type ResponseBody =
  | { readonly kind: 'json'; readonly value: unknown; readonly before?: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'other'; readonly text: string }
  | { readonly kind: 'too_large' };

/** One HTTP response as a provider sees it. */
export interface ProviderResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ResponseBody;
}

/** A provider's operation: it yields requests, is given their responses, and returns what it makes of them. */
export type Exchange<Verdict> = Generator<ProviderRequest, Verdict, ProviderResponse>;

/** A request as it is about to leave, for a signature over it. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  /** As it is sent; empty if there is no body. */
  readonly body: string;
}

/** What an adapter may know of the moment: it reads no clock and makes no random numbers itself. */
export interface Moment {
  /** Milliseconds since the epoch, by the provider's clock as far as `access` has learned it. */
  readonly now: number;
  /**
   * A UUID (version 4): in `headers` new for each attempt, in `obtain` for each login. A login without a response is
   * sent again unchanged.
   */
  readonly nonce: string;
}
