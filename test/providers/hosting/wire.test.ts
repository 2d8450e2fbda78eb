import { createCancelService } from 'cancelkit';
import { hosting, type HostingConfig } from 'cancelkit/hosting';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { withFields } from '../answering.ts';
import { expectOnWire, listen, watchTheWire, type Wire } from '../wire.ts';
import { answers, history, hostingId, shown, token } from './fixtures.ts';

watchTheWire();
afterEach(() => vi.unstubAllEnvs());

const origin = 'https://hosting.example.net';
const baseUrl = `${origin}/api/v1`;
const path = `/api/v1/hosting/${hostingId}`;
const service = { hostingId, domain: 'example.com' };
const answer = answers.pending;

const wireOf =
  (body: string, headers: Wire['headers'] = {}) =>
  (secret: (inClear: string) => string): Wire => ({
    method: 'DELETE',
    origin,
    path,
    headers: { token: secret(token), 'client-request-id': undefined, ...headers },
    body,
  });

const plain = wireOf('{"reason":"Project ended","domain":"example.com","immediate":true}');
const order = { account: 'hosting', service, when: 'immediate', reason: 'Project ended' } as const;

describe('a cancellation at a Hosting API', () => {
  const api = createCancelService({ hosting: hosting({ baseUrl, token }) });

  it.each([
    ['immediate', 'true'],
    ['end_of_period', 'false'],
  ] as const)('is a DELETE with a body that says when: %s', async (when, immediate) => {
    const own = { ...order, when };
    const wire = wireOf(`{"reason":"Project ended","domain":"example.com","immediate":${immediate}}`);
    await expectOnWire({ cancel: () => api.cancel(own), preview: () => api.preview(own), wire, answer });
  });

  const withReason = (reason: string): string => `{"reason":"${reason}","domain":"example.com","immediate":true}`;
  it.each([
    ['a text', { reason: 'Umzug – „für immer“\n"so"' }, withReason('Umzug – „für immer“\\n\\"so\\"'), undefined],
    ['the label of a category', { reason: { category: 'non_payment' } }, withReason('Non-payment'), undefined],
    [
      'a text with the reference',
      { reason: 'Project ended', reference: 'order-1234' },
      withReason('Project ended (reference: order-1234)'),
      'order-1234',
    ],
    ['the reference where there is no reason', { reference: 'order-1234' }, withReason('order-1234'), 'order-1234'],
    ['a neutral sentence where there is neither', {}, withReason('Cancelled by the account holder'), undefined],
    [
      'a reference that is not ASCII',
      { reason: 'Ende', reference: 'Auftrag №7/ü' },
      withReason('Ende (reference: Auftrag №7/ü)'),
      'Auftrag%20%E2%84%967%2F%C3%BC',
    ],
  ] as const)('carries %s', async (_name, details, body, clientRequestId) => {
    const own = { account: 'hosting', service, when: 'immediate', ...details } as const;
    const wire = wireOf(body, { 'client-request-id': clientRequestId });
    await expectOnWire({ cancel: () => api.cancel(own), preview: () => api.preview(own), wire, answer });
  });

  it.each([
    ['a domain in its own script', hostingId, 'bücher.example', path],
    ['an id with characters that a URL escapes', '1_a;b=c,d', 'example.com', '/api/v1/hosting/1_a%3Bb%3Dc%2Cd'],
  ])('names %s', async (_name, id, domain, expectedPath) => {
    const own = { ...order, service: { hostingId: id, domain } };
    await expectOnWire({
      cancel: () => api.safeCancel(own),
      preview: () => api.preview(own),
      wire: (secret) => ({
        ...plain(secret),
        path: expectedPath,
        body: `{"reason":"Project ended","domain":"${domain}","immediate":true}`,
      }),
      answer: withFields(answer, { hosting: undefined }),
    });
  });
});

describe('a Hosting API account', () => {
  it.each([
    ['the root', origin, ''],
    ['the root with a slash', `${origin}/`, ''],
    ['a directory', `${origin}/api/v1`, '/api/v1'],
    ['a directory with slashes', `${origin}/api/v1//`, '/api/v1'],
  ])('lies below its base URL: %s', async (_name, url, directory) => {
    const api = createCancelService({ hosting: hosting({ baseUrl: url, token }) });
    const wire = (secret: (inClear: string) => string): Wire => ({
      ...plain(secret),
      path: `${directory}/hosting/${hostingId}`,
    });
    await expectOnWire({ cancel: () => api.cancel(order), preview: () => api.preview(order), wire, answer });
  });

  it.each([
    ['another header', { tokenHeader: 'X-Api-Key' }, 'x-api-key', ''],
    ['a scheme', { tokenHeader: 'Authorization', tokenScheme: 'Bearer' }, 'authorization', 'Bearer '],
    ['a scheme in the usual header', { tokenScheme: 'Token' }, 'token', 'Token '],
    ['an empty scheme', { tokenHeader: 'authorization', tokenScheme: '' }, 'authorization', ''],
  ] as const)('sends its token with %s', async (_name, options, header, prefix) => {
    const api = createCancelService({ hosting: hosting({ baseUrl, token, ...options }) });
    const wire = (secret: (inClear: string) => string): Wire => ({
      ...plain(secret),
      headers: { token: undefined, [header]: `${prefix}${secret(token)}` },
    });
    await expectOnWire({ cancel: () => api.cancel(order), preview: () => api.preview(order), wire, answer });
  });

  it('takes its options from the environment if it has none', async () => {
    vi.stubEnv('HOSTING_BASE_URL', baseUrl);
    vi.stubEnv('HOSTING_TOKEN', token);
    vi.stubEnv('HOSTING_TOKEN_HEADER', 'authorization');
    vi.stubEnv('HOSTING_TOKEN_SCHEME', 'Bearer');
    const api = createCancelService({ hosting: hosting() });
    const wire = (secret: (inClear: string) => string): Wire => ({
      ...plain(secret),
      headers: { token: undefined, authorization: `Bearer ${secret(token)}` },
    });
    await expectOnWire({ cancel: () => api.cancel(order), preview: () => api.preview(order), wire, answer });
  });

  it.each([
    ['a header that the request itself needs', { tokenHeader: 'Content-Type' }, 'tokenHeader'],
    ['the header of the reference', { tokenHeader: 'client-request-id' }, 'tokenHeader'],
    ['a header of the connection', { tokenHeader: 'Transfer-Encoding' }, 'tokenHeader'],
    ['a header that is no name', { tokenHeader: 'to ken' }, 'tokenHeader'],
    ['a scheme of several words', { tokenScheme: 'Bearer Bearer' }, 'tokenScheme'],
    ['a token with a line break', { token: 'to\nken' }, 'token'],
  ] as const)('is not configured with %s', async (_name, options, option) => {
    const config: HostingConfig = { baseUrl, token, ...options };
    const outcome = await createCancelService({ hosting: hosting(config) }).safeCancel(order);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'not_configured', issues: [{ path: option }] } });
  });
});

describe('a read-back at a Hosting API', () => {
  it('asks for the hosting, then for its history', async () => {
    const api = createCancelService({ hosting: hosting({ baseUrl, token }) });
    const first = listen({ method: 'GET', origin, path }, shown());
    const second = listen({ method: 'GET', origin, path: `${path}/history?start=0&limit=50` }, history());
    expect(await api.status({ account: 'hosting', service })).toMatchObject({ state: 'none' });
    for (const { headers, body } of [first(), second()]) {
      expect(headers).toMatchObject({ accept: 'application/json', token });
      expect(headers).not.toHaveProperty('content-type');
      expect(body).toBe('');
    }
  });
});
