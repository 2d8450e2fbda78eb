import { timingSafeEqual } from 'node:crypto';

/** The cookie that the forms' token is compared with. */
const COOKIE = 'cancelkit_form';
const SHAPE = /^[\w-]{43}$/;

/**
 * The token of an operator's forms: a random one that the browser keeps in a cookie, so that any process can check it.
 *
 * @returns the token, and the header that sets it if the browser has none
 */
export function formTokenOf(
  request: Request,
  basePath: string,
): { readonly token: string; readonly setCookie?: string } {
  const kept = cookieOf(request, COOKIE);
  if (kept !== undefined && SHAPE.test(kept)) return { token: kept };
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : '';
  // Lax: a link from elsewhere to a page must not replace the token that the forms of another tab carry.
  return {
    token,
    setCookie: `${COOKIE}=${token}; Path=${basePath === '' ? '/' : basePath}; HttpOnly; SameSite=Lax${secure}`,
  };
}

/** Whether a form was sent by a page of the console itself. */
export function isOwnForm(request: Request, form: URLSearchParams): boolean {
  const kept = cookieOf(request, COOKIE);
  const sent = form.get('form_token');
  return isSameOrigin(request) && kept !== undefined && SHAPE.test(kept) && sent !== null && isEqual(kept, sent);
}

/** A cookie of a request. */
export function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Compares two secrets in a time that tells nothing of them but their length. */
export function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Browsers that do not say where a request comes from, as over plain HTTP, send its origin with a form. Behind a proxy,
 * the scheme may differ. The URL may be the server's own: Next.js puts `localhost` there, whatever the browser asked
 * for.
 */
function isSameOrigin({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = headers.get('origin');
  if (origin === null || !URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  // Some proxies name the port of the scheme, too.
  const asked = `${protocol}//${headers.get('host') ?? new URL(url).host}`;
  return URL.canParse(asked) && new URL(asked).host === host;
}
