import { channel } from 'node:diagnostics_channel';
import { request as httpRequest } from 'node:http';
import { setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TimeLimit } from '../../src/call/time-limit.ts';
import { SendProbe } from '../../src/sending/send-probe.ts';
import { type SendResult, send } from '../../src/sending/send.ts';
import { makeCertificate, type Certificate } from '../campaign/certificate.ts';
import { NO_FAULT, pickFault, randomOf, WRITE_FAULTS, type ConnectionFault, type Fault } from '../campaign/fault.ts';
import { startProviderServer, type Misbehaviour, type ProviderServer } from '../campaign/provider-server.ts';

const PATIENCE_MS = 250;
// Long enough for a machine that is busy.
const MUCH_PATIENCE_MS = 10_000;

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
  setDefaultCACertificates([certificate.cert]);
});

const servers: ProviderServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(misbehaviour: Misbehaviour, secure: boolean): Promise<ProviderServer> {
  const server = await startProviderServer(misbehaviour, secure ? certificate : undefined);
  servers.push(server);
  return server;
}

interface Sending {
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
}

async function post(url: string, { milliseconds = PATIENCE_MS, signal, fetch }: Sending = {}): Promise<SendResult> {
  const limit = new TimeLimit(milliseconds, signal);
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', url, headers, body: '{}' };
  return await send(request, limit, { fetch }, false).finally(() => limit.dispose());
}

describe('the channels of undici and of node:http', () => {
  it('show a request that leaves, and name a connection that fails', async () => {
    const server = await start({}, false);
    const probe = new SendProbe();
    expect([probe.hasLeft, probe.wasRepeated]).toEqual([false, false]);
    const response = await probe.run(() => fetch(server.url));
    await response.body?.cancel();
    expect([probe.hasLeft, probe.wasRepeated]).toEqual([true, false]);

    await server.close();
    const refused = new SendProbe();
    const error: unknown = await refused.run(() => fetch(server.url).catch((failure: unknown) => failure));
    expect([refused.hasLeft, refused.isConnectionFailure(error)]).toEqual([false, true]);
    expect(refused.isConnectionFailure(new TypeError('fetch failed', { cause: new Error('something else') }))).toBe(
      false,
    );
  });

  it('keep requests apart that run at the same time', async () => {
    const server = await start({}, false);
    const closed = await start({}, false);
    await closed.close();
    const probes = Array.from({ length: 40 }, (_, index) => {
      const { url } = index % 2 === 0 ? server : closed;
      return { url, probe: new SendProbe() };
    });
    await Promise.allSettled(probes.map(({ url, probe }) => probe.run(() => fetch(url))));
    expect(probes.map(({ probe }) => probe.hasLeft)).toEqual(probes.map(({ url }) => url === server.url));
  });

  it('count the requests that leave, but not the opening of a tunnel', () => {
    const created = channel('undici:request:create');
    const headers = channel('undici:client:sendHeaders');
    const probe = new SendProbe();
    const publish = (request: object): void => {
      probe.run(() => created.publish({ request }));
      headers.publish({ request });
    };
    publish({ method: 'CONNECT' });
    expect([probe.hasLeft, probe.wasRepeated]).toEqual([false, false]);
    publish({ method: 'POST' });
    expect([probe.hasLeft, probe.wasRepeated]).toEqual([true, false]);
    publish({ method: 'POST' });
    expect([probe.hasLeft, probe.wasRepeated]).toEqual([true, true]);
  });

  it('believe no failed connection after two requests of which none was seen leaving, as over HTTP/2 with undici 6', () => {
    const probe = new SendProbe();
    const error = new Error('refused');
    channel('undici:client:connectError').publish({ error });
    probe.run(() => channel('undici:request:create').publish({ request: {} }));
    expect(probe.isConnectionFailure(error)).toBe(true);
    probe.run(() => channel('undici:request:create').publish({ request: {} }));
    expect([probe.wasRepeated, probe.isConnectionFailure(error)]).toEqual([true, false]);
  });

  it('say nothing about a request that they did not show', () => {
    const probe = new SendProbe();
    channel('undici:client:sendHeaders').publish({ request: {} });
    channel('undici:request:create').publish('something else');
    expect([probe.hasLeft, probe.wasRepeated]).toEqual([false, false]);
  });
});

describe('a TLS handshake that never ends', () => {
  let connectionFault: ConnectionFault | undefined;
  let server: ProviderServer;
  beforeEach(async () => {
    connectionFault = undefined;
    server = await start({ connectionFault: () => connectionFault }, true);
  });

  /** Has the origin answer once, and its idle connections closed, so that the next request needs a new one. */
  async function prove(): Promise<void> {
    const proof = await post(`${server.url}/services/proof`, { milliseconds: MUCH_PATIENCE_MS });
    expect(proof).toMatchObject({ kind: 'answered', response: { status: 200 } });
    server.dropConnections();
    // The client has to hear of it, or the next request would go out on a connection that is gone.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  it('is provably not sent at the very first call to a host', async () => {
    connectionFault = 'silence';
    expect(await post(`${server.url}/services/a`)).toMatchObject({ kind: 'not_sent', end: 'timeout' });
    server.releaseHandshakes();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.received).toEqual([]);
  });

  it('is provably not sent, and is not sent afterwards when the handshake ends after all', async () => {
    await prove();
    connectionFault = 'silence';
    const sending = Array.from({ length: 20 }, (_, index) => post(`${server.url}/services/late-${index}`));
    for (const result of await Promise.all(sending)) {
      expect(result).toMatchObject({ kind: 'not_sent', end: 'timeout' });
    }
    connectionFault = undefined;
    server.releaseHandshakes();
    // A request of later proves that the handshakes had their time.
    await post(`${server.url}/services/later`, { milliseconds: MUCH_PATIENCE_MS });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.received.map(({ id }) => id)).toEqual(['proof', 'later']);
  });

  it('is provably not sent if the caller aborts', async () => {
    await prove();
    connectionFault = 'silence';
    const abort = new AbortController();
    const sending = post(`${server.url}/services/a`, { milliseconds: MUCH_PATIENCE_MS, signal: abort.signal });
    await expect.poll(() => server.connections).toBe(2);
    abort.abort();
    expect(await sending).toMatchObject({ kind: 'not_sent', end: 'aborted' });
    server.releaseHandshakes();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.received).toHaveLength(1);
  });

  it.each(['reset', 'garbage'] as const)('nor is a request whose handshake fails: %s', async (fault) => {
    await prove();
    connectionFault = fault;
    const result = await post(`${server.url}/services/a`, { milliseconds: MUCH_PATIENCE_MS });
    expect(result).toMatchObject({ kind: 'not_sent', end: undefined });
    expect(server.received).toHaveLength(1);
  });

  it('is perhaps sent with a custom fetch', async () => {
    connectionFault = 'silence';
    const custom: typeof fetch = (input, init) => fetch(input, init);
    expect(await post(`${server.url}/services/a`, { fetch: custom })).toEqual({ kind: 'lost', reason: 'timeout' });
  });
});

describe('under load', () => {
  it.each([
    ['HTTP', false, 200],
    ['HTTPS', true, 50],
  ])('200 faulty requests over %s: none that arrived is called not sent', async (_, secure, atOnce) => {
    let faulty = false;
    const server = await start(
      {
        faultOf: ({ id }) => (faulty ? faultOf(id) : NO_FAULT),
        connectionFault: (index) => (faulty && index % 2 === 1 ? connectionFaultOf(index) : undefined),
      },
      secure,
    );
    await post(`${server.url}/services/proof`, { milliseconds: MUCH_PATIENCE_MS });
    faulty = true;
    server.dropConnections();
    const results: { readonly id: string; readonly kind: SendResult['kind'] }[] = [];
    for (let first = 0; first < 200; first += atOnce) {
      const ids = Array.from({ length: atOnce }, (__, index) => `service-${first + index}`);
      const wave = ids.map(async (id) => {
        const { kind } = await post(`${server.url}/services/${id}`, { milliseconds: MUCH_PATIENCE_MS });
        return { id, kind };
      });
      results.push(...(await Promise.all(wave)));
    }
    const arrived = new Set(server.received.map(({ id }) => id));
    expect(results.filter(({ id, kind }) => kind === 'not_sent' && arrived.has(id))).toEqual([]);
    expect(results.filter(({ id, kind }) => kind === 'answered' && !arrived.has(id))).toEqual([]);
    // Each kind of verdict was asked for.
    const kinds = new Set(results.map(({ kind }) => kind));
    expect(kinds).toContain('answered');
    expect(kinds).toContain('lost');
    if (secure) expect(kinds).toContain('not_sent');
  });

  /** Those of the campaign that need nobody's patience, and take no other request along. */
  function faultOf(id: string): Fault {
    const fault = pickFault(WRITE_FAULTS, randomOf(`load ${id}`));
    const isSlow = fault.kind === 'hang' || fault.kind === 'drip';
    return isSlow || fault.kind === 'reset' ? { kind: 'reset', executed: fault.executed } : fault;
  }

  function connectionFaultOf(index: number): ConnectionFault {
    return index % 4 === 1 ? 'reset' : 'garbage';
  }
});

describe('with a custom fetch, code and syscall decide, or a failed connection that undici has reported', () => {
  function failing(cause: unknown): typeof fetch {
    return () => Promise.reject(new TypeError('fetch failed', { cause }));
  }
  function error(code: string, syscall?: string): Error {
    return Object.assign(new Error(code), { code, ...(syscall === undefined ? {} : { syscall }) });
  }

  it.each([
    ['ECONNREFUSED', 'connect'],
    ['ECONNRESET', 'connect'],
    ['ETIMEDOUT', 'connect'],
    ['EHOSTUNREACH', 'connect'],
    ['ENETUNREACH', 'connect'],
    ['ENOTFOUND', 'getaddrinfo'],
    ['EAI_AGAIN', 'getaddrinfo'],
    ['UND_ERR_CONNECT_TIMEOUT', undefined],
    ['CERT_HAS_EXPIRED', undefined],
    ['ERR_TLS_CERT_ALTNAME_INVALID', undefined],
  ])('%s from %s is provably not sent', async (code, syscall) => {
    const result = await post('https://provider.example/a', { fetch: failing(error(code, syscall)) });
    expect(result).toMatchObject({ kind: 'not_sent', end: undefined });
  });

  it.each([
    ['ECONNRESET', 'read'],
    ['ECONNRESET', 'write'],
    ['ECONNRESET', undefined],
    ['ECONNREFUSED', undefined],
    ['ECONNREFUSED', 'write'],
    ['EPIPE', 'write'],
    ['ETIMEDOUT', 'read'],
    ['UND_ERR_SOCKET', undefined],
    ['UND_ERR_HEADERS_TIMEOUT', undefined],
    ['SOMETHING_NEW', 'connect'],
  ])('%s from %s is perhaps sent', async (code, syscall) => {
    const result = await post('https://provider.example/a', { fetch: failing(error(code, syscall)) });
    expect(result).toEqual({ kind: 'lost', reason: 'connection_lost' });
  });

  it('several addresses: each must have failed before the request', async () => {
    const refused = error('ECONNREFUSED', 'connect');
    const reset = error('ECONNRESET', 'read');
    const all = failing(new AggregateError([refused, refused]));
    expect(await post('https://provider.example/a', { fetch: all })).toMatchObject({ kind: 'not_sent' });
    const some = failing(new AggregateError([refused, reset]));
    expect(await post('https://provider.example/a', { fetch: some })).toMatchObject({ kind: 'lost' });
  });

  it('something that is not an error at all is perhaps sent', async () => {
    for (const thrown of [undefined, null, 'no', 7, {}]) {
      const { promise, reject } = Promise.withResolvers<Response>();
      reject(thrown);
      const strange: typeof fetch = () => promise;
      expect(await post('https://provider.example/a', { fetch: strange })).toMatchObject({ kind: 'lost' });
    }
  });

  it('a fetch that tries again by itself is not believed in its last error', async () => {
    const server = await start({ faultOf: () => ({ kind: 'reset', executed: true }) }, false);
    const closed = await start({}, false);
    await closed.close();
    const twice: typeof fetch = (input, init) => fetch(input, init).catch(() => fetch(closed.url));
    expect(await post(`${server.url}/services/a`, { fetch: twice })).toMatchObject({ kind: 'lost' });
    expect(server.executions.get('a')).toBe(1);
  });

  it('a fetch that goes another way after a failure is not believed in what the channels did not show', async () => {
    let faulty = false;
    const server = await start(
      { faultOf: () => (faulty ? { kind: 'reset', executed: true } : { kind: 'none', executed: true }) },
      false,
    );
    const closed = await start({}, false);
    await closed.close();
    await post(`${server.url}/services/proof`, { milliseconds: MUCH_PATIENCE_MS });
    faulty = true;
    const url = `${server.url}/services/a`;
    const another: typeof fetch = () =>
      fetch(closed.url).catch(
        () =>
          new Promise<Response>((_, reject) => {
            httpRequest(url, { method: 'POST' }).on('error', reject).end();
          }),
      );
    expect(await post(url, { fetch: another })).toMatchObject({ kind: 'lost' });
    expect(server.executions.get('a')).toBe(1);
  });
});
