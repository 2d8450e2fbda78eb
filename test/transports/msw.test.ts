import { createCancelService } from 'cancelkit';
import { bypass, delay, http, HttpResponse, passthrough, type HttpResponseResolver } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blindAcmeProvider, REQUEST } from '../support/acme.ts';
import { startHttp, startRaw } from '../support/loopback.ts';

const interceptor = setupServer();

beforeAll(() => {
  interceptor.listen({ onUnhandledFrame: 'bypass' });
});
afterEach(() => {
  interceptor.resetHandlers();
});
afterAll(() => {
  interceptor.close();
});

const SUCCESS = { result: 'success' };

/** Cancels once at a provider for which MSW answers; `bodies` are those that its handler was given. */
async function cancelWith(
  answer: HttpResponseResolver,
  origin = 'https://api.example.com',
): Promise<{ readonly outcome: string; readonly bodies: readonly string[] }> {
  const bodies: string[] = [];
  const resolver: HttpResponseResolver = async (given) => {
    bodies.push(await given.request.clone().text());
    return await answer(given);
  };
  interceptor.use(http.all(`${origin}/*`, resolver));
  const account = blindAcmeProvider().account({ baseUrl: origin, token: 'token-of-no-use' });
  const settled = await createCancelService({ acme: account }).safeCancel(REQUEST, { deadlineMs: 2_000 });
  return { outcome: settled.ok ? settled.result.outcome : settled.error.code, bodies };
}

describe('with MSW around the global fetch, a handler', () => {
  it('that answers is asked once, gets the body, and is believed', async () => {
    const { outcome, bodies } = await cancelWith(() => HttpResponse.json(SUCCESS));
    expect([outcome, bodies.length]).toEqual(['requested', 1]);
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ domain: 'example.com' });
  });

  it('that answers late is waited for', async () => {
    const late: HttpResponseResolver = async () => {
      await delay(100);
      return HttpResponse.json(SUCCESS);
    };
    expect((await cancelWith(late)).outcome).toBe('requested');
  });

  it('that never answers makes the outcome unknown, and is asked once', async () => {
    const { outcome, bodies } = await cancelWith(() => delay('infinite'));
    expect([outcome, bodies.length]).toEqual(['outcome_unknown', 1]);
  });

  it.each<[string, HttpResponseResolver]>([
    ['fails as a network does', () => HttpResponse.error()],
    [
      'throws',
      () => {
        throw new Error('a fault of the handler');
      },
    ],
  ])('that %s makes the outcome unknown, and is asked once', async (_, answer) => {
    const { outcome, bodies } = await cancelWith(answer);
    expect([outcome, bodies.length]).toEqual(['outcome_unknown', 1]);
  });

  it.each<[string, HttpResponseResolver]>([
    ['passes the request through', () => passthrough()],
    ['sends it itself', ({ request }) => fetch(bypass(request))],
  ])('that %s lets it arrive once, and its response is believed', async (_, answer) => {
    await using server = await startHttp((response) => response.end(JSON.stringify(SUCCESS)));
    const { outcome } = await cancelWith(answer, server.origin);
    expect([outcome, server.seen.length]).toEqual(['requested', 1]);
  });

  it('that passes a request through to a connection that is reset after it makes the outcome unknown', async () => {
    await using server = await startRaw((socket) => socket.resetAndDestroy());
    const { outcome } = await cancelWith(() => passthrough(), server.origin);
    expect([outcome, server.connections()]).toEqual(['outcome_unknown', 1]);
  });

  it('that sends a request twice makes the outcome unknown, whatever the second response says', async () => {
    let answers = 0;
    await using server = await startHttp((response) => {
      answers += 1;
      response.statusCode = answers === 1 ? 200 : 404;
      response.end(JSON.stringify(answers === 1 ? SUCCESS : { error: 'not_found' }));
    });
    const twice: HttpResponseResolver = async ({ request }) => {
      await (await fetch(bypass(request))).text();
      return await fetch(bypass(request));
    };
    expect([(await cancelWith(twice, server.origin)).outcome, server.seen.length]).toEqual(['outcome_unknown', 2]);
  });

  it('that is asked for another host leaves this one alone', async () => {
    await using server = await startHttp((response) => response.end(JSON.stringify(SUCCESS)));
    interceptor.use(http.all('https://other.example.com/*', () => HttpResponse.error()));
    const account = blindAcmeProvider().account({ baseUrl: server.origin, token: 'token-of-no-use' });
    const { outcome } = await createCancelService({ acme: account }).cancel(REQUEST);
    expect([outcome, server.seen.length]).toEqual(['requested', 1]);
  });
});
