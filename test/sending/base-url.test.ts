import { createCancelService } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBaseUrl } from '../../src/sending/base-url.ts';
import { buildHttpRequest, isSafeSegment } from '../../src/sending/http-request.ts';
import { acme, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { recordingFetch } from '../support/fetch.ts';

const token = 'a-token-of-the-account';

describe('a base URL', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/'],
    ['https://api.example.com/', 'https://api.example.com/'],
    ['https://api.example.com:8443/v1//', 'https://api.example.com:8443/v1'],
    ['HTTPS://API.EXAMPLE.COM/V1', 'https://api.example.com/V1'],
    ['https://[2001:db8::1]/x', 'https://[2001:db8::1]/x'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['http://127.255.0.9', 'http://127.255.0.9/'],
    ['http://[::1]:3000/api', 'http://[::1]:3000/api'],
    ['http://localhost', 'http://localhost/'],
    ['http://LocalHost', 'http://localhost/'],
    // The parser makes these the loopback address itself, and the connection goes there.
    ['http://127.1', 'http://127.0.0.1/'],
    ['http://0x7f.0.0.1', 'http://127.0.0.1/'],
    ['http://2130706433', 'http://127.0.0.1/'],
  ])('%s is used as %s', (text, href) => {
    const checked = checkBaseUrl(text);
    expect(checked.ok && checked.url.href).toBe(href);
  });

  it.each([
    '',
    'api.example.com',
    '//api.example.com',
    '/api',
    'https://',
    'ftp://api.example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'ws://localhost',
    'http://api.example.com',
    'http://127.0.0.1.evil.example.com',
    'http://127.evil.example.com',
    'http://localhost.evil.example.com',
    'http://localhost.',
    'http://evil-localhost',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::2]',
    'http://128.0.0.1',
    'http://10.0.0.1',
    'http://192.168.0.1',
    'https://user@api.example.com',
    'https://${HOST}/',
    'https://{{host}}/api',
    'https://api.example.com/${VERSION}',
    'https://api.example.com/<path>',
    'https://undefined/api',
    'https://null',
    'https://undefined:8443',
    'https://user:secret@api.example.com',
    'https://:@api.example.com',
    'https://@api.example.com',
    'http://127.0.0.1@evil.example.com',
    'http://evil.example.com#@127.0.0.1',
    'https://api.example.com?x=1',
    'https://api.example.com/?',
    'https://api.example.com/#',
    'https://api.example.com/#x',
    ' https://api.example.com',
    'https://api.example.com ',
    'https://api.exa\nmple.com',
    'https://api.example.com\t',
    'https:\\\\api.example.com',
    'https://api.example.com\\@evil.example.com',
    'https://api.example.com/\u0000',
  ])('%j is refused', (text) => {
    const expected = 'an https URL (http only to loopback) without user info, query or fragment, and no placeholder';
    expect(checkBaseUrl(text)).toEqual({ ok: false, expected });
  });

  it('that passes is https or loopback, and has nothing but an origin and a path', () => {
    const part = fc.constantFrom(
      'http',
      'https',
      ':',
      '/',
      '//',
      '@',
      '?',
      '#',
      '\\',
      '127.0.0.1',
      'localhost',
      '[::1]',
      'evil.example.com',
      '.',
      '%2e',
      'a',
      '8080',
      '127.1',
      '\t',
    );
    const urls = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.array(part, { maxLength: 10 }).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(urls, (text) => {
        const checked = checkBaseUrl(text);
        if (!checked.ok) return;
        const { protocol, hostname, username, password, search, hash } = checked.url;
        expect([username, password, search, hash]).toEqual(['', '', '', '']);
        expect(protocol === 'https:' || /^(?:localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['http://api.example.com', 'https://user:hunter2@api.example.com', 'https://api.example.com?key=hunter2'])(
    'that is not sound (%s) is a matter of the configuration, and is not repeated',
    async (baseUrl) => {
      const { fetch, requests } = recordingFetch();
      const service = createCancelService({ acme: acme({ baseUrl, token }) }, { fetch });
      const error = await failureOf(service.cancel(REQUEST));
      expect(error).toMatchObject({ code: 'not_configured', issues: [{ path: 'baseUrl' }] });
      expect(JSON.stringify([error, error.stack])).not.toMatch(/hunter2|api\.example\.com/);
      expect(requests).toEqual([]);
    },
  );
});

describe('a path', () => {
  const special = fc.constantFrom(
    '.',
    '..',
    '/',
    '\\',
    '?',
    '#',
    '%',
    '%2e',
    '%2F',
    '%252e',
    ';',
    ':',
    '@',
    '&',
    '=',
    '+',
    ' ',
    "'",
    '"',
    '<',
    '|',
    '^',
    '`',
    '{',
    '~',
    '\u0000',
    '\n',
    '\u2028',
    '\uD800',
    '\uFF0E',
    '\uFF0F',
    '😀',
    'ü',
    'a',
    '1',
    '',
  );
  const ids = fc.oneof(
    fc.array(special, { maxLength: 6 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string(),
  );
  const bases = fc.constantFrom(
    'https://api.example.com',
    'https://api.example.com/v1',
    'https://api.example.com/a%20b/v1/',
    'http://[::1]:81/x',
  );

  it('holds an id as exactly one segment that decodes to it, or the id is refused', () => {
    let sent = 0;
    fc.assert(
      fc.property(bases, ids, ids, (base, id, other) => {
        const checked = checkBaseUrl(base);
        if (!checked.ok) throw new Error('the base URL is sound');
        const built = buildHttpRequest(checked.url, {
          effect: 'write',
          method: 'DELETE',
          path: ['services', id, 'x', other],
          form: {},
        });
        if (!built.ok) return;
        sent += 1;
        const url = new URL(built.request.url);
        const root = checked.url.pathname === '/' ? '' : checked.url.pathname;
        expect([url.origin, url.search, url.hash]).toEqual([checked.url.origin, '', '']);
        expect(url.pathname.startsWith(`${root}/services/`)).toBe(true);
        const segments = url.pathname.slice(root.length).split('/');
        expect(segments.map(decodeURIComponent)).toEqual(['', 'services', id, 'x', other]);
        // However often somebody on the way decodes it, it stays one segment.
        for (const segment of [id, other])
          expect(decodeURIComponent(decodeURIComponent(encodeURIComponent(segment)))).toBe(segment);
      }),
      { numRuns: 4_000 },
    );
    expect(sent).toBeGreaterThan(200);
  });

  it.each([
    '',
    '.',
    '..',
    'a/b',
    '/',
    '\\',
    'a?b',
    'a#b',
    '%2e%2e',
    '%',
    'a\u0000',
    'a\nb',
    '\u2028',
    '\uD800',
    'x'.repeat(256),
  ])('with the id %j is refused, and nothing is sent', async (hostingId) => {
    expect(isSafeSegment(hostingId)).toBe(false);
    const { fetch, requests } = recordingFetch();
    const service = createCancelService({ acme: acme({ baseUrl: 'https://api.example.com/v1', token }) }, { fetch });
    const request = { ...REQUEST, service: { hostingId, domain: 'example.com' } };
    for (const failing of [
      service.cancel(request),
      service.preview(request),
      service.status({ account: 'acme', service: request.service }),
    ]) {
      const error = await failureOf(failing);
      expect(error).toMatchObject({ code: 'invalid_request', attempts: 0, issues: [{ path: 'service' }] });
    }
    expect(requests).toEqual([]);
  });

  it.each(['1_aed1', '...', '.a', 'a..b', 'a b', "it's", '(1)*!~', 'ü', '😀', 'a;b', 'a:b@c', 'x'.repeat(255)])(
    'with the id %j is sent unchanged',
    async (hostingId) => {
      const { fetch, requests } = recordingFetch();
      const service = createCancelService({ acme: acme({ baseUrl: 'https://api.example.com/v1/', token }) }, { fetch });
      await service.cancel({ ...REQUEST, service: { hostingId, domain: 'example.com' } });
      expect(requests[0]?.url).toBe(
        new URL(`https://api.example.com/v1/services/${encodeURIComponent(hostingId)}/cancel`).href,
      );
    },
  );
});

describe('a header value', () => {
  it.each(['line\nbreak', 'carriage\rreturn', 'nul\u0000', 'wide 😀', 'ā'])(
    'of %j is refused and nothing is sent',
    async (odd) => {
      const { fetch, requests } = recordingFetch();
      const service = createCancelService(
        { acme: acme({ baseUrl: 'https://api.example.com', token: `token-${odd}` }) },
        { fetch },
      );
      const error = await failureOf(service.cancel(REQUEST));
      expect(error).toMatchObject({ code: 'invalid_request', attempts: 0 });
      expect(JSON.stringify(error)).not.toContain('token-');
      expect(requests).toEqual([]);
    },
  );
});
