import type { ProviderRequest } from '../contract/exchange.ts';

/** A request as it goes over the wire. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A built request, or what is wrong with its parts. */
export type BuiltRequest =
  { readonly ok: true; readonly request: HttpRequest } | { readonly ok: false; readonly expected: string };

/**
 * Builds the wire form of a provider's request. An id that would change the path and a header value that HTTP cannot
 * carry are refused, never sanitised: `encodeURIComponent('..')` is `..`.
 */
export function buildHttpRequest(baseUrl: URL, request: ProviderRequest): BuiltRequest {
  if (!request.path.every(isSafeSegment)) {
    return {
      ok: false,
      expected: 'an id that is one path segment: no /, \\, ?, #, %, control characters, "." or ".."',
    };
  }
  const root = baseUrl.href.endsWith('/') ? baseUrl.href.slice(0, -1) : baseUrl.href;
  const query = request.query === undefined ? '' : new URLSearchParams(request.query).toString();
  const url = `${root}/${request.path.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
  // The last line of defence: whatever the parts were, the URL is the one that they describe.
  const isChecked = url === lastChecked || (URL.canParse(url) && new URL(url).href === url);
  if (!isChecked || !url.startsWith(`${baseUrl.origin}/`)) {
    return { ok: false, expected: 'an id that does not change the path' };
  }
  lastChecked = url;
  const { body, contentType } = encodeBody(request);
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'cancelkit' };
  if (contentType !== undefined) headers['content-type'] = contentType;
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (!isHeaderValue(value)) return { ok: false, expected: 'header values of printable characters' };
    // In lower case, so that no spelling of a name adds a second value to one of the core's own.
    headers[name.toLowerCase()] = value;
  }
  Object.assign(headers, NO_CACHE);
  return { ok: true, request: { method: request.method, url, headers, body } };
}

/**
 * The request with more headers; `undefined` if HTTP cannot carry one of them, or if it is one that only the core sets.
 */
export function withHeaders(request: HttpRequest, more: Readonly<Record<string, string>>): HttpRequest | undefined {
  const added = Object.entries(more).map(([name, value]) => [name.toLowerCase(), value] as const);
  const isSound = added.every(
    ([name, value]) =>
      HEADER_NAME.test(name) && !OF_THE_CORE.has(name) && typeof value === 'string' && isHeaderValue(value),
  );
  return isSound
    ? { ...request, headers: { ...request.headers, ...Object.fromEntries(added), ...NO_CACHE } }
    : undefined;
}

// RFC 9110, section 5.6.2, in lower case.
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

// They belong to the connection, say how the body is to be read, or make another method of the request.
const OF_THE_CORE: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
]);

// What every request says to caches on its way: store no response, and give none that the origin did not just give. A
// response out of a cache would be a false "done". `pragma` is for caches of HTTP/1.0 (RFC 9111, section 5.4).
const NO_CACHE = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' } as const;

// Most providers take every cancellation at the same URL.
let lastChecked: string | undefined;

/** Whether a string is exactly one segment of a path, however often it is decoded. */
export function isSafeSegment(segment: string): boolean {
  // Nearly every one, and quicker to see.
  if (/^[\w-]{1,255}$/.test(segment)) return true;
  if (segment === '' || segment === '.' || segment === '..' || segment.length > 255) return false;
  return segment.isWellFormed() && !/[/\\?#%\p{Cc}\p{Zl}\p{Zp}]/u.test(segment);
}

function isHeaderValue(value: string): boolean {
  return /^[\x20-\x7e\x80-\xff]*$/.test(value);
}

function encodeBody(request: ProviderRequest): { readonly body?: string; readonly contentType?: string } {
  if ('form' in request) {
    return { body: encodeForm(request.form), contentType: 'application/x-www-form-urlencoded' };
  }
  if ('json' in request && request.json !== undefined) {
    return { body: JSON.stringify(request.json), contentType: 'application/json' };
  }
  return {};
}

/** As `URLSearchParams` writes it, which only what is not plain has to go through. */
function encodeForm(form: Readonly<Record<string, string>>): string {
  // Adapters in JavaScript can give anything that URLSearchParams takes.
  if (typeof form !== 'object' || Symbol.iterator in form) return new URLSearchParams(form).toString();
  let body = '';
  for (const [name, value] of Object.entries(form)) {
    const isPlain = PLAIN.test(name) && PLAIN.test(value);
    body += `${body === '' ? '' : '&'}${isPlain ? `${name}=${value}` : new URLSearchParams([[name, value]]).toString()}`;
  }
  return body;
}

// What the form encoding leaves unchanged:
// https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set
const PLAIN = /^[\w.*-]*$/;
