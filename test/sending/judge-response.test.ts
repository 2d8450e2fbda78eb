import type { ProviderResponse, ResponseBody } from 'cancelkit/provider';
import { describe, expect, it } from 'vitest';
import {
  isUnprocessed,
  judgeRedirect,
  judgeUnrecognized,
  rateLimited,
  refusalIn,
  refusedUnprocessed,
} from '../../src/sending/judge-response.ts';

const JSON_BODY: ResponseBody = { kind: 'json', value: {} };
const EMPTY: ResponseBody = { kind: 'empty' };
const PAGE: ResponseBody = { kind: 'other', text: '<html></html>' };

function answer(status: number, body: ResponseBody = PAGE, headers: Record<string, string> = {}): ProviderResponse {
  return { status, headers, body };
}

describe('a response that is not in the language of the API', () => {
  it.each([401, 407])('with %i was turned away, and asks for a login', (status) => {
    expect(judgeUnrecognized(answer(status), 'write')).toEqual({
      code: 'unexpected_response',
      providerStatus: status,
      isForeign: true,
      message:
        `the server answered ${status} with something that is not JSON, such as a login, maintenance or firewall page, ` +
        'which asks for a login. Nothing was processed. Check the credentials and the base URL of the account.',
    });
  });

  it.each([400, 404, 405, 410, 411, 413, 414, 415, 417, 426, 431])(
    'with %i was turned away before anything could run, for a write as for a read',
    (status) => {
      const judged = {
        code: 'unexpected_response',
        providerStatus: status,
        isForeign: true,
        message:
          `the server answered ${status} with something that is not JSON, such as a login, maintenance or firewall page. ` +
          'Nothing was processed. Check the base URL of the account; no API seems to be there.',
      };
      expect(judgeUnrecognized(answer(status), 'write')).toEqual(judged);
      expect(judgeUnrecognized(answer(status), 'read')).toEqual(judged);
    },
  );

  it.each([408, 421, 425])('with %i was not processed, and may be sent again later', (status) => {
    expect(isUnprocessed(status)).toBe(true);
    expect(judgeUnrecognized(answer(status, PAGE), 'write')).toEqual({
      code: 'unavailable',
      providerStatus: status,
      retryInMs: undefined,
      message: `the server answered ${status}, without processing the request. Try again later.`,
    });
    const { retryInMs } = judgeUnrecognized(answer(status, PAGE, { 'retry-after': '60' }), 'write');
    expect(retryInMs).toBe(60_000);
  });

  it('with 429 is a rate limit', () => {
    expect(isUnprocessed(429)).toBe(true);
    const limited = {
      code: 'rate_limited',
      providerStatus: 429,
      retryInMs: undefined,
      message: 'too many requests. Nothing was processed; try again later.',
    };
    expect(judgeUnrecognized(answer(429), 'write')).toEqual(limited);
    expect(rateLimited(answer(429))).toEqual(limited);
  });

  it.each([500, 502, 503, 504, 599])('with %i leaves a write unknown and a read unavailable', (status) => {
    const what = `the server answered ${status} with an empty body`;
    expect(judgeUnrecognized(answer(status, EMPTY), 'write')).toEqual({
      code: 'outcome_unknown',
      reason: 'server_error',
      providerStatus: status,
      message: `${what}. The request may have been carried out: check that before anything is sent again.`,
    });
    expect(judgeUnrecognized(answer(status, EMPTY), 'read')).toEqual({
      code: 'unavailable',
      providerStatus: status,
      message: `${what}. Try again later.`,
    });
  });

  it.each([200, 204, 402, 409, 418, 422, 423, 451, 499])('with %i leaves a write unknown', (status) => {
    const what = `the server answered ${status} with JSON that is not in the form of this API`;
    expect(judgeUnrecognized(answer(status, JSON_BODY), 'write')).toEqual({
      code: 'outcome_unknown',
      reason: 'unreadable_answer',
      providerStatus: status,
      message: `${what}. The request may have been carried out: check that before anything is sent again.`,
    });
    expect(judgeUnrecognized(answer(status, JSON_BODY), 'read')).toEqual({
      code: 'unexpected_response',
      providerStatus: status,
      isForeign: false,
      message: `${what}.`,
    });
  });

  it.each([403, 406])('with %i leaves a write unknown, and names the firewall', (status) => {
    const { code, message } = judgeUnrecognized(answer(status, { kind: 'too_large' }), 'write');
    expect(code).toBe('outcome_unknown');
    expect(message).toBe(
      `the server answered ${status} with a body over 256 KiB. A firewall can block the request, or only the response: let ` +
        'it allow this address. The request may have been carried out: check that before anything is sent again.',
    );
    expect(judgeUnrecognized(answer(status), 'read').message).not.toContain('firewall can block');
  });
});

describe('a response that says nothing but that access is refused', () => {
  const text = (words: string): ResponseBody => ({ kind: 'other', text: words });
  const json = (value: unknown): ResponseBody => ({ kind: 'json', value });

  it.each([
    ['a text', text('Authentication failed.\n')],
    ['a text of JSON', json('Unauthorized')],
    ['a message in JSON', json({ message: 'Unauthenticated.' })],
    ['an error of another form', json({ status: false, error: 'Invalid credentials' })],
  ])('as %s is a refusal of the credentials to a read', (_, body) => {
    for (const status of [200, 202, 400, 403, 404]) {
      expect(judgeUnrecognized(answer(status, body), 'read')).toMatchObject({
        code: 'unauthorized',
        providerStatus: status,
      });
    }
  });

  it('names the address that is not allowed', () => {
    const judged = judgeUnrecognized(answer(200, text('Invalid IP 203.0.113.9')), 'read');
    expect([judged.code, judged.message]).toEqual(['forbidden', expect.stringContaining('203.0.113.9')]);
  });

  it('proves nothing of a write', () => {
    for (const status of [200, 403]) {
      expect(judgeUnrecognized(answer(status, text('Unauthorized')), 'write').code).toBe('outcome_unknown');
      expect(refusalIn(answer(status, text('Unauthorized')))?.code).toBe('unauthorized');
    }
  });

  it.each([
    ['a failure of the server', 500, text('Authentication failed')],
    ['a page', 200, text('<html><body>Unauthorized</body></html>')],
    ['a text with more in it', 200, text('Done. Unauthorized')],
    ['JSON with the words elsewhere', 200, json({ data: { message: 'Unauthorized' } })],
    ['a list', 200, json(['Unauthorized'])],
  ])('is not what %s is', (_, status, body) => {
    expect(refusalIn(answer(status, body))).toBeUndefined();
  });
});

describe('a redirect', () => {
  const followed = {
    code: 'unexpected_response',
    isForeign: true,
    message: 'the base URL redirects. No redirect is followed: set the address that it leads to as the base URL.',
  };

  it.each([301, 302, 307, 308])('with %i was answered instead of what was asked', (status) => {
    expect(judgeRedirect(answer(status), 'write')).toEqual({ ...followed, providerStatus: status });
    expect(judgeRedirect(answer(status, EMPTY), 'read')).toEqual({ ...followed, providerStatus: status });
  });

  it.each([
    [0, PAGE],
    [300, PAGE],
    [303, PAGE],
    [304, EMPTY],
    [399, PAGE],
    [302, JSON_BODY],
    [308, JSON_BODY],
  ])('with %i may follow a write that was carried out', (status, body) => {
    expect(judgeRedirect(answer(status, body), 'write')).toEqual({
      code: 'outcome_unknown',
      reason: 'unreadable_answer',
      providerStatus: status,
      message: `the server answered ${status}, which can follow a request that was carried out. Check the state.`,
    });
    expect(judgeRedirect(answer(status, body), 'read')).toEqual({ ...followed, providerStatus: status });
  });

  it.each([200, 204, 299, 400, 404, 500])('is not what %i is', (status) => {
    expect(judgeRedirect(answer(status), 'write')).toBeUndefined();
    expect(judgeRedirect(answer(status), 'read')).toBeUndefined();
  });
});

describe('a response in the words of the provider', () => {
  it.each([408, 421, 425, 429])('turns a write away with %i, unless it is a yes that does not fit', (status) => {
    expect(refusedUnprocessed({ verdict: 'refused' }, answer(status))).toBe(true);
    expect(refusedUnprocessed({ verdict: 'unclear', reason: 'provider_error' }, answer(status))).toBe(true);
    expect(refusedUnprocessed({ verdict: 'refused', reason: 'unreadable_answer' }, answer(status))).toBe(true);
    expect(refusedUnprocessed({ verdict: 'unclear', reason: 'unreadable_answer' }, answer(status))).toBe(false);
  });

  it.each([200, 400, 403, 409, 500])('does not turn it away with %i by its status alone', (status) => {
    expect(isUnprocessed(status)).toBe(false);
    expect(refusedUnprocessed({ verdict: 'refused' }, answer(status))).toBe(false);
  });
});
