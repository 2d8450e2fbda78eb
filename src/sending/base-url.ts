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
function parseBaseUrl(text: string): URL | undefined {
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

/** A base URL that requests may go to, or what a valid one looks like. */
export type CheckedBaseUrl =
  { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly expected: string };

/** Checks an account's base URL. The URL that comes back ends without a slash in its path, unless it is the root. */
export function checkBaseUrl(text: string): CheckedBaseUrl {
  const url = parseBaseUrl(text);
  if (url === undefined) return { ok: false, expected: EXPECTED_BASE_URL };
  if (url.port !== '' && BLOCKED_PORTS.has(Number(url.port))) {
    const expected = `another port than ${url.port}, which is one that fetch never connects to (it belongs to another protocol)`;
    return { ok: false, expected };
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return { ok: true, url };
}

/** The "bad ports" of the Fetch standard, section "port blocking": fetch.spec.whatwg.org/#port-blocking. */
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
