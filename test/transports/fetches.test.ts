import { createCancelService } from 'cancelkit';
import crossFetch from 'cross-fetch';
import fetchRetry from 'fetch-retry';
import nodeFetch from 'node-fetch';
import { fetch as undici7 } from 'undici';
import { fetch as undici6 } from 'undici-6';
import { fetch as undici8 } from 'undici-8';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { blindAcmeProvider, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { startHttp, startRaw } from '../support/loopback.ts';

type Fetch = typeof globalThis.fetch;

// Each has its own classes of Request and Response; that they can be called like `fetch` is all that counts here.
// oxlint-disable no-unsafe-type-assertion
const fetches = [
  ['undici 6', undici6 as unknown as Fetch],
  ['undici 7', undici7 as unknown as Fetch],
  ['undici 8', undici8 as unknown as Fetch],
  ['node-fetch', nodeFetch as unknown as Fetch],
  ['cross-fetch', crossFetch],
  ["Node.js's own, bound", globalThis.fetch.bind(globalThis)],
] as const;
// oxlint-enable no-unsafe-type-assertion

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(fetches)('with the fetch of %s', (_, fetch) => {
  it.each(['as the option', 'as the global one'])('a cancellation is sent once and understood, %s', async (how) => {
    await using server = await startHttp((response) => response.end('{"result":"success"}'));
    if (how === 'as the global one') vi.stubGlobal('fetch', fetch);
    const service = cancelService(server.origin, how === 'as the option' ? fetch : undefined);
    expect(await service.cancel(REQUEST)).toMatchObject({ outcome: 'requested', attempts: 1 });
    expect(server.seen).toHaveLength(1);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ domain: 'example.com' });
  });

  it('a refused connection is unavailable', async () => {
    const server = await startHttp((response) => response.end());
    await server[Symbol.asyncDispose]();
    const error = await failureOf(cancelService(server.origin, fetch).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'unavailable' });
  });

  it('a connection that is reset after the request is outcome_unknown', async () => {
    await using server = await startRaw((socket) => socket.resetAndDestroy());
    const error = await failureOf(cancelService(server.origin, fetch).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost' });
    expect(server.connections()).toBe(1);
  });

  it('gets plain values alone, and the option to use no cache', async () => {
    await using server = await startHttp((response) => response.end('{"result":"success"}'));
    let given: RequestInit | undefined;
    const watched: Fetch = (input, init) => {
      given = init;
      return fetch(input, init);
    };
    await cancelService(server.origin, watched).cancel(REQUEST);
    expect(given).toMatchObject({ cache: 'no-store', redirect: 'manual', body: expect.any(String) });
    expect(Object.getPrototypeOf(given?.headers)).toBe(Object.prototype);
  });

  it('a redirect is not followed', async () => {
    await using server = await startHttp((response) => response.writeHead(307, { location: '/other' }).end());
    const error = await failureOf(cancelService(server.origin, fetch).cancel(REQUEST));
    expect(error.code).toMatch(/^(unexpected_response|outcome_unknown)$/);
    expect(server.seen).toHaveLength(1);
  });

  it('a body of more than 256 KiB is not read to its end', async () => {
    await using server = await startHttp((response) =>
      response.end(`{"result":"success","x":"${'x'.repeat(600_000)}"}`),
    );
    const error = await failureOf(cancelService(server.origin, fetch).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer' });
  });
});

describe('a fetch that repeats by itself', () => {
  it.each([
    ['Node.js', globalThis.fetch],
    ['node-fetch', fetches[3][1]],
  ])(
    'over %s: a refusal of the second request is outcome_unknown, because the first was executed',
    async (_, fetch) => {
      let count = 0;
      await using server = await startHttp((response) => {
        count += 1;
        if (count === 1) response.writeHead(503).end();
        else
          response
            .writeHead(404, { 'content-type': 'application/json' })
            .end('{"result":"error","message":"not found"}');
      });
      const retrying = fetchRetry(fetch, { retries: 2, retryDelay: 1, retryOn: [503] });
      const error = await failureOf(cancelService(server.origin, retrying).cancel(REQUEST));
      expect(server.seen).toHaveLength(2);
      expect(error).toMatchObject({ code: 'outcome_unknown' });
    },
  );
});

function cancelService(baseUrl: string, fetch: Fetch | undefined) {
  const account = blindAcmeProvider().account({ baseUrl, token: 'a-token-of-the-account' });
  return createCancelService({ acme: account }, { fetch, attemptTimeoutMs: 5_000 });
}
