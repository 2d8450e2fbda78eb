import { createCancelService, isProviderError } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { acme, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { startHttp } from '../support/loopback.ts';

const token = 'a-token-of-the-account';
const PAGE = '<!doctype html><title>Just a moment...</title>';
const CLOUDFLARE = { 'content-type': 'text/html', 'cf-mitigated': 'challenge', 'cf-ray': '8f3a1c2b4d5e6f70-AMS' };

describe('a challenge that something in front of the provider answers', () => {
  it.each([
    ['Cloudflare', 403, PAGE, CLOUDFLARE],
    ['Cloudflare', 429, PAGE, CLOUDFLARE],
    ['Cloudflare', 503, PAGE, CLOUDFLARE],
    ['AWS WAF', 202, '', { 'x-amzn-waf-action': 'challenge' }],
    ['AWS WAF', 405, PAGE, { 'x-amzn-waf-action': 'captcha' }],
  ])('proves that nothing arrived, and is met once: %s with %d', async (name, status, body, headers) => {
    await using server = await startHttp((response) => response.writeHead(status, headers).end(body));
    const services = createCancelService({ acme: acme({ baseUrl: server.origin, token }) });
    const error = await failureOf(services.cancel(REQUEST));
    expect(error).toMatchObject({ code: 'unavailable', providerStatus: status, attempts: 1, retryable: false });
    expect(error.message).toContain(`${name} answered with a challenge`);
    expect(error.message).toMatch(/did not reach the provider.*skip the challenge/);
    expect(error.providerReference).toBe(name === 'Cloudflare' ? '8f3a1c2b4d5e6f70-AMS' : undefined);
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['a JSON body, which an application has written', 403, '{"result":"odd"}', CLOUDFLARE],
    ['a success', 200, PAGE, CLOUDFLARE],
    ['another value of the header', 403, PAGE, { 'cf-mitigated': 'block' }],
    ['the status of another action', 200, PAGE, { 'x-amzn-waf-action': 'challenge' }],
    ['nothing but the words of such a page', 403, PAGE, { 'content-type': 'text/html' }],
  ])('is none with %s', async (_, status, body, headers) => {
    await using server = await startHttp((response) => response.writeHead(status, headers).end(body));
    const services = createCancelService({ acme: acme({ baseUrl: server.origin, token }) });
    expect((await failureOf(services.cancel(REQUEST))).code).toBe('outcome_unknown');
  });

  it('ends the part of its account in a list', async () => {
    await using server = await startHttp((response) => response.writeHead(403, CLOUDFLARE).end(PAGE));
    const services = createCancelService({ acme: acme({ baseUrl: server.origin, token }) });
    const requests = Array.from({ length: 20 }, (_, index) => ({
      ...REQUEST,
      service: { hostingId: `h-${index}`, domain: 'example.com' },
    }));
    const codes = [];
    for await (const item of services.cancelMany(requests, { concurrency: 2 })) {
      codes.push(item.ok ? item.result.outcome : item.error.code);
    }
    expect(codes).toEqual(Array.from({ length: 20 }, () => 'unavailable'));
    expect(server.seen.length).toBeLessThanOrEqual(2);
  });

  it('leaves a lost response unknown if only the read-back meets it, and is asked once', async () => {
    await using server = await startHttp((response, request, socket) => {
      if (request.method === 'GET') response.writeHead(503, CLOUDFLARE).end(PAGE);
      else socket.destroy();
    });
    const services = createCancelService({ acme: acme({ baseUrl: server.origin, token }) });
    const error = await failureOf(services.cancel(REQUEST));
    expect(isProviderError(error, 'outcome_unknown')).toBe(true);
    expect(server.seen).toHaveLength(2);
  });
});
