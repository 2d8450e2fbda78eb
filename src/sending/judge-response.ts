import type { ErrorFacts } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import { refusedAccess } from './refused-access.ts';
import { retryWaitOf } from './retry-after.ts';

/**
 * The statuses of a response that is not the API's own, but proves that the request was turned away before anything
 * could run: it was not understood, not routed or not let in. 403 and 406 are not among them, since a firewall also
 * answers so when it dislikes the API's *response*, and then the request has been carried out.
 */
const TURNED_AWAY: ReadonlySet<number> = new Set([400, 401, 404, 405, 407, 410, 411, 413, 414, 415, 417, 426, 431]);

/** "Refused unprocessed": the server says that it did not begin. */
const UNPROCESSED: ReadonlySet<number> = new Set([408, 421, 425, 429]);

/** A redirect that is answered instead of doing what was asked. 303 is answered after it was done. */
const MOVED: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/** What a response that is not in the provider's language means, judged by its HTTP status alone. */
export function judgeUnrecognized(response: ProviderResponse, effect: 'read' | 'write'): ErrorFacts {
  const { status } = response;
  if (status === 429) return rateLimited(response);
  if (UNPROCESSED.has(status)) {
    const message = `the server answered ${status}, without processing the request. Try again later.`;
    return { code: 'unavailable', providerStatus: status, retryInMs: retryWaitOf(response), message };
  }
  const refusal = refusalIn(response);
  if (refusal !== undefined && effect === 'read') return refusal;
  const what = describe(response);
  const isForeign = response.body.kind !== 'json' || refusal !== undefined;
  if (TURNED_AWAY.has(status)) {
    return {
      code: 'unexpected_response',
      providerStatus: status,
      isForeign,
      message: isLoginStatus(status)
        ? `${what}, which asks for a login. Nothing was processed. Check the credentials and the base URL of the account.`
        : `${what}. Nothing was processed. Check the base URL of the account; no API seems to be there.`,
    };
  }
  if (effect === 'read') {
    return status >= 500
      ? {
          code: 'unavailable',
          providerStatus: status,
          retryInMs: retryWaitOf(response),
          message: `${what}. Try again later.`,
        }
      : { code: 'unexpected_response', providerStatus: status, isForeign, message: `${what}.` };
  }
  if (status >= 500) {
    return {
      code: 'outcome_unknown',
      reason: 'server_error',
      providerStatus: status,
      message: `${what}. The request may have been carried out: check that before anything is sent again.`,
    };
  }
  const firewall = status === 403 || status === 406;
  const hint = firewall ? ' A firewall can block the request, or only the response: let it allow this address.' : '';
  return {
    code: 'outcome_unknown',
    reason: 'unreadable_answer',
    providerStatus: status,
    message: `${what}.${hint} The request may have been carried out: check that before anything is sent again.`,
  };
}

/**
 * The refusal of the credentials or the address of the caller that is the whole response, though not in the API's form.
 * It proves nothing of a write, since a part of the panel can say so after the write was carried out. No other request
 * of the account should follow it. With 401 and 407 the status says enough.
 */
export function refusalIn({ status, body }: ProviderResponse): ErrorFacts | undefined {
  if (status >= 500 || isLoginStatus(status)) return undefined;
  const said = saidIn(body)
    .map(refusedAccess)
    .find((one) => one !== undefined);
  if (said === undefined) return undefined;
  const { code } = said;
  const message =
    code === 'unauthorized'
      ? 'the credentials were refused, in words that are not in the form of this API. Check them.'
      : `the address ${said.address} is not allowed. Add it to the list of allowed addresses.`;
  return { code, providerStatus: status, message };
}

/**
 * The texts that are all that a response says: a plain text, or the messages of a JSON object without anything else.
 */
function saidIn(body: ProviderResponse['body']): readonly string[] {
  if (body.kind === 'other') return /[<>]/.test(body.text) ? [] : [body.text];
  if (body.kind !== 'json') return [];
  const { value } = body;
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => (MESSAGES.has(key) && typeof one === 'string' ? [one] : []));
}

const MESSAGES: ReadonlySet<string> = new Set(['error', 'error_description', 'message', 'msg', 'detail', 'reason']);

/** What a redirect means, or `undefined` if the response is not a redirect. */
export function judgeRedirect(response: ProviderResponse, effect: 'read' | 'write'): ErrorFacts | undefined {
  const { status } = response;
  // 0 is a redirect whose status a custom fetch does not report.
  if (status !== 0 && (status < 300 || status > 399)) return undefined;
  const message = 'the base URL redirects. No redirect is followed: set the address that it leads to as the base URL.';
  // JSON is an application's own response, whatever its status has been turned into: it may have done what was asked.
  const isInstead = MOVED.has(status) && response.body.kind !== 'json';
  if (effect === 'read' || isInstead)
    return { code: 'unexpected_response', providerStatus: status, isForeign: true, message };
  return {
    code: 'outcome_unknown',
    reason: 'unreadable_answer',
    providerStatus: status,
    message: `the server answered ${status}, which can follow a request that was carried out. Check the state.`,
  };
}

/** What a response from a cache means, or `undefined` if the response shows no sign of one. */
export function judgeCached(response: ProviderResponse, effect: 'read' | 'write'): ErrorFacts | undefined {
  const header = cacheOf(response);
  if (header === undefined) return undefined;
  const { status: providerStatus } = response;
  const message =
    `the response came from a cache (header ${header}), although the request forbids that. ` +
    'Exclude the address of the API from the cache or proxy.';
  return effect === 'read'
    ? { code: 'unexpected_response', providerStatus, isForeign: true, message }
    : { code: 'outcome_unknown', reason: 'unreadable_answer', providerStatus, message };
}

/** Whether a status asks for a login, here or at a proxy on the way, whatever its body says. */
export function isLoginStatus(status: number | undefined): boolean {
  return status === 401 || status === 407;
}

/** Whether a status says that the server did not begin with the request (class B). */
export function isUnprocessed(status: number): boolean {
  return UNPROCESSED.has(status);
}

/**
 * Whether a response with such a status turns the write away. Not if the provider's words are a yes that does not fit
 * the order: that is stronger than a status that says that nothing was started.
 */
export function refusedUnprocessed(
  verdict: { readonly verdict: string; readonly reason?: string },
  response: ProviderResponse,
): boolean {
  const isOddYes = verdict.verdict === 'unclear' && verdict.reason === 'unreadable_answer';
  return !isOddYes && isUnprocessed(response.status);
}

/** The failure for a 429. */
export function rateLimited(response: ProviderResponse): ErrorFacts {
  return {
    code: 'rate_limited',
    providerStatus: response.status,
    retryInMs: retryWaitOf(response),
    message: 'too many requests. Nothing was processed; try again later.',
  };
}

function describe({ status, body }: ProviderResponse): string {
  const kinds = {
    json: 'with JSON that is not in the form of this API',
    empty: 'with an empty body',
    other: 'with something that is not JSON, such as a login, maintenance or firewall page',
    too_large: 'with a body over 256 KiB',
  };
  return `the server answered ${status} ${kinds[body.kind]}`;
}

/**
 * The name of the header that shows that a response was stored earlier, and not made for this request; `undefined`
 * without one. A cache that stores in spite of `no-store` and shows nothing cannot be noticed.
 *
 * Sources: `Age` RFC 9111 section 5.1 (its presence means that the origin did not make this response now; proxies that
 * pass a response on say 0), `Cache-Status` RFC 9211; `CF-Cache-Status`
 * developers.cloudflare.com/cache/concepts/cache-responses; `X-Cache` of Squid, Varnish, Fastly, CloudFront and Azure
 * ("HIT", "TCP_HIT", "Hit from cloudfront"); `X-Cache-Status` and `X-Proxy-Cache` of nginx's `$upstream_cache_status`;
 * `X-LiteSpeed-Cache` docs.litespeedtech.com; `X-From-Cache` of Go's httpcache; `X-Varnish` with two numbers
 * varnish-cache.org; `Warning: 110` RFC 7234 section 5.5.1; `X-Cache-Hits` of Varnish and Fastly; in `Server-Timing`
 * `cdn-cache` of Akamai, `cdn-cache-hit` of CloudFront and `cfCacheStatus` of Cloudflare; `X-Symfony-Cache` and
 * `X-Rack-Cache` ("fresh"). Other products name their header alike (`CDN-Cache` of bunny.net, `X-Vercel-Cache`,
 * `X-Sucuri-Cache`, `X-Drupal-Cache`), so every name that ends so is looked at, but for Squid's `X-Cache-Lookup`, which
 * shows a hit that was not used.
 */
export function cacheOf({ headers }: ProviderResponse): string | undefined {
  return Object.keys(headers).find((name) => {
    const lower = name.toLowerCase();
    return (
      (SIGNS.get(lower) ?? (lower.includes('cache') && NAMED_ALIKE.test(lower) ? HIT : undefined))?.test(
        headers[name] ?? '',
      ) === true
    );
  });
}

// A stale response is stored, too; a revalidated one was confirmed by the origin.
const HIT = /(?:^|[^a-z])(?:hit|fresh|stale|updating)(?![a-z])/i;
const NAMED_ALIKE = /(?:^|-)cache(?:-status|-result|-state|-remote|-debug)?$/;
const SIGNS: ReadonlyMap<string, RegExp> = new Map([
  // Of several caches each may have added its own.
  ['age', /(?:^|[\s,.])0*[1-9]/],
  ['cache-status', /;\s*hit(?!\w|\s*=\s*\?0)/i],
  ['x-from-cache', /^\s*(?:1|true|hit|yes)\b/i],
  ['x-cache-hits', /[1-9]/],
  ['server-timing', /\b(?:cdn-cache|cfcachestatus)\s*;\s*desc="?hit\b|\bcdn-cache-hit\b/i],
  ['x-varnish', /^\s*\d+\s+\d/],
  ['warning', /(?:^|,)\s*11[0-3]\s\S+\s"/],
]);

/**
 * The failure for a challenge that something in front of the provider answered with, or `undefined` if the response is
 * none. A challenge proves that the request did not reach the provider, and only a browser can pass it.
 *
 * A response counts only with the marker that the vendor documents, and never with a JSON body: JSON is an
 * application's own response, even if a proxy has added a header to it.
 */
export function judgeChallenge(response: ProviderResponse): ErrorFacts | undefined {
  const { status, headers, body } = response;
  if (body.kind === 'json') return undefined;
  const wall = WALLS.find(({ header, value, matches }) => headers[header] === value && matches(status));
  if (wall === undefined) return undefined;
  const reference = wall.reference === undefined ? undefined : headers[wall.reference];
  return {
    code: 'unavailable',
    providerStatus: status,
    // Another try meets the same wall until someone changes a rule.
    retryable: false,
    ...(reference === undefined ? {} : { providerReference: reference }),
    message:
      `${wall.name} answered with a challenge for browsers (HTTP ${status}), so the request did not reach the provider. ` +
      `Nothing was processed. Ask the owner of the address to let this machine's address skip the challenge (${wall.rule}).`,
  };
}

interface Wall {
  readonly name: string;
  readonly header: string;
  readonly value: string;
  readonly matches: (status: number) => boolean;
  /** What the owner has to set. */
  readonly rule: string;
  /** The header with the id under which the owner finds the event. */
  readonly reference?: string;
}

/**
 * Only what its vendor documents, and what is sent instead of passing the request on:
 *
 * - Cloudflare, "Detect a Challenge Page response": the header is there on every challenge page and has no other value.
 *   Seen with 403, 429 and 503.
 * - AWS WAF, "CAPTCHA and Challenge action behavior": the request is blocked from going to its destination; 202 with
 *   `challenge`, 405 with `captcha`.
 */
const WALLS: readonly Wall[] = [
  {
    name: 'Cloudflare',
    header: 'cf-mitigated',
    value: 'challenge',
    matches: (status) => status >= 400,
    rule: 'a WAF rule with the action Skip for the path of the API',
    reference: 'cf-ray',
  },
  {
    name: 'AWS WAF',
    header: 'x-amzn-waf-action',
    value: 'challenge',
    matches: (status) => status === 202,
    rule: 'a rule with the action Allow, or a scope-down statement, for the path of the API',
  },
  {
    name: 'AWS WAF',
    header: 'x-amzn-waf-action',
    value: 'captcha',
    matches: (status) => status === 405,
    rule: 'a rule with the action Allow, or a scope-down statement, for the path of the API',
  },
];
