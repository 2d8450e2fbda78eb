const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** What every response of the console carries. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // With `no-referrer`, browsers send `Origin: null` with a form.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** A response of the console. */
export function respond(
  body: string | null,
  { status = 200, type = 'text/html', headers = {} }: RespondOptions = {},
): Response {
  return new Response(body, { status, headers: { ...HEADERS, 'content-type': `${type}; charset=utf-8`, ...headers } });
}

interface RespondOptions {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends the browser to another page, after a form. */
export function redirect(location: string, headers: Readonly<Record<string, string>> = {}): Response {
  return respond(null, { status: 303, headers: { location, ...headers } });
}
