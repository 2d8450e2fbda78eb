import type { ProviderResponse } from './exchange.ts';

/**
 * The name of the header that shows that an answer was stored earlier, and not made for this request; `undefined`
 * without one. A cache that stores in spite of `no-store` and shows nothing cannot be noticed.
 *
 * Sources: `Age` RFC 9111 section 5.1 (its presence means that the origin did not make this answer now; proxies that
 * pass an answer on say 0), `Cache-Status` RFC 9211; `CF-Cache-Status` developers.cloudflare.com/cache/concepts/cache-responses;
 * `X-Cache` of Squid, Varnish, Fastly, CloudFront and Azure ("HIT", "TCP_HIT", "Hit from cloudfront"); `X-Cache-Status`
 * and `X-Proxy-Cache` of nginx's `$upstream_cache_status`; `X-LiteSpeed-Cache` docs.litespeedtech.com; `X-From-Cache`
 * of Go's httpcache.
 */
export function cacheOf({ headers }: ProviderResponse): string | undefined {
  return Object.keys(headers).find((name) => SIGNS.get(name.toLowerCase())?.test(headers[name] ?? ''));
}

// A stale answer is stored, too; a revalidated one was confirmed by the origin.
const HIT = /(?:^|[^a-z])(?:hit|stale|updating)(?![a-z])/i;
const SIGNS: ReadonlyMap<string, RegExp> = new Map([
  ['age', /^\s*0*[1-9]/],
  ['cache-status', /;\s*hit(?!\w|\s*=\s*\?0)/i],
  ['cf-cache-status', HIT],
  ['x-cache', HIT],
  ['x-cache-status', HIT],
  ['x-proxy-cache', HIT],
  ['x-litespeed-cache', HIT],
  ['x-from-cache', /^\s*(?:1|true|hit|yes)\b/i],
]);
