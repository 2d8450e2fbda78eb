import { createCancelService, type ServiceOptions } from 'cancelkit';
import fc from 'fast-check';
import { Agent, cacheStores, getGlobalDispatcher, interceptors, setGlobalDispatcher } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { cacheOf } from '../../src/sending/judge-response.ts';
import { acme, REQUEST, toWrite } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';
import { startHttp, type Loopback } from '../support/loopback.ts';
import '../support/no-waiting.ts';

const config = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' };
const { account, service: reference } = REQUEST;

/** A provider whose first response to a read may be stored for an hour, and which never answers a write. */
function startStorable(): Promise<Loopback> {
  let reads = 0;
  return startHttp((response, { method }, socket) => {
    if (method !== 'GET') {
      socket.destroy();
      return;
    }
    reads += 1;
    const state = reads === 1 ? 'scheduled' : 'none';
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' });
    response.end(JSON.stringify({ state, when: reads === 1 ? 'end_of_period' : undefined }));
  });
}

async function cancelledBehindACache(provider: Loopback, options: ServiceOptions = {}): Promise<void> {
  const service = createCancelService({ acme: acme({ ...config, baseUrl: provider.origin }) }, options);
  expect((await service.status({ account, service: reference })).state).toBe('scheduled');
  const error = await failureOf(service.cancel(REQUEST));
  expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'none' });
  expect(provider.seen.filter(({ method }) => method === 'GET')).toHaveLength(2);
}

describe('a read-back after a lost response', () => {
  const dispatcher = getGlobalDispatcher();
  afterEach(() => setGlobalDispatcher(dispatcher));

  it('is not answered by a dispatcher that caches', async () => {
    await using provider = await startStorable();
    const caching = new Agent().compose(interceptors.cache({ store: new cacheStores.MemoryCacheStore() }));
    setGlobalDispatcher(caching);
    // It does cache: the same request without the headers is answered by it.
    for (const _ of [1, 2]) await (await fetch(`${provider.origin}/other`)).text();
    expect(provider.seen).toHaveLength(1);
    await caching.close();

    await using another = await startStorable();
    setGlobalDispatcher(new Agent().compose(interceptors.cache({ store: new cacheStores.MemoryCacheStore() })));
    await cancelledBehindACache(another);
  });

  it('is not answered by a fetch that caches what it may, by the header or by the option', async () => {
    for (const obeys of ['header', 'option'] as const) {
      const stored = new Map<string, Response>();
      const caching: typeof globalThis.fetch = async (input, init) => {
        const request = new Request(input, init);
        const forbids =
          obeys === 'header'
            ? /no-store|no-cache/.test(request.headers.get('cache-control') ?? '')
            : request.cache === 'no-store';
        const known = stored.get(request.url);
        if (known !== undefined && request.method === 'GET' && !forbids) return known.clone();
        const response = await fetch(request);
        if (request.method === 'GET' && !forbids) stored.set(request.url, response.clone());
        return response;
      };
      await using provider = await startStorable();
      await cancelledBehindACache(provider, { fetch: caching });
    }
  });

  it('whose response shows that it was stored is not believed', async () => {
    const { fetch, requests } = recordingFetch(({ method }) => {
      if (method !== 'GET') throw new TypeError('fetch failed');
      return json({ state: 'scheduled', when: 'end_of_period' }, 200, { 'x-cache': 'HIT from cdn' });
    });
    const service = createCancelService({ acme: acme(config) }, { fetch });
    const error = await failureOf(service.cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost' });
    expect(error.lastSeen).toBeUndefined();
    expect(requests).toHaveLength(2);
  });
});

describe('a response from a cache', () => {
  it('is no state, and the error names the header', async () => {
    const { fetch } = recordingFetch(() => json({ state: 'none' }, 200, { age: '12' }));
    const service = createCancelService({ acme: acme(config) }, { fetch });
    const error = await failureOf(service.status({ account, service: reference }));
    expect(error).toMatchObject({ code: 'unexpected_response', providerStatus: 200 });
    expect(error.message).toContain('header age');
  });

  it('is no acceptance of a cancellation', async () => {
    const { fetch } = recordingFetch(({ method }) =>
      json(method === 'GET' ? { state: 'none' } : { result: 'success' }, 200, method === 'GET' ? {} : { age: '1' }),
    );
    const service = createCancelService({ acme: acme(config) }, { fetch });
    const error = await failureOf(service.cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', lastSeen: 'none' });
  });

  const signOf = (name: string, value: string): string | undefined =>
    cacheOf({ status: 200, headers: { [name]: value }, body: { kind: 'empty' } });

  it.each([
    ['age', '1'],
    ['age', ' 0030'],
    ['age', '0, 12'],
    ['age', '0.5'],
    ['cache-status', 'ExampleCache; hit'],
    ['cache-status', 'Origin; fwd=miss, Edge; hit; ttl=30'],
    ['cf-cache-status', 'HIT'],
    ['cf-cache-status', 'STALE'],
    ['x-cache', 'Hit from cloudfront'],
    ['x-cache', 'TCP_HIT from a23-1'],
    ['x-cache', 'MISS, HIT'],
    ['x-cache-status', 'UPDATING'],
    ['x-proxy-cache', 'HIT'],
    ['x-litespeed-cache', 'hit'],
    ['x-from-cache', '1'],
    ['cdn-cache', 'HIT'],
    ['x-hcdn-cache-status', 'HIT'],
    ['x-vercel-cache', 'STALE'],
    ['X-Sucuri-Cache', 'HIT'],
    ['x-drupal-cache', 'HIT'],
    ['x-cache-remote', 'TCP_HIT from a23-1'],
    ['x-varnish', '163847 98311'],
    ['x-cache-hits', '0, 3'],
    ['x-symfony-cache', 'GET /status: fresh'],
    ['x-rack-cache', 'fresh'],
    ['x-magento-cache-debug', 'HIT'],
    ['server-timing', 'edge; dur=1, cdn-cache; desc=HIT'],
    ['server-timing', 'cfCacheStatus;desc="HIT"'],
    ['server-timing', 'cdn-cache-hit,cdn-pop;desc="MAD50"'],
    ['warning', '110 - "Response is Stale"'],
  ])('shows by %s: %s', (name, value) => {
    expect(signOf(name, value)).toBe(name);
  });

  it.each([
    ['age', '0'],
    ['age', '-1'],
    ['age', 'new'],
    ['cache-status', 'ExampleCache; fwd=uri-miss; stored'],
    ['cache-status', 'ExampleCache; hit=?0'],
    ['cf-cache-status', 'DYNAMIC'],
    ['cf-cache-status', 'REVALIDATED'],
    ['x-cache', 'MISS'],
    ['x-cache', 'WHITELISTED'],
    ['x-from-cache', '0'],
    ['cache-control', 'max-age=300'],
    ['x-cache-hits', '0'],
    ['x-cache-lookup', 'HIT from proxy:3128'],
    ['x-cache-key', '/hit'],
    ['cache-tag', 'hit'],
    ['cdn-cache', 'MISS'],
    ['x-varnish', '163847'],
    ['x-cache-status', 'Refresh'],
    ['x-symfony-cache', 'GET /status: miss, store'],
    ['x-magento-cache-debug', 'MISS'],
    ['server-timing', 'cache;desc="Cache Read";dur=2, cdn-cache; desc=MISS'],
    ['age', '0, 0'],
    ['warning', '199 - "110 servers"'],
  ])('is none by %s: %s', (name, value) => {
    expect(signOf(name, value)).toBeUndefined();
  });

  it('is looked for in any headers', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (headers) => {
        const name = cacheOf({ status: 200, headers, body: { kind: 'empty' } });
        expect(name === undefined || Object.hasOwn(headers, name)).toBe(true);
      }),
    );
  });
});

describe('a request of an adapter', () => {
  it('cannot allow a cache to answer', async () => {
    const { fetch, requests } = recordingFetch();
    const account = acme(config, {
      *cancel(order, given) {
        const headers = { 'Cache-Control': 'max-age=600', pragma: 'cache' };
        yield { ...toWrite(order, given), headers };
        return { verdict: 'accepted', outcome: 'requested' };
      },
    });
    await createCancelService({ acme: account }, { fetch }).cancel(REQUEST);
    expect(requests[0]?.headers).toMatchObject({ 'cache-control': 'no-store, no-cache', pragma: 'no-cache' });
  });
});
