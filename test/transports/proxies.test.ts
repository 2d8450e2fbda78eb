import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setDefaultCACertificates } from 'node:tls';
import { createCancelService } from 'cancelkit';
import { EnvHttpProxyAgent, ProxyAgent } from 'undici';
import { EnvHttpProxyAgent as EnvHttpProxyAgent6 } from 'undici-6';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { environmentProxyFor, isProxyLeftToUs } from '../../src/sending/environment-proxy.ts';
import { makeCertificate, type Certificate } from '../campaign/certificate.ts';
import { startProviderServer, type Misbehaviour } from '../campaign/provider-server.ts';
import { acmeProvider, blindAcmeProvider, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { listen } from '../support/listen.ts';

const token = 'a-token-of-the-account';
const PLACE = Symbol.for('undici.globalDispatcher.1');

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
  setDefaultCACertificates([certificate.cert]);
});

const untouched: unknown = Reflect.get(globalThis, PLACE);
const { versions } = process;
afterEach(() => {
  Reflect.set(globalThis, PLACE, untouched);
  Object.defineProperty(process, 'versions', { value: versions });
  vi.unstubAllEnvs();
});

type Refusal = 401 | 403 | 407 | 429 | 502 | 'reset' | 'never' | 'open' | undefined;

/** An HTTP proxy that opens tunnels, or refuses to, and records what it was asked. The last refusal is repeated. */
async function startProxy(...refusals: readonly Refusal[]) {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.end('{"result":"success"}');
  });
  server.on('connect', (request, client: Socket) => {
    const refusal = refusals[seen.length] ?? refusals.at(-1);
    seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    client.on('error', () => undefined);
    if (refusal === 'never') return;
    if (refusal === 'reset') client.resetAndDestroy();
    else if (typeof refusal === 'number') client.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`);
    else {
      const { hostname, port } = new URL(`http://${request.url}`);
      const upstream = connect(Number(port), hostname, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on('error', () => client.destroy());
    }
  });
  server.on('connection', (socket) => sockets.add(socket));
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function startProvider(misbehaviour: Misbehaviour = {}) {
  const server = await startProviderServer(misbehaviour, certificate);
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

const account = blindAcmeProvider().account;
const toHosting = (baseUrl: string, options: Parameters<typeof createCancelService>[1]) =>
  createCancelService({ acme: account({ baseUrl: `${baseUrl}/services`, token }) }, options);

/** The ways in which a program can be told to use a proxy. */
const ways = [
  ['the option `proxy`', (proxy: string) => ({ proxy })],
  [
    'the environment, which Node.js was told to use',
    (proxy: string) => {
      vi.stubEnv('HTTPS_PROXY', proxy);
      Reflect.set(globalThis, PLACE, new EnvHttpProxyAgent());
      return {};
    },
  ],
  [
    'the environment, in a Node.js with undici 6',
    (proxy: string) => {
      vi.stubEnv('HTTPS_PROXY', proxy);
      Reflect.set(globalThis, PLACE, new EnvHttpProxyAgent6());
      return {};
    },
  ],
  [
    'the environment, which a Node.js was told to use that does not know how',
    (proxy: string) => {
      vi.stubEnv('HTTPS_PROXY', proxy);
      vi.stubEnv('NODE_USE_ENV_PROXY', '1');
      Object.defineProperty(process, 'versions', { value: { ...versions, node: '22.20.0' } });
      return {};
    },
  ],
  [
    'a global dispatcher',
    (proxy: string) => {
      Reflect.set(globalThis, PLACE, new ProxyAgent({ uri: proxy }));
      return {};
    },
  ],
] as const;

describe.each(ways)('a proxy by %s', (_, use) => {
  it('carries a cancellation through a tunnel', async () => {
    await using proxy = await startProxy();
    await using provider = await startProvider();
    const services = toHosting(provider.url, use(proxy.url));
    const error = await failureOf(services.cancel(REQUEST));
    // The made-up provider is not the one of the server; what counts is that the server was reached, once.
    expect(error.attempts).toBe(1);
    expect(provider.connections).toBe(1);
    expect(proxy.seen).toEqual([`CONNECT ${new URL(provider.url).host}`]);
  });

  it.each([407, 502, 'reset'] as const)('that refuses the tunnel with %s makes it unavailable', async (refusal) => {
    await using proxy = await startProxy(refusal);
    await using provider = await startProvider();
    const error = await failureOf(toHosting(provider.url, use(proxy.url)).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'unavailable' });
    if (typeof refusal === 'number') expect(error.message).toContain(`the proxy refused to connect to the provider`);
    expect(provider.connections).toBe(0);
  });
});

describe.each(ways)('a proxy by %s', (_, use) => {
  it.each([401, 403, 407] as const)(
    'that refuses a tunnel with %s is not asked again by the same call',
    async (status) => {
      await using proxy = await startProxy(status);
      await using provider = await startProvider();
      const error = await failureOf(toHosting(provider.url, use(proxy.url)).cancel(REQUEST));
      expect(error).toMatchObject({ code: 'unavailable', retryable: false, attempts: 1 });
      expect(error.message).toContain('Check the credentials of the proxy, and which hosts it allows');
      expect(proxy.seen).toHaveLength(1);
    },
  );

  it.each([429, 502] as const)('that cannot open a tunnel now (%s) is asked again', async (status) => {
    await using proxy = await startProxy(status);
    await using provider = await startProvider();
    const error = await failureOf(toHosting(provider.url, use(proxy.url)).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'unavailable', retryable: true, attempts: 4 });
    expect(proxy.seen).toHaveLength(4);
  });
});

describe('a proxy that refuses the credentials of its user', () => {
  it('is asked once for a whole list', async () => {
    await using proxy = await startProxy(407);
    await using provider = await startProvider();
    const services = toHosting(provider.url, { proxy: proxy.url });
    const requests = Array.from({ length: 20 }, (_, index) => ({
      ...REQUEST,
      service: { ...REQUEST.service, hostingId: `h-${index}` },
    }));
    const codes = [];
    for await (const item of services.cancelMany(requests)) codes.push(item.ok ? 'ok' : item.error.code);
    expect(new Set(codes)).toEqual(new Set(['unavailable']));
    expect(proxy.seen).toHaveLength(1);
  });

  it('says so also if it begins to refuse between a lost response and its read-back', async () => {
    await using proxy = await startProxy('open', 407);
    await using provider = await startProvider({ faultOf: () => ({ kind: 'reset', executed: true }) });
    const acme = acmeProvider().account({ baseUrl: `${provider.url}/services`, token });
    const error = await failureOf(createCancelService({ acme }, { proxy: proxy.url }).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', attempts: 2, readBackRefusal: 'unavailable' });
    expect(error.message).toContain('Check the credentials of the proxy');
    expect(proxy.seen).toHaveLength(2);
  });
});

describe.each(ways.slice(0, 4))('a proxy by %s', (_, use) => {
  it('that never opens the tunnel makes it unavailable', async () => {
    await using proxy = await startProxy('never');
    await using provider = await startProvider();
    const options = { ...use(proxy.url), attemptTimeoutMs: 200, deadlineMs: 400 };
    const error = await failureOf(toHosting(provider.url, options).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(provider.connections).toBe(0);
  });
});

describe('an http base URL', () => {
  it.each([
    ...ways.filter(([name]) => !name.includes('environment')),
    [
      'HTTP_PROXY, which Node.js was told to use',
      (proxy: string) => {
        vi.stubEnv('HTTP_PROXY', proxy);
        Reflect.set(globalThis, PLACE, new EnvHttpProxyAgent());
        return {};
      },
    ] as const,
    [
      'HTTP_PROXY, which a Node.js was told to use that does not know how',
      (proxy: string) => {
        vi.stubEnv('HTTP_PROXY', proxy);
        vi.stubEnv('NODE_USE_ENV_PROXY', '1');
        Object.defineProperty(process, 'versions', { value: { ...versions, node: '20.9.0' } });
        return {};
      },
    ] as const,
    [
      'HTTP_PROXY, by a dispatcher with options of its own',
      (proxy: string) => {
        vi.stubEnv('HTTP_PROXY', proxy);
        Reflect.set(globalThis, PLACE, new EnvHttpProxyAgent({ connect: { timeout: 5000 } }));
        return {};
      },
    ] as const,
    [
      'a dispatcher that extends the one of undici',
      (proxy: string) => {
        class OwnProxyAgent extends ProxyAgent {}
        Reflect.set(globalThis, PLACE, new OwnProxyAgent({ uri: proxy }));
        return {};
      },
    ] as const,
  ])('is refused if its requests would pass a proxy in clear text: %s', async (_, use) => {
    await using proxy = await startProxy();
    const services = createCancelService(
      { acme: account({ baseUrl: 'http://127.0.0.1:9999', token }) },
      use(proxy.url),
    );
    const error = await failureOf(services.cancel(REQUEST));
    expect(error).toMatchObject({ code: 'not_configured' });
    expect(error.message).toContain('NO_PROXY');
    expect(proxy.seen).toEqual([]);
  });

  it('is reached directly if NO_PROXY names its host', async () => {
    await using proxy = await startProxy();
    const provider = await startProviderServer();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', 'localhost,127.0.0.1');
    Reflect.set(globalThis, PLACE, new EnvHttpProxyAgent());
    await failureOf(toHosting(provider.url, {}).cancel(REQUEST));
    expect([provider.connections, proxy.seen]).toEqual([1, []]);
    await provider.close();
  });
});

describe('the option proxy beside a global fetch that would not use it', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it.each(['cancel', 'preview'] as const)('is refused by %s, and nothing is sent to either', async (operation) => {
    await using proxy = await startProxy('open');
    const direct: unknown[] = [];
    vi.stubGlobal('fetch', (...given: Parameters<typeof fetch>) => {
      direct.push(given[0]);
      return Promise.resolve(Response.json({ result: 'success' }));
    });
    const services = toHosting('https://provider.example', { proxy: proxy.url });
    const error = await failureOf(services[operation](REQUEST));
    expect(error).toMatchObject({ code: 'not_configured', retryable: false, attempts: 0 });
    expect(error.message).toContain('Set the option fetch');
    expect([proxy.seen, direct]).toEqual([[], []]);
  });

  it('is refused on a runtime that is not Node.js', async () => {
    Object.defineProperty(process, 'versions', { value: { ...versions, bun: '1.3.0' } });
    const services = toHosting('https://provider.example', { proxy: 'http://127.0.0.1:9998' });
    expect(await failureOf(services.cancel(REQUEST))).toMatchObject({ code: 'not_configured', attempts: 0 });
  });
});

describe('the proxy of the environment', () => {
  const at = 'https://api.provider.example:8443/v1';
  it.each([
    [{}, at, undefined],
    [{ HTTPS_PROXY: 'http://p' }, at, 'http://p'],
    [{ https_proxy: 'http://lower', HTTPS_PROXY: 'http://upper' }, at, 'http://lower'],
    [{ HTTP_PROXY: 'http://p' }, at, 'http://p'],
    [{ HTTP_PROXY: 'http://p' }, 'http://127.0.0.1:80/', 'http://p'],
    [{ HTTPS_PROXY: 'http://p' }, 'http://127.0.0.1:80/', undefined],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: '*' }, at, undefined],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'provider.example' }, at, undefined],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'other.example .provider.example' }, at, undefined],
    [{ HTTPS_PROXY: 'http://p', no_proxy: 'other,*.provider.example' }, at, undefined],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'api.provider.example:8443' }, at, undefined],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'api.provider.example:443' }, at, 'http://p'],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'vider.example' }, at, 'http://p'],
    [{ HTTPS_PROXY: '', NO_PROXY: '' }, at, undefined],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: '::1' }, 'http://[::1]:8080/', undefined],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: 'localhost,[::1]' }, 'http://[::1]:8080/', undefined],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: '0:0:0:0:0:0:0:1' }, 'http://[::1]:8080/', undefined],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: '[::1]:8080' }, 'http://[::1]:8080/', undefined],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: '[::1]:80' }, 'http://[::1]/', undefined],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: '[::1]:81' }, 'http://[::1]:8080/', 'http://p'],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: '::2' }, 'http://[::1]:8080/', 'http://p'],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: '[::1' }, 'http://[::1]:8080/', 'http://p'],
    [{ HTTP_PROXY: 'http://p', NO_PROXY: '::1' }, 'http://127.0.0.1:8080/', 'http://p'],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: '2001:DB8::10' }, 'https://[2001:db8:0:0::10]/', undefined],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: '2001:db8::10' }, 'https://[2001:db8::]:10/', 'http://p'],
    [{ HTTPS_PROXY: 'http://p', NO_PROXY: 'fe80::1%eth0,:::,[]' }, 'https://[fe80::1]/', 'http://p'],
  ] as const)('%j for %s is %s', (environment, url, expected) => {
    expect(environmentProxyFor(new URL(url), environment)).toBe(expected);
  });
});

describe('NODE_USE_ENV_PROXY', () => {
  it.each([
    ['20.9.0', '1', true],
    ['21.7.3', '1', true],
    ['22.12.0', '1', true],
    ['22.20.0', '1', true],
    ['22.20.0', '0', false],
    ['22.20.0', undefined, false],
    ['22.21.0', '1', false],
    ['23.11.1', '1', true],
    ['24.0.0', '1', false],
    ['26.10.0', '1', false],
  ] as const)('on Node.js %s, %j is left to us: %j', (version, value, expected) => {
    expect(isProxyLeftToUs(version, { NODE_USE_ENV_PROXY: value })).toBe(expected);
  });
});

describe('the option `proxy`', () => {
  it.each([
    '',
    'proxy:3128',
    'ftp://proxy',
    'http://user:${PASSWORD}@proxy:3128',
    'http://<proxy>:3128',
    'http://proxy/path',
    7,
  ])('%j is refused', (proxy) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- what an option of a program without types may be
    expect(() => createCancelService({}, { proxy: proxy as string })).toThrow(/proxy/);
  });

  it('is taken with a password of any signs', () => {
    expect(() => createCancelService({}, { proxy: 'http://user:p{a}$s<s@proxy:3128' })).not.toThrow();
  });

  it('is refused together with a fetch', () => {
    expect(() => createCancelService({}, { proxy: 'http://p:1', fetch })).toThrow(/proxy/);
  });
});
