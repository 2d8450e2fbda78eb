/** A base URL that requests may go to, or what a sound one looks like. */
export type CheckedBaseUrl =
  { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly expected: string };

/** What a base URL has to be, for the messages of an adapter's schema. */
export const EXPECTED_BASE_URL = 'an https URL (http only to loopback) without user info, query or fragment';

/** Checks an account's base URL. The URL that comes back ends without a slash in its path, unless it is the root. */
export function checkBaseUrl(text: string): CheckedBaseUrl {
  // The parser drops an empty query or fragment, tabs and line breaks, and turns backslashes; none of these is meant.
  if (/[\s\\?#@\p{Cc}]/u.test(text)) return { ok: false, expected: EXPECTED_BASE_URL };
  if (!URL.canParse(text)) return { ok: false, expected: EXPECTED_BASE_URL };
  const url = new URL(text);
  const sound = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  if (!sound || url.username !== '' || url.password !== '' || url.hostname === '') {
    return { ok: false, expected: EXPECTED_BASE_URL };
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return { ok: true, url };
}

/** Whether a text is a base URL that requests may go to: for the schema of an adapter's configuration. */
export function isBaseUrl(text: string): boolean {
  return checkBaseUrl(text).ok;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
