/** What a base URL has to be, for the messages of an adapter's schema. */
export const EXPECTED_BASE_URL =
  'an https URL (http only to loopback) without user info, query or fragment, and no placeholder';

/**
 * Whether a text has the form of a base URL: for the schema of an adapter's configuration. A port that `fetch` refuses
 * passes, because the core has a message of its own for it.
 */
export function isBaseUrl(text: string): boolean {
  return parseBaseUrl(text) !== undefined;
}

/** The URL of a text in the form of a base URL. */
export function parseBaseUrl(text: string): URL | undefined {
  // The parser drops an empty query or fragment, tabs and line breaks, and turns backslashes; none of these is meant.
  // Brackets are those of a variable or a template that nothing has replaced.
  if (/[\s\\?#@<>{}\p{Cc}]/u.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (/^(?:undefined|null)$/.test(url.hostname)) return undefined;
  const isAllowed = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  return isAllowed && url.username === '' && url.password === '' && url.hostname !== '' ? url : undefined;
}

/** Whether a name of a URL’s host is this machine by its form. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
