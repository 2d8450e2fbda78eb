import { createCancelService } from 'cancelkit';
import type { ProviderRequest } from 'cancelkit/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acme, REQUEST, toRead, toWrite, type AcmeConfig, type AcmeVariant } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';
import { startHttp } from '../support/loopback.ts';
import '../support/no-waiting.ts';

const config = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' };
const { account, service: reference } = REQUEST;

/** A request with parts that the types refuse. */
function careless(request: ProviderRequest, parts: Readonly<Record<string, unknown>>): ProviderRequest {
  return { ...request, ...parts };
}

function cancelling(parts: Readonly<Record<string, unknown>>): AcmeVariant {
  return {
    *cancel(order, given) {
      yield careless(toWrite(order, given), parts);
      return { verdict: 'accepted', outcome: 'requested' };
    },
  };
}

describe('a request that an adapter calls a read', () => {
  it.each(['DELETE', 'PUT', 'PATCH', 'HEAD', 'delete', 'post', 'get', '', undefined])(
    'with the method %j is never sent',
    async (method) => {
      await using provider = await startHttp((_, _request, socket) => socket.destroy());
      const own: AcmeConfig = { ...config, baseUrl: provider.origin };
      const services = createCancelService({ acme: acme(own, cancelling({ method, effect: 'read' })) });
      for (const call of [services.cancel(REQUEST), services.preview(REQUEST)]) {
        expect(await failureOf(call)).toMatchObject({ code: 'unexpected_response', attempts: 0 });
      }
      expect(provider.seen).toEqual([]);
    },
  );

  it.each([
    ['the field of a form', { method: 'POST', form: { _method: 'DELETE' } }],
    ['the field of a JSON body', { method: 'POST', json: { _method: 'DELETE' } }],
    ['a parameter', { method: 'GET', query: { _method: 'DELETE' } }],
    ['a header', { method: 'GET', headers: { 'x-http-method-override': 'DELETE' } }],
    ['an older header', { method: 'POST', form: {}, headers: { 'X-HTTP-Method': 'DELETE' } }],
  ])('and that asks for another method by %s is never sent', async (_, parts) => {
    const { fetch, requests } = recordingFetch(() => json({}, 503));
    const own = acme(config, {
      *status() {
        const request = { path: ['state'], effect: 'read', ...parts };
        // oxlint-disable-next-line no-unsafe-type-assertion -- an adapter in JavaScript
        yield request as ProviderRequest;
        return { verdict: 'found', status: { state: 'none', revocable: false, raw: null } };
      },
    });
    const services = createCancelService({ acme: own }, { fetch });
    const error = await failureOf(services.status({ account, service: reference }));
    expect(error).toMatchObject({ code: 'unexpected_response', attempts: 0 });
    expect(requests).toEqual([]);
  });

  it('is refused the same way in a read-back', async () => {
    const { fetch, requests } = recordingFetch();
    const own = acme(config, {
      *status(service, given) {
        yield careless(toRead(service, given), { method: 'DELETE', json: {} });
        return { verdict: 'found', status: { state: 'none', revocable: false, raw: null } };
      },
    });
    const services = createCancelService({ acme: own }, { fetch });
    const error = await failureOf(services.status({ account, service: reference }));
    expect(error).toMatchObject({ code: 'unexpected_response', attempts: 0 });
    expect(error.message).toContain('it called a DELETE a read');
    expect(requests).toEqual([]);
  });

  it('and that was accepted as a cancellation is not said to have done nothing', async () => {
    const { fetch, requests } = recordingFetch(({ method }) => json(method === 'GET' ? { state: 'none' } : {}));
    const services = createCancelService({ acme: acme(config, cancelling({ effect: 'read' })) }, { fetch });
    const error = await failureOf(services.cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'provider_error', lastSeen: 'none' });
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('may be a POST, and is then sent again like any read', async () => {
    const { fetch, requests } = recordingFetch((_, count) => (count === 1 ? json({}, 503) : json({ state: 'none' })));
    const own = acme(config, {
      *status(_, { token }) {
        yield { method: 'POST', effect: 'read', path: ['state'], form: { token } };
        return { verdict: 'found', status: { state: 'none', revocable: false, raw: null } };
      },
    });
    const services = createCancelService({ acme: own }, { fetch });
    expect(await services.status({ account, service: reference })).toMatchObject({ state: 'none' });
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });
});

describe('a request that is neither a read nor a write, or a GET with a body', () => {
  it.each([
    { effect: 'Read' },
    { effect: undefined },
    { effect: 'READ' },
    { effect: '' },
    { effect: 'none' },
    { method: 'GET', effect: 'read' },
    { method: 'GET', effect: 'write' },
  ])('is never sent: %j', async (parts) => {
    const { fetch, requests } = recordingFetch();
    const services = createCancelService({ acme: acme(config, cancelling(parts)) }, { fetch });
    expect(await failureOf(services.cancel(REQUEST))).toMatchObject({ code: 'unexpected_response', attempts: 0 });
    expect(requests).toEqual([]);
  });
});

describe('whatever method and effect an adapter names', () => {
  it('nothing but a GET and a POST is sent more than once', async () => {
    const names = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'Delete', 'toString');
    const effects = fc.constantFrom<unknown>('read', 'write', 'Read', undefined, null, 1);
    await fc.assert(
      fc.asyncProperty(names, effects, fc.boolean(), async (method, effect, hasBody) => {
        const { fetch, requests } = recordingFetch(() => json({}, 503));
        const bare = { ...toRead(reference, config), path: ['cancel'] };
        const own = acme(config, {
          *cancel() {
            yield careless(bare, { method, effect, ...(hasBody ? { json: {} } : {}) });
            return { verdict: 'unrecognized' };
          },
        });
        await createCancelService({ acme: own }, { fetch }).safeCancel(REQUEST);
        const sent = requests.filter(({ url }) => url.endsWith('/cancel'));
        if (sent.length > 1) expect([['GET', 'POST'].includes(method), effect]).toEqual([true, 'read']);
      }),
    );
  });
});
