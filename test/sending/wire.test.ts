import { inspect } from 'node:util';
import { performAction } from 'cancelkit/provider';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccount } from '../../src/accounts/account.ts';
import { secretsIn } from '../../src/accounts/response-secrets.ts';
import { createCancelService, type OperationEvent, type PreviewedRequest } from '../../src/index.ts';
import { previewRevoke } from '../../src/outcome/preview.ts';
import { failureOf } from '../support/failure.ts';
import {
  byOAuth,
  bySignature,
  guardedDefinition,
  guardedOrder,
  guardedProvider,
  json,
  SECRET,
  signatureOf,
  startGuarded,
  tokenOf,
  type Guarded,
  type GuardedConfig,
  type GuardedVariant,
} from '../support/guarded.ts';

let servers: Guarded;
let events: OperationEvent[];
beforeEach(async () => {
  servers = await startGuarded();
  events = [];
  vi.spyOn(Math, 'random').mockReturnValue(0);
  return () => servers[Symbol.asyncDispose]();
});
afterEach(() => vi.restoreAllMocks());

function serviceOf(variant: GuardedVariant = {}, config: GuardedConfig = servers.config) {
  const accounts = { main: guardedProvider(variant).account(config) };
  return createCancelService(accounts, { onEvent: (event) => events.push(event) });
}

const order = { account: 'main', service: { id: 's1' }, when: 'immediate' } as const;

function everythingOf(value: unknown): string {
  const shown = inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null });
  return `${JSON.stringify(value)} ${shown} ${JSON.stringify(events)}`;
}

/** Ways in which a provider can repeat a text. */
const ECHOES: readonly (readonly [name: string, echo: (text: string) => string])[] = [
  ['whole', (text) => text],
  ['in base64', (text) => Buffer.from(`user:${text}`).toString('base64')],
  ['percent-encoded', (text) => encodeURIComponent(text)],
  ['in upper case', (text) => text.toUpperCase()],
  ['cut off', (text) => `${text.slice(0, 40)}...`],
];

describe('an obtained token', () => {
  it.each(ECHOES)('that the API echoes %s in an error comes out of none of it', async (_name, echo) => {
    const token = tokenOf(1);
    servers.onApi = (response) => {
      json(response, 404, { error: 'x', error_description: `no for ${echo(token)}` }, { 'x-trace-id': echo(token) });
      return true;
    };
    const failure = await failureOf(serviceOf().cancel(order));
    expect(failure.providerMessage).toContain('[REDACTED]');
    expect(everythingOf(failure)).not.toContain(echo(token).slice(0, 40));
  });

  it.each(ECHOES)('that the API echoes %s in a response is not in raw', async (_name, echo) => {
    const token = tokenOf(1);
    servers.onApi = (response) => {
      json(response, 202, { result: 'cancelled', deep: [{ text: echo(token), [echo(token)]: 1 }] });
      return true;
    };
    const result = await serviceOf().cancel(order);
    expect(everythingOf(result)).not.toContain(echo(token).slice(0, 40));
  });

  it('and what comes with it are secrets for every call of the account from then on', async () => {
    const service = serviceOf();
    await service.cancel(order);
    servers.tokens.clear();
    await service.cancel(order);
    servers.onApi = (response) => {
      const words = [tokenOf(1), tokenOf(2), `refresh-${tokenOf(2)}`].join(' ');
      json(response, 404, { error: 'x', error_description: words });
      return true;
    };
    expect((await failureOf(service.cancel(order))).providerMessage).toBe('[REDACTED] [REDACTED] [REDACTED]');
  });

  it('is a secret before the adapter has said that it is the token', async () => {
    const token = tokenOf(1);
    servers.onLogin = (response) => {
      const body = { error: 'conflict', error_description: `in use: ${token}`, data: { refresh_token: token } };
      json(response, 409, body, { 'x-trace-id': token });
      return true;
    };
    const failure = await failureOf(serviceOf().cancel(order));
    expect(failure.providerMessage).toBe('in use: [REDACTED]');
    expect(everythingOf(failure)).not.toContain(token);
  });

  it('is not in the URL of an event of the login itself', async () => {
    const access = {
      ...byOAuth,
      *obtain(): ReturnType<NonNullable<typeof byOAuth.obtain>> {
        const request = { method: 'POST', effect: 'read', origin: 'login', authenticated: false } as const;
        const first = yield { ...request, path: ['session'] };
        const { value } = first.body.kind === 'json' ? first.body : { value: undefined };
        const ticket = typeof value === 'object' && value !== null && 'ticket' in value ? String(value.ticket) : '';
        yield { ...request, path: ['session', ticket] };
        return { verdict: 'granted', token: ticket };
      },
    };
    servers.onLogin = (response) => {
      json(response, 200, { ticket: tokenOf(1) });
      return true;
    };
    await failureOf(serviceOf({ access }).cancel(order));
    expect(servers.login.seen[1]?.path).toBe(`/session/${tokenOf(1)}`);
    expect(JSON.stringify(events)).not.toContain(tokenOf(1));
  });
});

describe('the secrets of a login’s response', () => {
  const token = fc.stringMatching(/^[A-Za-z0-9._~+/-]{16,80}$/).map((text) => `${text}7`);
  const names = fc.constantFrom(
    'access_token',
    'refreshToken',
    'refresh',
    'id_token',
    'jwt',
    'sessionId',
    'API_KEY',
    'ticket',
  );

  it('are the values of fields named like a token, however deep', () => {
    fc.assert(
      fc.property(
        token,
        names,
        fc.array(fc.constantFrom('data', 'result', 'auth'), { maxLength: 5 }),
        (text, name, way) => {
          const value = way.reduceRight<unknown>((inner, key) => ({ [key]: inner }), {
            [name]: text,
            words: 'not a token',
          });
          const found = secretsIn({ status: 200, headers: {}, body: { kind: 'json', value } });
          expect(found).toEqual([text]);
        },
      ),
    );
  });

  it('are a body that is a token as a whole, and the value of a cookie', () => {
    fc.assert(
      fc.property(token, (text) => {
        const headers = { 'set-cookie': `sid=${text}; Path=/; HttpOnly; SameSite=Lax` };
        expect(secretsIn({ status: 200, headers, body: { kind: 'other', text } })).toEqual([text, text]);
        expect(secretsIn({ status: 200, headers: {}, body: { kind: 'json', value: text } })).toEqual([text]);
      }),
    );
  });

  it('are never the words that describe a token, and any JSON can be looked through', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), (value) => {
        for (const secret of secretsIn({ status: 200, headers: {}, body: { kind: 'json', value } })) {
          expect(secret).toMatch(/^[^\s<>]{8,}$/);
        }
      }),
    );
    const value = {
      token_state: 'verified',
      token_error: 'invalid_grant',
      token_type: 'BearerToken',
      expires_in: 3600,
      token_endpoint: 'https://login.example.com/token',
    };
    expect(secretsIn({ status: 200, headers: {}, body: { kind: 'json', value } })).toEqual([]);
  });
});

describe('headers that are made for each attempt', () => {
  const accept = (): void => {
    servers.onApi = (response) => {
      json(response, 202, { result: 'cancelled' });
      return true;
    };
  };

  it('sign exactly the URL and the body that are sent', async () => {
    accept();
    await serviceOf({ access: bySignature, request: { json: { reason: 'ü & "x"', n: 1 } } }).cancel({
      ...order,
      service: { id: 'a b+c' },
    });
    const [sent] = servers.api.seen;
    const { 'x-time': time, 'x-nonce': nonce, 'x-signature': signature } = sent?.headers ?? {};
    const url = `${servers.api.origin}${sent?.path}`;
    expect(signature).toBe(signatureOf([SECRET, 'POST', url, sent?.body ?? '', String(time), String(nonce)]));
    expect(sent?.path).toBe('/services/a%20b%2Bc/cancel');
    expect(sent?.body).toBe('{"reason":"ü & \\"x\\"","n":1}');
  });

  it('are new for a repetition, and so is the id of the request', async () => {
    let count = 0;
    servers.onApi = (response) => {
      count += 1;
      json(response, count < 3 ? 429 : 202, count < 3 ? {} : { result: 'cancelled' });
      return true;
    };
    const { attempts } = await serviceOf({ access: bySignature }).cancel(order);
    expect(attempts).toBe(3);
    for (const name of ['x-nonce', 'x-signature', 'x-request-id']) {
      expect(new Set(servers.api.seen.map(({ headers }) => headers[name])).size).toBe(3);
    }
    for (const { headers } of servers.api.seen) {
      expect(headers['x-request-id']).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
  });

  it('hold the provider’s time once access has learned it', async () => {
    accept();
    const moments: number[] = [];
    const access = {
      *obtain(
        _config: GuardedConfig,
        { now }: { readonly now: number },
      ): ReturnType<NonNullable<typeof byOAuth.obtain>> {
        moments.push(now);
        yield { method: 'GET', effect: 'read', origin: 'login', authenticated: false, path: ['time'] };
        return { verdict: 'granted', token: '', expiresInS: 3600, clockOffsetMs: 86_400_000 };
      },
      headers: (_request: unknown, _config: unknown, { now }: { readonly now: number }) => {
        moments.push(now);
        return { 'x-time': String(now) };
      },
    };
    await serviceOf({ access }).cancel(order);
    const [first = 0, second = 0] = moments;
    expect(Math.round((second - first) / 86_400_000)).toBe(1);
  });

  it('hold the provider’s time also after access has learned it again', async () => {
    accept();
    const signedAt: number[] = [];
    const dayAhead = Date.now() + 86_400_000;
    const access = {
      *obtain(
        _config: GuardedConfig,
        { now }: { readonly now: number },
      ): ReturnType<NonNullable<typeof byOAuth.obtain>> {
        yield { method: 'GET', effect: 'read', origin: 'login', authenticated: false, path: ['time'] };
        return { verdict: 'granted', token: '', clockOffsetMs: dayAhead - now };
      },
      headers: (_request: unknown, _config: unknown, { now }: { readonly now: number }) => {
        signedAt.push(now - dayAhead);
        return { 'x-time': String(now) };
      },
    };
    const service = serviceOf({ access });
    await service.cancel(order);
    await service.cancel(order);
    expect(signedAt.map((ms) => Math.round(ms / 3_600_000))).toEqual([0, 0]);
  });

  it.each([
    ['set back', -30 * 60_000],
    ['set ahead, or has gone on while the machine slept', 25 * 3_600_000],
  ])('hold the provider’s time if this machine’s clock was %s since access has learned it', async (_what, by) => {
    accept();
    const real = Date.now.bind(Date);
    const signedAt: number[] = [];
    const access = {
      *obtain(
        _config: GuardedConfig,
        { now }: { readonly now: number },
      ): ReturnType<NonNullable<typeof byOAuth.obtain>> {
        yield { method: 'GET', effect: 'read', origin: 'login', authenticated: false, path: ['time'] };
        return { verdict: 'granted', token: '', expiresInS: 600, clockOffsetMs: real() - now };
      },
      headers: (_request: unknown, _config: unknown, { now }: { readonly now: number }) => {
        signedAt.push(Math.round((now - real()) / 60_000));
        return { 'x-time': String(now) };
      },
    };
    const service = serviceOf({ access });
    await service.cancel(order);
    vi.spyOn(Date, 'now').mockImplementation(() => real() + by);
    await service.cancel(order);
    await service.cancel(order);
    expect(signedAt).toEqual([0, 0, 0]);
    expect(servers.login.seen).toHaveLength(2);
  });

  it('that the API echoes in an error do not come out', async () => {
    servers.onApi = (response, { headers }) => {
      json(response, 404, { error: 'x', error_description: `bad signature ${headers['x-signature']}` });
      return true;
    };
    const failure = await failureOf(serviceOf({ access: bySignature }).cancel(order));
    expect(failure.providerMessage).toBe('bad signature [REDACTED]');
  });

  it.each([
    ['a line break', { 'x-a': 'one\r\ntwo' }],
    ['a name that is none', { 'x a': 'one' }],
    ['the length of the body', { 'content-length': '5' }],
    ['no text', { 'x-a': undefined }],
    ['a promise', Promise.resolve({ 'x-a': 'one' })],
    ['nothing', undefined],
  ])('that hold %s are a fault of the adapter, and nothing is sent', async (_what, made) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- an adapter in JavaScript
    const access = { headers: () => made as never };
    const failure = await failureOf(serviceOf({ access }).cancel(order));
    expect(failure.message).toContain('the adapter is faulty');
    expect([failure.code, servers.api.seen.length]).toEqual(['unexpected_response', 0]);
  });
});

describe('a preview', () => {
  const texts = ({ url, body = '', headers }: PreviewedRequest): string =>
    [url, body, ...Object.values(headers)].join('\n');

  it('shows the first request that is let in, with the token left out, and does not log in', async () => {
    const preview = await serviceOf().preview(order);
    expect(preview).toMatchObject({
      method: 'POST',
      url: `${servers.api.origin}/services/s1/cancel`,
      headers: { authorization: 'Bearer [REDACTED]', 'x-request-id': '[NEW UUID]' },
    });
    expect(preview.headers['content-type']).toBeUndefined();
    expect('body' in preview).toBe(false);
    expect([servers.login.seen, servers.api.seen]).toEqual([[], []]);
  });

  it('shows no signature, and is the same each time', async () => {
    const service = serviceOf({ access: bySignature });
    const preview = await service.preview(order);
    expect(preview.headers['x-signature']).toBe('[REDACTED]');
    expect(texts(preview)).not.toMatch(/[\da-f]{32}/);
    expect(await service.preview(order)).toEqual(preview);
  });

  it('of a revocation does not log in either', async () => {
    const account = guardedProvider().account(servers.config);
    const preview = await previewRevoke('main', account, { id: 's1' });
    expect(preview).toMatchObject({ method: 'DELETE', headers: { authorization: 'Bearer [REDACTED]' } });
    expect(servers.login.seen).toEqual([]);
  });
});

describe('a further base URL', () => {
  it.each(['http://login.example.com', 'https://user@login.example.com', 'login', 'https://login.example.com/?a=1'])(
    'is held to the rules of the first: %s is not configured',
    async (loginUrl) => {
      const failure = await failureOf(serviceOf({}, { ...servers.config, loginUrl }).cancel(order));
      expect([failure.code, failure.issues?.[0]?.path]).toEqual(['not_configured', 'loginUrl']);
      expect(servers.login.seen).toEqual([]);
    },
  );

  it.each(['other', '__proto__', 'constructor', ''])(
    'that the definition does not have is a fault: %s',
    async (origin) => {
      const failure = await failureOf(serviceOf({ request: { origin } }).cancel(order));
      expect(failure.message).toContain('the adapter is faulty');
      expect(servers.api.seen).toEqual([]);
    },
  );

  it('is where its requests go', async () => {
    servers.onLogin = (response, { path }) => {
      if (path !== '/services/s1/cancel') return false;
      json(response, 202, { result: 'cancelled' });
      return true;
    };
    await serviceOf({ request: { origin: 'login' } }).cancel(order);
    expect(servers.login.seen.map(({ path }) => path)).toEqual(['/oauth/token', '/services/s1/cancel']);
  });

  it('is not passed through a proxy in clear text', async () => {
    const accounts = {
      main: guardedProvider({ origins: () => ({ login: 'http://127.0.0.1:9999' }) }).account(servers.config),
    };
    const service = createCancelService(accounts, { proxy: 'http://127.0.0.1:9998' });
    expect((await failureOf(service.cancel(order))).code).toBe('not_configured');
  });
});

describe('a request without a body', () => {
  it('says that it has none, and names no type of content', async () => {
    servers.cancelled.add('s2');
    const service = serviceOf();
    await service.cancel(order);
    await service.revoke({ account: 'main', service: { id: 's2' } });
    const [post] = servers.api.seen;
    const deleted = servers.api.seen.find(({ method }) => method === 'DELETE');
    expect([post?.headers['content-length'], post?.body]).toEqual(['0', '']);
    for (const request of [post, deleted]) {
      expect(request?.headers['content-type']).toBeUndefined();
      expect(request?.headers['transfer-encoding']).toBeUndefined();
      expect(['0', undefined]).toContain(request?.headers['content-length']);
    }
  });
});

describe('the provider’s own id of a response', () => {
  it('is on the result, at most 128 characters and one line of it', async () => {
    servers.onApi = (response) => {
      json(response, 202, { result: 'cancelled' }, { 'x-trace-id': 'a'.repeat(300) });
      return true;
    };
    expect((await serviceOf().cancel(order)).providerRequestId).toBe('a'.repeat(128));
  });

  it('is on the error of a call and of its login', async () => {
    servers.onApi = (response) => {
      json(response, 404, { error: 'x' }, { 'x-trace-id': 'trace-404' });
      return true;
    };
    expect((await failureOf(serviceOf().cancel(order))).providerRequestId).toBe('trace-404');
    const wrong = serviceOf({}, { ...servers.config, clientSecret: 'another-secret' });
    expect((await failureOf(wrong.cancel(order))).providerRequestId).toBe('trace-17');
  });

  it('is not that of an earlier response if the response is lost', async () => {
    servers.onApi = (response) => {
      response.socket?.destroy();
      return true;
    };
    expect((await failureOf(serviceOf().cancel(order))).providerRequestId).toBeUndefined();
  });
});

describe('an action of the provider', () => {
  it('uses the token of the account, and hides what its input holds beside it', async () => {
    const account = createAccount(guardedDefinition, () => guardedDefinition, servers.config);
    await createCancelService({ main: account }).cancel(order);
    servers.onApi = (response, { body, headers }) => {
      json(response, 200, { echo: `${body} ${headers.authorization}` });
      return true;
    };
    const done = await performAction(guardedDefinition, guardedOrder, account, { pin: 'pin-777-888' });
    expect(done).toMatchObject({ result: 'ordered', attempts: 1 });
    expect(done.raw).toEqual({ status: 200, body: { echo: '{"pin":"[REDACTED]"} Bearer [REDACTED]' } });
    expect(servers.login.seen).toHaveLength(1);
  });

  it('logs in where the account has no token', async () => {
    const account = createAccount(guardedDefinition, () => guardedDefinition, servers.config);
    servers.onApi = (response) => {
      json(response, 200, {});
      return true;
    };
    const done = await performAction(guardedDefinition, guardedOrder, account, { pin: 'pin-777-888' });
    expect([done.attempts, servers.login.seen.length, done.providerRequestId]).toEqual([2, 1, 'trace-17']);
  });
});
