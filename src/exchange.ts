/** Any value that JSON can carry. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

interface RequestBase {
  /** `write` where the request can change something at the provider; only a `read` may ever be repeated freely. */
  readonly effect: 'read' | 'write';
  /** Path below the account's base URL, one entry a segment; the core checks and encodes each. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /** Lower-case names. The core adds `accept`, `content-type` and `user-agent`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One HTTP request as a provider asks for it. The core builds the URL, encodes, bounds, sends and redacts. */
export type ProviderRequest =
  | (RequestBase & { readonly method: 'GET' })
  | (RequestBase & {
      readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
      readonly form: Readonly<Record<string, string>>;
    })
  | (RequestBase & { readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly json: JsonValue });

/**
 * The body of an answer. `before` is what stands before the JSON, such as a notice of PHP's. `other` is text that is not
 * JSON (HTML, XML, truncated JSON): no success may rest on it. Neither text ever comes out of the core. `too_large` is a
 * body over 256 KiB, decoded.
 */
export type ResponseBody =
  | { readonly kind: 'json'; readonly value: unknown; readonly before?: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'other'; readonly text: string }
  | { readonly kind: 'too_large' };

/** One HTTP answer as a provider sees it. */
export interface ProviderResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ResponseBody;
}

/** A provider's operation: it yields requests, is given their answers, and returns what it makes of them. */
export type Exchange<Verdict> = Generator<ProviderRequest, Verdict, ProviderResponse>;
