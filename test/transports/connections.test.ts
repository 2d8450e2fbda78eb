import { once } from 'node:events';
import { createServer } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { createCancelService } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResponseBody } from '../../src/contract/exchange.ts';
import { BodyCollector } from '../../src/sending/response-body.ts';
import { acme, blindAcmeProvider, REQUEST, type AcmeVariant } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { listen } from '../support/listen.ts';
import { startHttp } from '../support/loopback.ts';

const token = 'a-token-of-the-account';

const deleting: AcmeVariant = {
  *cancel(order) {
    const path = ['services', order.service.hostingId];
    const { status } = yield { effect: 'write', method: 'DELETE', path, json: { reason: 'x' } };
    return status === 200 ? { verdict: 'accepted', outcome: 'requested' } : { verdict: 'unrecognized' };
  },
};

/** A server that counts its connections, and that does with each request what `answer` says. */
async function startCounting(keepAliveTimeout = 5_000) {
  let connections = 0;
  let requests = 0;
  const server = createServer({ keepAliveTimeout }, (request, response) => {
    request.resume().on('end', () => {
      requests += 1;
      response.end('{"result":"success"}');
    });
  });
  server.on('connection', () => (connections += 1));
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: () => connections,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('connections', () => {
  it('are kept for the next request, also after a DELETE with a body', async () => {
    await using server = await startCounting();
    const services = createCancelService({ acme: acme({ baseUrl: server.origin, token }, deleting) });
    const requests = Array.from({ length: 400 }, (_, index) => ({
      ...REQUEST,
      service: { hostingId: `h-${index}`, domain: 'example.com' },
    }));
    for await (const item of services.cancelMany(requests, { concurrency: 4 })) expect(item.ok).toBe(true);
    expect(server.requests()).toBe(400);
    expect(server.connections()).toBeLessThanOrEqual(8);
  });

  it('are not reused for a write whose lost response nobody could clear up', async () => {
    await using server = await startCounting();
    const services = createCancelService({ acme: blindAcmeProvider().account({ baseUrl: server.origin, token }) });
    for (let index = 0; index < 5; index += 1) await services.cancel(REQUEST);
    expect([server.requests(), server.connections()]).toEqual([5, 5]);
  });

  it('that a server closes while they are idle never make such a write unknown', async () => {
    // The server closes each idle connection after a time that the client meets again and again.
    await using server = await startCounting(1);
    const services = createCancelService({ acme: blindAcmeProvider().account({ baseUrl: server.origin, token }) });
    for (let index = 0; index < 30; index += 1) {
      expect(await services.cancel(REQUEST)).toMatchObject({ outcome: 'requested' });
      await new Promise((resolve) => setTimeout(resolve, index % 6));
    }
    expect(server.requests()).toBe(30);
  });
});

describe('a response that arrived while the thread was busy', () => {
  it('is not thrown away when the time limit fires late', async () => {
    await using server = await startHttp((response) => response.end('{"result":"success"}'));
    const services = createCancelService(
      { acme: blindAcmeProvider().account({ baseUrl: server.origin, token }) },
      { attemptTimeoutMs: 300, deadlineMs: 300 },
    );
    // The connection and the request take a few turns; then the thread stops for longer than the limit.
    await services.cancel(REQUEST);
    const running = services.cancel(REQUEST);
    await server.whenSeen(2);
    const until = performance.now() + 500;
    while (performance.now() < until);
    expect(await running).toMatchObject({ outcome: 'requested' });
  });
});

describe('a response body', () => {
  const encoders = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
  ] as const;

  function collect(coding: string | undefined, chunks: readonly Uint8Array[]): Promise<ResponseBody | undefined> {
    return new Promise((resolve) => {
      const collector = new BodyCollector(coding, resolve);
      for (const chunk of chunks) collector.add(chunk);
      collector.end();
    });
  }

  it.each(encoders)('in %s is decoded, however it is cut', async (coding, encode) => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.integer({ min: 1, max: 50 }), async (text, size) => {
        const bytes = encode(Buffer.from(text));
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        expect(await collect(coding, chunks)).toEqual({ kind: 'json', value: JSON.parse(text) });
      }),
      { numRuns: 30 },
    );
  });

  it('in two codings is decoded from the last to the first', async () => {
    const bytes = brotliCompressSync(gzipSync('{"a":1}'));
    expect(await collect('gzip, br', [bytes])).toEqual({ kind: 'json', value: { a: 1 } });
  });

  it('that decodes to more than 256 KiB is not decoded to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(await collect('gzip', [bomb])).toEqual({ kind: 'too_large' });
  });

  it('that cannot be decoded is no body', async () => {
    expect(await collect('gzip', [Buffer.from('not gzip')])).toBeUndefined();
    expect(await collect('gzip', [gzipSync('{"a":1}').subarray(0, 15)])).toBeUndefined();
    expect(await collect('something', [Buffer.from('{}')])).toBeUndefined();
    expect(await collect('gzip,gzip,gzip,gzip,gzip', [Buffer.from('{}')])).toBeUndefined();
  });

  it('of no bytes is empty, whatever its coding', async () => {
    expect(await collect('gzip', [])).toEqual({ kind: 'empty' });
    expect(await collect(undefined, [new Uint8Array()])).toEqual({ kind: 'empty' });
    expect(await collect('identity', [Buffer.from('{"a":1}')])).toEqual({ kind: 'json', value: { a: 1 } });
  });

  it('in gzip that nobody asked for is understood over HTTP', async () => {
    await using server = await startHttp((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"result":"success"}')),
    );
    const services = createCancelService({ acme: blindAcmeProvider().account({ baseUrl: server.origin, token }) });
    expect(await services.cancel(REQUEST)).toMatchObject({ outcome: 'requested' });
    await using broken = await startHttp((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"result":"success"}'),
    );
    const other = createCancelService({ acme: blindAcmeProvider().account({ baseUrl: broken.origin, token }) });
    expect(await failureOf(other.cancel(REQUEST))).toMatchObject({ code: 'outcome_unknown' });
  });
});
