import { createHash } from 'node:crypto';
import { parse } from 'node:querystring';
import { createCancelService } from 'cancelkit';
import { whmcs, type WhmcsConfig } from 'cancelkit/whmcs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectOnWire, listen, watchTheWire, type Wire } from '../wire.ts';
import { accessKey, credentials, oneProduct, onlyPage, success } from './fixtures.ts';

watchTheWire();
afterEach(() => vi.unstubAllEnvs());

const origin = 'https://billing.example.net';
const identifier = 'IDENTIFIERabcdef0123456789';
const encodedSecret = 's3cret%2B%26%3D%25%2F%C3%BC%22abcdef0123';
const order = { account: 'whmcs', service: { serviceId: 77 }, when: 'immediate' } as const;
const fields = 'action=AddCancelRequest&responsetype=json&serviceid=77';

type Secret = (inClear: string) => string;
const wireOf =
  (parameters: string, path = '/includes/api.php') =>
  (secret: Secret): Wire => ({
    method: 'POST',
    origin,
    path,
    headers: { authorization: undefined },
    body: `identifier=${secret(identifier)}&secret=${secret(encodedSecret)}&${parameters}`,
  });

describe('a cancellation at WHMCS', () => {
  const api = createCancelService({ whmcs: whmcs({ url: origin, ...credentials }) });

  it.each([
    ['a service id as a number', 77, { when: 'immediate' }, '&type=Immediate'],
    ['a service id as a text', '77', { when: 'immediate' }, '&type=Immediate'],
    ['the end of the period', 77, { when: 'end_of_period' }, '&type=End+of+Billing+Period'],
    [
      'a reason',
      77,
      { when: 'immediate', reason: 'Zu teuer & „langsam“ +50%' },
      '&type=Immediate&reason=Zu+teuer+%26+%E2%80%9Elangsam%E2%80%9C+%2B50%25',
    ],
    [
      'the label of a category',
      77,
      { when: 'end_of_period', reason: { category: 'switching_provider' } },
      '&type=End+of+Billing+Period&reason=Switching+to+another+provider',
    ],
    [
      'a reason with the reference',
      77,
      { when: 'immediate', reason: 'Over', reference: 'order-1234' },
      '&type=Immediate&reason=Over+%28reference%3A+order-1234%29',
    ],
    [
      'the reference alone',
      77,
      { when: 'immediate', reference: 'order-1234' },
      '&type=Immediate&reason=Reference%3A+order-1234',
    ],
  ] as const)('is one form with %s', async (_name, serviceId, details, rest) => {
    const own = { account: 'whmcs', service: { serviceId }, ...details } as const;
    const calls = { cancel: () => api.cancel(own), preview: () => api.preview(own) };
    await expectOnWire({ ...calls, wire: wireOf(`${fields}${rest}`), answer: success });
  });
});

describe('a WHMCS account', () => {
  it.each([
    ['the root', origin, ''],
    ['the root with a slash', `${origin}/`, ''],
    ['a sub-directory', `${origin}/billing`, '/billing'],
    ['a sub-directory with a slash', `${origin}/billing/`, '/billing'],
    ['a deeper sub-directory', `${origin}/client/area`, '/client/area'],
    ['the API itself', `${origin}/includes/api.php`, ''],
    ['the API itself with a slash', `${origin}/includes/api.php/`, ''],
    ['the API itself after two slashes', `${origin}//includes/api.php`, ''],
    ['the API in a sub-directory', `${origin}/billing/includes/api.php`, '/billing'],
    ['the API in capitals', `${origin}/billing/Includes/API.php`, '/billing'],
    ['a directory whose name ends the same', `${origin}/my-includes/api.php.d`, '/my-includes/api.php.d'],
  ])('finds the API from %s', async (_name, url, directory) => {
    const api = createCancelService({ whmcs: whmcs({ url, ...credentials }) });
    await expectOnWire({
      cancel: () => api.cancel(order),
      preview: () => api.preview(order),
      wire: wireOf(`${fields}&type=Immediate`, `${directory}/includes/api.php`),
      answer: success,
    });
  });

  it.each([
    ['a query', `${origin}/includes/api.php?x=1`],
    ['a fragment', `${origin}/#api`],
    ['user info', 'https://user:pass@billing.example.net'],
    ['plain http', 'http://billing.example.net'],
    ['no scheme', 'billing.example.net'],
  ])('is not configured with a URL that has %s', async (_name, url) => {
    const outcome = await createCancelService({ whmcs: whmcs({ url, ...credentials }) }).safeCancel(order);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'not_configured' } });
  });

  const md5 = createHash('md5').update('pässwort+1').digest('hex');
  it.each([
    [
      'an administrator’s name and the md5 of the password',
      { username: 'api admin', password: 'pässwort+1' },
      (secret: Secret) => `username=api+admin&password=${secret(md5)}`,
    ],
    [
      'an administrator’s name, the md5 and an access key',
      { username: 'api admin', password: 'pässwort+1', accessKey },
      (secret: Secret) => `username=api+admin&password=${secret(md5)}&accesskey=${secret('open-sesame%2B42')}`,
    ],
    [
      'API credentials and an access key',
      { ...credentials, accessKey },
      (secret: Secret) =>
        `identifier=${secret(identifier)}&secret=${secret(encodedSecret)}&accesskey=${secret('open-sesame%2B42')}`,
    ],
    [
      'an administrator’s name and a stored hash',
      { username: 'api admin', passwordHash: md5.toUpperCase() },
      (secret: Secret) => `username=api+admin&password=${secret(md5)}`,
    ],
    [
      'an API identifier and its secret, given as a name and a password',
      { username: 'D4j1dKYE3g40VROOPCGyJ9zRwP0ADJIv', password: 'F1CKGXRIpylMfsrig3mwwdSdYUdLiFlo' },
      (secret: Secret) =>
        `username=${secret('D4j1dKYE3g40VROOPCGyJ9zRwP0ADJIv')}&password=${secret('F1CKGXRIpylMfsrig3mwwdSdYUdLiFlo')}`,
    ],
  ] as const)('signs in with %s', async (_name, login, start) => {
    const api = createCancelService({ whmcs: whmcs({ url: origin, ...login }) });
    await expectOnWire({
      cancel: () => api.cancel(order),
      preview: () => api.preview(order),
      wire: (secret) => ({ ...wireOf('')(secret), body: `${start(secret)}&${fields}&type=Immediate` }),
      answer: success,
    });
  });

  it('sends the md5 that a form parser reads as documented: of the password’s UTF-8 bytes, in lower case', async () => {
    const api = createCancelService({ whmcs: whmcs({ url: origin, username: 'admin', password: 'password' }) });
    const seen = listen({ method: 'POST', origin, path: '/includes/api.php' }, success);
    await api.cancel(order);
    expect(parse(seen().body)['password']).toBe('5f4dcc3b5aa765d61d8327deb882cf99');
  });

  it.each([
    ['API credentials', { WHMCS_IDENTIFIER: identifier, WHMCS_SECRET: credentials.secret }, wireOf('')],
    [
      'an administrator’s login',
      { WHMCS_USERNAME: 'admin', WHMCS_PASSWORD: 'pässwort+1' },
      (secret: Secret) => ({ ...wireOf('')(secret), body: `username=admin&password=${secret(md5)}&` }),
    ],
    [
      'a stored hash',
      { WHMCS_USERNAME: 'admin', WHMCS_PASSWORD_HASH: md5 },
      (secret: Secret) => ({ ...wireOf('')(secret), body: `username=admin&password=${secret(md5)}&` }),
    ],
    [
      'an access key',
      { WHMCS_IDENTIFIER: identifier, WHMCS_SECRET: credentials.secret, WHMCS_ACCESS_KEY: accessKey },
      (secret: Secret) => wireOf(`accesskey=${secret('open-sesame%2B42')}&`)(secret),
    ],
  ] as const)('takes %s from the environment if it has no options', async (_name, variables, start) => {
    for (const name of ['IDENTIFIER', 'SECRET', 'USERNAME', 'PASSWORD', 'PASSWORD_HASH', 'ACCESS_KEY'])
      vi.stubEnv(`WHMCS_${name}`, '');
    vi.stubEnv('WHMCS_URL', `${origin}/billing/includes/api.php`);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const api = createCancelService({ whmcs: whmcs() });
    await expectOnWire({
      cancel: () => api.cancel(order),
      preview: () => api.preview(order),
      wire: (secret) => {
        const wire = start(secret);
        return { ...wire, path: '/billing/includes/api.php', body: `${wire.body}${fields}&type=Immediate` };
      },
      answer: success,
    });
  });

  it.each([
    ['a hash that is none', { username: 'admin', passwordHash: 'pässwort+1' }, /MD5 hash of the password: 32 hex/],
    ['a hash and a password', { username: 'admin', password: 'pässwort+1', passwordHash: md5 }, /takes the place of/],
    ['a hash without a name', { passwordHash: md5 }, /username/],
    ['a hash and API credentials', { ...credentials, passwordHash: md5 }, /not both forms/],
  ])('is not configured with %s', async (_name, login, message) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- it is what untyped callers pass
    const api = createCancelService({ whmcs: whmcs({ url: origin, ...login } as WhmcsConfig) });
    const outcome = await api.safeCancel(order);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'not_configured' } });
    expect(outcome.ok ? '' : outcome.error.message).toMatch(message);
    expect(JSON.stringify(outcome)).not.toContain(md5);
  });

  it('is not configured with both forms of credentials, as they come from the environment', async () => {
    vi.stubEnv('WHMCS_URL', origin);
    vi.stubEnv('WHMCS_IDENTIFIER', identifier);
    vi.stubEnv('WHMCS_SECRET', credentials.secret);
    vi.stubEnv('WHMCS_USERNAME', 'admin');
    vi.stubEnv('WHMCS_PASSWORD', 'pässwort+1');
    const outcome = await createCancelService({ whmcs: whmcs() }).safeCancel(order);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'not_configured' } });
    expect(outcome.ok ? '' : outcome.error.message).toMatch(/identifier and secret or username and password, not both/);
  });

  it('reads its options at each call if they are a function', async () => {
    const urls = [`${origin}/a`, `${origin}/b`];
    const configs = urls.map((url): WhmcsConfig => ({ url, ...credentials }));
    const api = createCancelService({ whmcs: whmcs(async () => configs.shift() ?? { url: origin, ...credentials }) });
    for (const directory of ['/a', '/b']) {
      const seen = listen({ method: 'POST', origin, path: `${directory}/includes/api.php` }, success);
      await api.cancel(order);
      expect(seen().body).toContain('serviceid=77');
    }
  });
});

describe('a read-back at WHMCS', () => {
  it('asks for the service, then for the cancellation requests', async () => {
    const api = createCancelService({ whmcs: whmcs({ url: origin, ...credentials }) });
    const address = { method: 'POST', origin, path: '/includes/api.php' } as const;
    const first = listen(address, oneProduct());
    const second = listen(address, onlyPage());
    expect(await api.status({ account: 'whmcs', service: { serviceId: '77' } })).toMatchObject({ state: 'none' });
    const login = `identifier=${identifier}&secret=${encodedSecret}`;
    expect(first().body).toBe(`${login}&action=GetClientsProducts&responsetype=json&serviceid=77`);
    expect(second().body).toBe(`${login}&action=GetCancelledPackages&responsetype=json&limitstart=0&limitnum=250`);
  });
});
