import type { RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createOldServer } from 'node:https';
import { createServer as createSocketServer, type Socket } from 'node:net';
import { setDefaultCACertificates } from 'node:tls';
import { createCancelService } from 'cancelkit';
import { Agent, MockAgent } from 'undici';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeCertificate, type Certificate } from '../campaign/certificate.ts';
import { blindAcmeProvider, REQUEST, type AcmeVariant } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { listen } from '../support/listen.ts';
import { startHttp, startRaw } from '../support/loopback.ts';

const token = 'a-token-of-the-account';
const SUCCESS = '{"result":"success"}';
const JSON_TYPE = 'content-type: application/json\r\n';
const FINAL = `HTTP/1.1 200 OK\r\n${JSON_TYPE}content-length: ${SUCCESS.length}\r\n`;

const PLACE = Symbol.for('undici.globalDispatcher.1');
const untouched: unknown = Reflect.get(globalThis, PLACE);
let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
});
afterEach(() => {
  Reflect.set(globalThis, PLACE, untouched);
  vi.unstubAllGlobals();
});

const ownFetch = globalThis.fetch;
const stacks = [
  ['our own connections', {}],
  ['a fetch', { fetch: (input: Parameters<typeof fetch>[0], init?: RequestInit) => ownFetch(input, init) }],
] as const;

function cancelAt(baseUrl: string, options: Parameters<typeof createCancelService>[1] = {}) {
  const account = blindAcmeProvider().account({ baseUrl, token });
  return createCancelService({ acme: account }, { attemptTimeoutMs: 2_000, ...options }).safeCancel(REQUEST);
}

describe.each(stacks)('over %s, a response', (_, options) => {
  const understood = [
    ['after early hints', `HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n${FINAL}\r\n${SUCCESS}`],
    ['with header names in odd case', `HTTP/1.1 200 OK\r\nCoNtEnT-LeNgTh: ${SUCCESS.length}\r\n\r\n${SUCCESS}`],
    [
      'with a header several times',
      `${FINAL}x-note: a\r\nx-note: b\r\nset-cookie: a\r\nset-cookie: b\r\n\r\n${SUCCESS}`,
    ],
    ['with no length, until the connection ends', `HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\n${SUCCESS}`],
    ['with garbage after its end', `${FINAL}\r\n${SUCCESS}garbage`],
  ] as const;
  it.each(understood)('%s is understood, and the request sent once', async (_name, bytes) => {
    await using server = await startRaw((socket) => socket.end(bytes));
    expect(await cancelAt(server.origin, options)).toMatchObject({ ok: true, result: { outcome: 'requested' } });
    expect(server.received().match(/POST /g)).toHaveLength(1);
  });

  const unclear = [
    ['with more than 16 KiB of headers', `${FINAL}x-long: ${'x'.repeat(20_000)}\r\n\r\n${SUCCESS}`],
    ['that is shorter than its length', `HTTP/1.1 200 OK\r\n${JSON_TYPE}content-length: 500\r\n\r\n${SUCCESS}`],
    ['that upgrades the protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['that is informational only', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['with two lengths', `${FINAL}content-length: 3\r\n\r\n${SUCCESS}`],
    // undici takes it for a fault if nobody asked for it.
    ['after 100 Continue', `HTTP/1.1 100 Continue\r\n\r\n${FINAL}\r\n${SUCCESS}`],
    ['that is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ] as const;
  it.each(unclear)('%s leaves the outcome unknown, and the request is sent once', async (_name, bytes) => {
    await using server = await startRaw((socket) => socket.end(bytes));
    expect(await cancelAt(server.origin, options)).toMatchObject({ ok: false, error: { code: 'outcome_unknown' } });
    expect(server.received().match(/POST /g)).toHaveLength(1);
  });
});

describe('a server that answers before it has read the request', () => {
  it.each(stacks)('is understood over %s, and the request is sent once', async (_, options) => {
    const long: AcmeVariant = {
      *cancel() {
        const { status } = yield {
          effect: 'write',
          method: 'POST',
          path: ['s'],
          json: { text: 'x'.repeat(3_000_000) },
        };
        return status === 200 ? { verdict: 'accepted', outcome: 'requested' } : { verdict: 'unrecognized' };
      },
    };
    let answered = false;
    await using server = await startRaw((socket) => {
      if (!answered) socket.write(`${FINAL}\r\n${SUCCESS}`);
      answered = true;
      socket.pause();
    });
    const services = createCancelService(
      { acme: blindAcmeProvider(long).account({ baseUrl: server.origin, token }) },
      options,
    );
    expect(await services.cancel(REQUEST)).toMatchObject({ outcome: 'requested', attempts: 1 });
    expect(server.connections()).toBe(1);
  });
});

describe('an HTTP/2 server that answers 421', () => {
  it.each([
    ['our own connections', undefined],
    ['a global dispatcher', () => new Agent({ allowH2: true, connect: { ca: certificate.cert } })],
  ] as const)('over %s: as many requests arrive as attempts are reported', async (_, make) => {
    setDefaultCACertificates([certificate.cert]);
    let requests = 0;
    const server = createSecureServer({ ...certificate, allowHTTP1: true }, (_request, response) => {
      requests += 1;
      response.writeHead(421, { 'content-type': 'application/json' }).end('{}');
    });
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    const port = await listen(server);
    if (make !== undefined) Reflect.set(globalThis, PLACE, make());
    const settled = await cancelAt(`https://localhost:${port}`);
    expect(settled.ok).toBe(false);
    expect(requests).toBeGreaterThan(0);
    expect(settled.ok || settled.error.attempts).toBe(requests);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

describe('a server that offers HTTP/2', () => {
  it('is spoken to over HTTP/1.1 on every connection, also after one that offered that alone', async () => {
    setDefaultCACertificates([certificate.cert]);
    const spoken: (string | false | null)[] = [];
    const answer: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(SUCCESS);
    };
    const first = createOldServer(certificate, answer);
    const rest = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end(SUCCESS);
    });
    for (const server of [first, rest]) {
      server.on('secureConnection', ({ alpnProtocol }) => spoken.push(alpnProtocol));
    }
    // One address, where the servers behind it change.
    const front = createSocketServer((socket) => (spoken.length === 0 ? first : rest).emit('connection', socket));
    const port = await listen(front);
    for (let count = 0; count < 3; count += 1) {
      expect(await cancelAt(`https://localhost:${port}`)).toMatchObject({ ok: true, result: { attempts: 1 } });
    }
    expect([spoken.length, ...spoken.slice(1)]).toEqual([3, 'http/1.1', 'http/1.1']);
    front.close();
  });
});

describe('a dispatcher of another part of the program', () => {
  it.each(['a dispatcher', 'a fetch'])('is used also if it was set after the first call: %s', async (what) => {
    await using server = await startHttp((response) => response.end(SUCCESS));
    const account = blindAcmeProvider().account({ baseUrl: server.origin, token });
    const service = createCancelService({ acme: account });
    expect(await service.safeCancel(REQUEST)).toMatchObject({ ok: true });
    const dispatched: string[] = [];
    const agent = new Agent();
    Reflect.set(agent, 'dispatch', (...[request, handler]: Parameters<Agent['dispatch']>) => {
      dispatched.push(request.method);
      return Agent.prototype.dispatch.call(agent, request, handler);
    });
    if (what === 'a dispatcher') Reflect.set(globalThis, PLACE, agent);
    else {
      vi.stubGlobal('fetch', (...given: Parameters<typeof fetch>) => {
        dispatched.push(given[1]?.method ?? '');
        return ownFetch(...given);
      });
    }
    expect(await service.safeCancel(REQUEST)).toMatchObject({ ok: true });
    Reflect.set(globalThis, PLACE, untouched);
    vi.unstubAllGlobals();
    expect(await service.safeCancel(REQUEST)).toMatchObject({ ok: true });
    expect([dispatched, server.seen.length]).toEqual([['POST'], 3]);
    await agent.destroy();
  });

  it('that is a mock gets the request instead of the network', async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    mock.get('https://api.provider.example').intercept({ path: /.*/, method: 'POST' }).reply(200, SUCCESS);
    Reflect.set(globalThis, PLACE, mock);
    expect(await cancelAt('https://api.provider.example')).toMatchObject({ ok: true });
    mock.assertNoPendingInterceptors();
  });

  it('that is a mock can compare the body of a DELETE', async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    const body = '{"reason":"x"}';
    mock.get('https://api.provider.example').intercept({ path: /.*/, method: 'DELETE', body }).reply(200, SUCCESS);
    Reflect.set(globalThis, PLACE, mock);
    const deleting: AcmeVariant = {
      *cancel() {
        yield { effect: 'write', method: 'DELETE', path: ['a'], json: { reason: 'x' } };
        return { verdict: 'accepted', outcome: 'requested' };
      },
    };
    const account = blindAcmeProvider(deleting).account({ baseUrl: 'https://api.provider.example', token });
    expect(await createCancelService({ acme: account }).safeCancel(REQUEST)).toMatchObject({ ok: true });
    mock.assertNoPendingInterceptors();
  });

  it('that is a mock without a response sends nothing, and the outcome is unknown or nothing was sent', async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    Reflect.set(globalThis, PLACE, mock);
    const settled = await cancelAt('https://api.provider.example');
    expect(settled.ok || settled.error.code).toMatch(/^(outcome_unknown|unavailable)$/);
  });

  it('keeps its own certificates', async () => {
    setDefaultCACertificates([]);
    const server = createSecureServer({ ...certificate, allowHTTP1: true }, (_request, response) => {
      response.end(SUCCESS);
    });
    const port = await listen(server);
    const url = `https://localhost:${port}`;
    expect(await cancelAt(url)).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    const agent = new Agent({ connect: { ca: certificate.cert } });
    Reflect.set(globalThis, PLACE, agent);
    expect(await cancelAt(url)).toMatchObject({ ok: true });
    await agent.destroy();
    server.close();
  });

  it('that throws has perhaps sent: the outcome is unknown', async () => {
    const throwing = {
      dispatch: () => {
        throw new Error(`no dispatch of ${token}`);
      },
    };
    Reflect.set(globalThis, PLACE, throwing);
    const error = await failureOf(
      createCancelService({
        acme: blindAcmeProvider().account({ baseUrl: 'https://api.provider.example', token }),
      }).cancel(REQUEST),
    );
    expect(error).toMatchObject({ code: 'outcome_unknown', attempts: 1 });
    expect(JSON.stringify(error)).not.toContain(token);
  });
});

describe('a signal of the caller', () => {
  it.each(stacks)('over %s keeps no listener of a call that has ended', async (_, options) => {
    await using server = await startHttp((response) => response.end(SUCCESS));
    const { signal } = new AbortController();
    const counts = { added: 0, removed: 0 };
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...given: Parameters<AbortSignal['addEventListener']>) => {
      counts.added += 1;
      addEventListener.apply(signal, given);
    };
    signal.removeEventListener = (...given: Parameters<AbortSignal['removeEventListener']>) => {
      counts.removed += 1;
      removeEventListener.apply(signal, given);
    };
    const account = blindAcmeProvider().account({ baseUrl: server.origin, token });
    const services = createCancelService({ acme: account }, options);
    for (let count = 0; count < 20; count += 1) await services.cancel(REQUEST, { signal });
    expect(counts.added).toBeGreaterThan(0);
    expect(counts.removed).toBe(counts.added);
  });
});
