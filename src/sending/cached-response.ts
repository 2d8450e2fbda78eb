import type { ProviderResponse } from '../contract/exchange.ts';

/**
 * The name of the header that shows that an answer was stored earlier, and not made for this request; `undefined`
 * without one. A cache that stores in spite of `no-store` and shows nothing cannot be noticed.
 *
 * Sources: `Age` RFC 9111 section 5.1 (its presence means that the origin did not make this answer now; proxies that
 * pass an answer on say 0), `Cache-Status` RFC 9211; `CF-Cache-Status`
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

// A stale answer is stored, too; a revalidated one was confirmed by the origin.
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
