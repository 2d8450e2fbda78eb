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
  | (RequestBase & RequestBody & { readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly effect: 'write' });

/** What is wrong with a request of an adapter that the types did not hold, or `undefined`. */
export function faultOf({ method, effect, ...request }: ProviderRequest): string | undefined {
  if (!METHODS.has(method)) return 'it asked for a method that is none of GET, POST, PUT, PATCH and DELETE';
  if (!EFFECTS.has(effect)) return 'its request is neither a read nor a write';
  if (effect === 'read' && !READS.has(method)) return `it called a ${method} a read, which only GET and POST can be`;
  if (effect === 'read' && isDisguised(request)) return 'it called a read what asks the server for another method';
  const hasBody = 'form' in request || 'json' in request;
  return method === 'GET' && hasBody ? 'it asked for a GET with a body' : undefined;
}

/**
 * Whether a request asks for another method than its own, as frameworks take it: Laravel, Rails and Symfony by the
 * field `_method`, others by a header.
 */
function isDisguised(request: Omit<ProviderRequest, 'method' | 'effect'>): boolean {
  const { headers = {}, query = {} } = request;
  const bodies = ['form', 'json'].map((name): unknown => Reflect.get(request, name));
  return (
    Object.keys(headers).some((name) => OVERRIDE.test(name)) ||
    [query, ...bodies].some((fields) => typeof fields === 'object' && fields !== null && '_method' in fields)
  );
}

const OVERRIDE = /^x-(?:http-)?method(?:-override)?$/i;

const METHODS: ReadonlySet<unknown> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const EFFECTS: ReadonlySet<unknown> = new Set(['read', 'write']);
const READS: ReadonlySet<unknown> = new Set(['GET', 'POST']);

/**
 * The body of an answer. `before` is what stands before the JSON, such as a notice of PHP's. `other` is text that is
 * not JSON (HTML, XML, truncated JSON): no success may rest on it. Neither text ever comes out of the core. `too_large`
 * is a body over 256 KiB, decoded.
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
