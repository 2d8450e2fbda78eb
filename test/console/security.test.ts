import { createQueueConsole, type ConsoleRight } from 'cancelkit/console';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPglite } from '../queue/support/databases.ts';
import { openQueue } from '../queue/support/open-queue.ts';
import { openShop, request, says } from '../queue/support/shop.ts';
import {
  consoleOf,
  fieldIn,
  KIM,
  openConsoleSet,
  ORIGIN,
  textOf,
  untypedConsole,
  visit,
  type ConsoleSet,
} from './support/open-console.ts';

let set: ConsoleSet;
beforeAll(async () => {
  set = await openConsoleSet();
}, 60_000);
afterAll(() => set[Symbol.asyncDispose]());

let count = 0;
let id: string;
let kvmId: string;
beforeEach(async () => {
  // One that no test has decided is as good as a new one, and 15 lost answers in a row open the account's circuit.
  if (count > 0 && (await set.queue.get(id))?.state === 'unknown') return;
  count += 1;
  id = `guarded-${count}`;
  kvmId = await set.addUnknown(id);
});

/** Every form of the console, filled in so that it would do something. */
const FORMS: readonly (readonly [path: string, right: ConsoleRight, fields: () => Readonly<Record<string, string>>])[] =
  [
    ['/decide', 'decide', () => ({ id, as: 'refused' })],
    ['/decide', 'send_again', () => ({ id, as: 'retry', typed: kvmId })],
    ['/decide', 'send_again', () => ({ id, as: 'retry_there', typed: kvmId })],
    ['/decide', 'decide', () => ({ id, as: 'withdraw' })],
    ['/decide', 'decide', () => ({ id, as: 'approve' })],
    ['/decide-selected', 'decide', () => ({ item: ` ${id}`, as: 'refused' })],
    ['/read-back', 'decide', () => ({ id })],
    ['/confirm', 'decide', () => ({ id, token: 'token-of-a-form-77' })],
    ['/resume', 'decide', () => ({ account: 'edis' })],
  ];

const unchanged = async (): Promise<void> => {
  const item = await set.queue.get(id);
  expect(item?.state).toBe('unknown');
  expect(item?.history.map(({ type }) => type)).not.toContain('resolved');
  expect(set.sandbox.edis.service(kvmId).timesCancelled).toBe(1);
};

describe('a form', () => {
  it.each(FORMS)('to %s does nothing for those who lack the right “%s”', async (path, right, fields) => {
    const can: readonly ConsoleRight[] = right === 'decide' ? ['read', 'send_again'] : ['read', 'decide'];
    const visitor = visit(consoleOf(set.queue, { by: 'Lee', can }));
    expect((await visitor.post(path, fields())).status).toBe(403);
    await unchanged();
  });

  it.each(FORMS)('to %s does nothing for those who may decide and not read', async (path, _right, fields) => {
    const visitor = visit(consoleOf(set.queue, { by: 'Lee', can: ['decide', 'send_again'] }));
    expect((await visitor.post(path, fields())).status).toBe(401);
    await unchanged();
  });

  const attacks: readonly (readonly [string, Readonly<Record<string, string>>, Readonly<Record<string, string>>])[] = [
    ['of another origin', { origin: 'https://evil.example' }, {}],
    ['whose origin is hidden', { origin: 'null' }, {}],
    ['that a browser marks as of another site', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, {}],
    ['that a browser marks as of a sibling host', { origin: ORIGIN, 'sec-fetch-site': 'same-site' }, {}],
    ['that is opened from an address bar', { origin: ORIGIN, 'sec-fetch-site': 'none' }, {}],
    ['without a token', {}, { form_token: '' }],
    ['with a made-up token', {}, { form_token: 'A'.repeat(43) }],
    ['without the cookie of its token', { cookie: 'other=1' }, {}],
    ['of another type', { 'content-type': 'text/plain' }, {}],
    ['of JSON', { 'content-type': 'application/json' }, {}],
    ['that is too long', {}, { note: 'x'.repeat(200_000) }],
    ['of the server’s own address, where the browser asked for another one', { host: 'ops.internal:3000' }, {}],
  ];

  it.each(attacks)('%s does nothing', async (_, headers, more) => {
    const visitor = visit(consoleOf(set.queue));
    const { status } = await visitor.post('/decide', { id, as: 'refused', ...more }, headers);
    expect(status).toBe(403);
    await unchanged();
  });

  it('without an origin, as no browser sends one, does nothing', async () => {
    const handler = consoleOf(set.queue);
    const first = await handler(new Request(`${ORIGIN}/`));
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const body = new URLSearchParams({ id, as: 'refused', form_token: cookie.split('=')[1] ?? '' });
    const response = await handler(new Request(`${ORIGIN}/decide`, { method: 'POST', body, headers: { cookie } }));
    expect(response.status).toBe(403);
    await unchanged();
  });

  it.each([
    ['that a browser marks as of the page itself', { 'sec-fetch-site': 'same-origin', origin: 'null' }],
    ['of the page’s own origin', {}],
    ['behind a proxy that ends TLS', { origin: ORIGIN.replace('https', 'http') }],
    ['behind a proxy that names the port of TLS', { host: `${new URL(ORIGIN).host}:443` }],
    [
      'of a server that gives its own address as the URL, as Next.js does',
      { host: 'ops.internal:3000', origin: 'http://ops.internal:3000' },
    ],
  ])('%s is taken', async (_, headers) => {
    expect((await visit(consoleOf(set.queue)).post('/decide', { id, as: 'refused' }, headers)).status).toBe(303);
    expect((await set.queue.get(id))?.state).toBe('refused');
  });

  it('that arrives by GET, or by another method, does nothing', async () => {
    const handler = consoleOf(set.queue);
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const response = await handler(new Request(`${ORIGIN}/decide?id=${id}&as=refused`, { method }));
      expect([method, response.status]).toEqual([method, 404]);
    }
    await unchanged();
  });

  it('has a token that a link from elsewhere does not replace', async () => {
    const { headers } = await visit(consoleOf(set.queue)).get('/');
    expect(headers.get('set-cookie')).toMatch(/^cancelkit_form=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('ignores who it says decides', async () => {
    expect((await visit(consoleOf(set.queue)).post('/decide', { id, as: 'refused', by: 'Mallory' })).status).toBe(303);
    expect((await set.queue.get(id))?.history.at(-1)?.data).toMatchObject({ by: 'Kim' });
  });
});

describe('authorize', () => {
  const PAGES = ['/', '/?show=all', '/accounts', '/cancellation', '/cancellation.json', '/nothing'];
  const refusals: readonly (readonly [string, () => unknown, number])[] = [
    ['returns nothing', () => undefined, 401],
    ['returns null', () => null, 401],
    ['returns a promise of nothing', () => Promise.resolve(), 401],
    ['grants no right', () => ({ by: 'Kim', can: [] }), 401],
    ['grants rights without reading', () => ({ by: 'Kim', can: ['decide', 'send_again'] }), 401],
    [
      'throws',
      () => {
        throw new Error('session store: SECRET-of-the-store');
      },
      500,
    ],
    ['rejects', () => Promise.reject(new Error('SECRET-of-the-store')), 500],
    ['returns true', () => true, 500],
    ['returns a right that does not exist', () => ({ by: 'Kim', can: ['read', 'everything'] }), 500],
    ['returns no name', () => ({ can: ['read'] }), 500],
    ['returns an empty name', () => ({ by: '', can: ['read'] }), 500],
    ['returns a name that cannot be recorded', () => ({ by: 'Kim\nAnn', can: ['read'] }), 500],
  ];

  it.each(refusals)('that %s lets nobody in', async (_, authorize, expected) => {
    const errors: unknown[] = [];
    const handler = untypedConsole({
      queue: set.queue,
      authorize,
      onError: (error: unknown) => errors.push(error),
    });
    for (const path of PAGES) {
      const { status, text } = await visit(handler).get(
        `${path}${path.startsWith('/cancellation') ? `?id=${id}` : ''}`,
      );
      expect(status).toBe(expected);
      expect(text).not.toMatch(new RegExp(`${id}|${kvmId}|SECRET|form_token`));
    }
    expect(errors).toHaveLength(expected === 500 ? PAGES.length : 0);
    expect((await visit(handler).post('/decide', { id, as: 'refused' })).status).toBe(expected);
    await unchanged();
  });

  it('that throws stops no page if what listens to it throws, too', async () => {
    const handler = createQueueConsole({
      queue: set.queue,
      authorize: () => {
        throw new Error('one');
      },
      onError: () => {
        throw new Error('two');
      },
    });
    const warned = new Promise<string>((resolve) => process.once('warning', ({ message }) => resolve(message)));
    expect((await visit(handler).get('/')).status).toBe(500);
    expect(await warned).toBe('console: a request failed. Set onError to see why.');
  });

  it('is asked for each page and each form, and what it reads is the request itself', async () => {
    const seen: string[] = [];
    const handler = createQueueConsole<string>({
      queue: set.queue,
      authorize: (given, from) => {
        seen.push(`${given.method} ${new URL(given.url).pathname} ${given.headers.get('x-user')} ${from}`);
        return KIM;
      },
    });
    await handler(new Request(`${ORIGIN}/accounts`, { headers: { 'x-user': 'kim' } }), 'the framework’s');
    await handler(new Request(`${ORIGIN}/decide`, { method: 'POST' }));
    expect(seen).toEqual(['GET /accounts kim the framework’s', 'POST /decide null undefined']);
  });

  it('decides what a page offers', async () => {
    const buttons = async (...can: readonly ConsoleRight[]): Promise<string> => {
      const visitor = visit(consoleOf(set.queue, { by: 'Lee', can }));
      return `${(await visitor.get(`/cancellation?id=${id}`)).text}${(await visitor.get('/?show=needs')).text}`;
    };
    expect(await buttons('read')).not.toMatch(/<form method="post"|type="checkbox"/);
    expect(await buttons('read', 'decide')).not.toContain('value="retry"');
    expect(await buttons('read', 'send_again')).not.toMatch(/value="scheduled"|read-back|type="checkbox"/);
  });
});

describe('every response', () => {
  it('forbids scripts and frames of others, and to be stored', async () => {
    const handler = consoleOf(set.queue);
    const visitor = visit(handler);
    const all = [
      await visitor.get('/'),
      await visitor.get('/accounts'),
      await visitor.get(`/cancellation?id=${id}`),
      await visitor.get(`/cancellation.json?id=${id}`),
      await visitor.get('/console.css'),
      await visitor.get('/console.js'),
      await visitor.get('/nothing'),
      await visitor.post('/decide', { id, as: '' }),
      await visitor.post('/decide', { id, as: 'refused', form_token: '' }),
      await visit(consoleOf(set.queue, { by: 'x', can: [] })).get('/'),
    ];
    for (const { headers } of all) {
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  it('has no inline script, style or handler, which its policy would block', async () => {
    const visitor = visit(consoleOf(set.queue));
    for (const path of ['/', '/accounts', `/cancellation?id=${id}`]) {
      expect((await visitor.get(path)).text).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
    }
  });

  it('holds no secret of an account', async () => {
    const visitor = visit(consoleOf(set.queue));
    const texts = [];
    for (const path of ['/', '/?show=all', '/accounts', `/cancellation?id=${id}`, `/cancellation.json?id=${id}`])
      texts.push((await visitor.get(path)).text);
    for (const [name, secret] of Object.entries({
      ...set.sandbox.settings.edis,
      ...set.sandbox.settings.vpsbg,
      ...set.sandbox.settings.ovh,
    })) {
      if (!/url/i.test(name)) expect(texts.join('\n')).not.toContain(secret);
    }
  });
});

describe('text of others', () => {
  const MARKUP = `"><img src=x onerror=alert(1)><script>alert(1)</script>'</textarea></pre>&amp;javascript:`;

  it('is shown as text wherever it comes from', async () => {
    const shop = openShop({
      'service-1': {
        writes: [() => says({ verdict: 'refused', code: 'rejected', message: 'no.', providerMessage: MARKUP }, 422)],
      },
    });
    await using database = await startPglite();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(
      { ...request('alpha', 'service-1'), reference: MARKUP, reason: { text: MARKUP } },
      {
        id: 'hostile',
        by: MARKUP.slice(0, 100),
      },
    );
    await queue.work({ stopWhenIdle: true });
    await queue.enqueue(request('beta', MARKUP), { id: MARKUP, notBefore: '2100-01-01' });
    const visitor = visit(consoleOf(queue, { by: MARKUP.slice(0, 100), can: ['read', 'decide', 'send_again'] }));
    await visitor.decide(MARKUP, { as: 'withdraw', note: MARKUP });
    const query = new URLSearchParams({ show: 'all', q: MARKUP, account: MARKUP, when: MARKUP });
    const pages = [
      await visitor.get('/?show=all'),
      await visitor.get(`/?${query}`),
      await visitor.get(`/?after=${encodeURIComponent(MARKUP)}&show=${encodeURIComponent(MARKUP)}`),
      await visitor.get('/cancellation?id=hostile'),
      await visitor.get(`/cancellation?id=${encodeURIComponent(MARKUP)}&done=${encodeURIComponent(MARKUP)}`),
      await visitor.get('/accounts'),
      await visitor.post('/decide', { id: 'hostile', as: MARKUP, note: MARKUP, effectiveAt: MARKUP }),
      await visitor.post('/decide-selected', { as: 'refused', item: ` ${MARKUP}` }),
    ];
    for (const { text } of pages) {
      expect(text).not.toMatch(/<img|<script>|<\/script>'/);
      expect(text).not.toMatch(/href="javascript:/i);
    }
    expect(textOf(pages[3]?.text ?? '')).toContain(MARKUP);
    expect(textOf(pages[3]?.text ?? '')).toContain('The words of shop, unchecked ">');
  });

  it('is no part of an address', async () => {
    const visitor = visit(consoleOf(set.queue));
    const { location } = await visitor.post('/decide', {
      id,
      seen: '',
      as: 'refused',
      done: '//evil.example',
    });
    expect(location === '' || location.startsWith('/cancellation?id=')).toBe(true);
    expect(fieldIn((await visitor.get('/?show=all&q=//evil.example')).text, 'show')).toBe('all');
  });
});
