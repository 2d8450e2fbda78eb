import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountWires } from '../../src/accounts/account-wire.ts';
import { Call } from '../../src/call/call.ts';
import { TimeLimit } from '../../src/call/time-limit.ts';
import { createCancelService, type OperationEvent, type ProviderError } from '../../src/index.ts';
import { failureOf } from '../support/failure.ts';
import {
  byOAuth,
  guardedProvider,
  json,
  SECRET,
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
  // No jitter: what is not about waiting does not wait.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  return () => servers[Symbol.asyncDispose]();
});
afterEach(() => vi.restoreAllMocks());

type Source = GuardedConfig | (() => GuardedConfig);

function serviceOf(config: Source = servers.config, variant: GuardedVariant = {}) {
  const accounts = { main: guardedProvider(variant).account(config) };
  return createCancelService(accounts, { onEvent: (event) => events.push(event) });
}

const order = { account: 'main', service: { id: 's1' }, when: 'immediate' } as const;

function many(count: number): (typeof order)[] {
  return Array.from({ length: count }, () => order);
}

/** What an adapter in JavaScript may be. */
// oxlint-disable-next-line no-unnecessary-type-parameters -- what the type says that it is
function lying<Claimed>(value: unknown): Claimed {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
  return value as Claimed;
}

/** Headers with the time of the provider's clock, which is all that a login brings. */
function byClock(theirTime: () => number): NonNullable<GuardedVariant['access']> {
  return {
    *obtain(_config, { now }) {
      const response = yield { method: 'GET', effect: 'read', origin: 'login', authenticated: false, path: ['time'] };
      if (response.status >= 500) return { verdict: 'unrecognized' };
      return { verdict: 'granted', token: '', expiresInS: 600, clockOffsetMs: theirTime() - now };
    },
    headers: (_request, _config, { now }) => ({ 'x-time': String(now) }),
  };
}

/** Moves the clock that is never set. */
function laterBy(milliseconds: number): void {
  const { now } = performance;
  const real = now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => real() + milliseconds);
}

describe('a token', () => {
  it('is obtained once, used for the write, and kept for the next call', async () => {
    const service = serviceOf();
    const first = await service.cancel(order);
    const second = await service.cancel(order);
    expect([first.outcome, first.attempts, second.attempts]).toEqual(['requested', 2, 1]);
    expect(servers.login.seen).toHaveLength(1);
    expect(servers.api.seen.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${tokenOf(1)}`,
      `Bearer ${tokenOf(1)}`,
    ]);
  });

  it('is obtained once for twenty calls that need it concurrently', async () => {
    const service = serviceOf();
    const results = await Promise.all(many(20).map((one) => service.cancel(one)));
    expect(servers.login.seen).toHaveLength(1);
    expect(servers.api.seen).toHaveLength(20);
    // Only the call that logged in counts the login.
    expect(results.map(({ attempts }) => attempts).toSorted((one, other) => one - other)).toEqual([
      ...Array<number>(19).fill(1),
      2,
    ]);
  });

  it('is shared by calls whose configuration a function makes anew', async () => {
    const service = serviceOf(() => ({ ...servers.config }));
    await Promise.all(many(5).map((one) => service.cancel(one)));
    await service.cancel(order);
    expect(servers.login.seen).toHaveLength(1);
  });

  it('is not used for another configuration of the same account', async () => {
    let clientId = 'client-1';
    const service = serviceOf(() => ({ ...servers.config, clientId }));
    await service.cancel(order);
    clientId = 'client-2';
    await service.cancel(order);
    clientId = 'client-1';
    await service.cancel(order);
    expect(servers.login.seen).toHaveLength(2);
    const tokens = servers.api.seen.map(({ headers }) => headers.authorization);
    expect(tokens).toEqual([1, 2, 1].map((number) => `Bearer ${tokenOf(number)}`));
  });

  it('is obtained for each call anew if the provider does not tell its end', async () => {
    servers.grant = {};
    const service = serviceOf();
    await service.cancel(order);
    await service.cancel(order);
    expect(servers.login.seen).toHaveLength(2);
  });

  it('is obtained once for a revocation with all its requests, if the provider does not tell its end', async () => {
    servers.grant = {};
    servers.cancelled.add('s1');
    const { outcome } = await serviceOf().revoke({ account: 'main', service: { id: 's1' } });
    expect(outcome).toBe('revoked');
    expect(servers.login.seen).toHaveLength(1);
  });

  it('is renewed before it ends', async () => {
    const service = serviceOf();
    await service.cancel(order);
    laterBy(3_575_000);
    await service.cancel(order);
    expect(servers.login.seen).toHaveLength(2);
    expect(servers.api.seen[1]?.headers.authorization).toBe(`Bearer ${tokenOf(2)}`);
  });

  it('is used up to its end if it cannot be renewed', async () => {
    const service = serviceOf();
    await service.cancel(order);
    laterBy(3_575_000);
    servers.onLogin = (response) => {
      json(response, 503, {});
      return true;
    };
    const { outcome } = await service.cancel(order);
    const tried = servers.login.seen.length;
    await service.cancel(order);
    expect(outcome).toBe('requested');
    expect(servers.login.seen).toHaveLength(tried);
  });

  it('that is refused with 401 is renewed, and the write is sent again: it was not processed', async () => {
    const service = serviceOf();
    await service.cancel(order);
    servers.tokens.clear();
    events = [];
    const { outcome, attempts } = await service.cancel({ ...order, service: { id: 's2' } });
    expect([outcome, attempts]).toEqual(['requested', 3]);
    expect(servers.carriedOut.get('s2')).toBe(1);
    expect(events.map(({ type }) => type)).toEqual([
      'attempt',
      'answer',
      'retry',
      'attempt',
      'answer',
      'attempt',
      'answer',
      'outcome',
    ]);
    expect(events.flatMap((event) => (event.type === 'attempt' ? [event.attempt] : []))).toEqual([1, 2, 3]);
  });

  it('is renewed once for twenty calls that are refused with it', async () => {
    const service = serviceOf();
    await service.cancel(order);
    servers.tokens.clear();
    await Promise.all(many(20).map((one) => service.cancel(one)));
    expect(servers.login.seen).toHaveLength(2);
  });

  it('is renewed once at most if every one is refused, and the calls are unauthorized', async () => {
    servers.onApi = (response) => {
      json(response, 401, { error: 'invalid_token' });
      return true;
    };
    const service = serviceOf();
    const first = await Promise.all(many(20).map((one) => failureOf(service.cancel(one))));
    const second = await failureOf(service.cancel(order));
    expect(servers.login.seen).toHaveLength(2);
    expect(new Set([...first, second].map(({ code }) => code))).toEqual(new Set(['unauthorized']));
  });

  it('is renewed during the read-back of a lost response', async () => {
    const service = serviceOf();
    await service.cancel({ ...order, service: { id: 's2' } });
    servers.onApi = (response, request) => {
      if (request.method !== 'POST') return false;
      servers.cancelled.add('s1');
      servers.tokens.clear();
      response.socket?.destroy();
      return true;
    };
    const { outcome, reconciled } = await service.cancel(order);
    expect([outcome, reconciled, servers.login.seen.length]).toEqual(['requested', true, 2]);
  });

  it('is not obtained with a configuration that needs none, and a 401 is final then', async () => {
    const access = { ...byOAuth, obtain: () => undefined };
    const { code } = await failureOf(serviceOf(servers.config, { access }).cancel(order));
    expect([code, servers.login.seen.length, servers.api.seen.length]).toEqual(['unauthorized', 0, 1]);
  });

  it('that learns only the provider’s clock is repeated after a 401, which is final if the clock was right', async () => {
    servers.onApi = (response) => {
      json(response, 401, { error: 'invalid_token' });
      return true;
    };
    const service = serviceOf(servers.config, { access: byClock(() => Date.now()) });
    const first = await failureOf(service.cancel(order));
    const second = await failureOf(service.cancel(order));
    expect([first.code, second.code, servers.api.seen.length]).toEqual(['unauthorized', 'unauthorized', 2]);
    expect(servers.login.seen).toHaveLength(2);
  });

  it('that learns only the provider’s clock does not hide a 401 if the clock cannot be asked for again', async () => {
    servers.onApi = (response) => {
      servers.onLogin = (answer) => {
        json(answer, 503, {});
        return true;
      };
      json(response, 401, { error: 'invalid_token' });
      return true;
    };
    const service = serviceOf(servers.config, { access: byClock(() => Date.now()) });
    const { code, providerStatus } = await failureOf(service.cancel(order));
    expect([code, providerStatus, servers.api.seen.length]).toEqual(['unauthorized', 401, 1]);
  });

  // As after a virtual machine was paused: both clocks of this machine have lost the same time.
  it('that learns only the provider’s clock is repeated after a 401 if the clock differs much from what was learned', async () => {
    let aheadMs = 0;
    const service = serviceOf(servers.config, { access: byClock(() => Date.now() + aheadMs) });
    servers.onApi = (response, { headers }) => {
      const isOff = Math.abs(Number(headers['x-time']) - Date.now() - aheadMs) > 60_000;
      json(response, isOff ? 401 : 202, { result: 'cancelled' });
      return true;
    };
    await service.cancel(order);
    aheadMs = 3_600_000;
    const { outcome } = await service.cancel(order);
    expect([outcome, servers.api.seen.length]).toEqual(['requested', 3]);
  });

  it('goes to its own base URL alone', async () => {
    await serviceOf().cancel(order);
    const [login] = servers.login.seen;
    expect(login?.headers.authorization).toBeUndefined();
    expect(JSON.stringify(servers.api.seen)).not.toContain(SECRET);
  });

  it('serves check, status, revoke and lists as well', async () => {
    const service = serviceOf();
    const { checkAccount } = await import('../../src/service/check-account.ts');
    const account = guardedProvider().account(servers.config);
    const checked = await checkAccount('main', account);
    expect(checked.reads).toBe('the account');
    expect(servers.login.seen).toHaveLength(1);
    await service.status({ account: 'main', service: { id: 's1' } });
    const outcomes: (string | undefined)[] = [];
    for await (const item of service.cancelMany(many(6)))
      outcomes.push(item.ok ? item.result.outcome : item.error.code);
    await service.revoke({ account: 'main', service: { id: 's1' } });
    expect(outcomes).toEqual(Array<string>(6).fill('requested'));
    expect(servers.login.seen).toHaveLength(2);
  });
});

describe('a login that fails', () => {
  it('with refused credentials is not repeated, by none of twenty calls and none after them', async () => {
    const service = serviceOf({ ...servers.config, clientSecret: 'another-secret' });
    const failures = await Promise.all(many(20).map((one) => failureOf(service.cancel(one))));
    failures.push(await failureOf(service.cancel(order)));
    expect(servers.login.seen).toHaveLength(1);
    expect(servers.api.seen).toHaveLength(0);
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['unauthorized']));
    expect(failures[20]?.message).toContain('not tried again');
    expect(failures[20]?.attempts).toBe(0);
  });

  it('with refused credentials is tried with others, and later with the same', async () => {
    let clientSecret = 'another-secret';
    const service = serviceOf(() => ({ ...servers.config, clientSecret }));
    await failureOf(service.cancel(order));
    clientSecret = SECRET;
    expect((await service.cancel(order)).outcome).toBe('requested');
    clientSecret = 'another-secret';
    laterBy(301_000);
    expect((await failureOf(service.cancel(order))).code).toBe('unauthorized');
    expect(servers.login.seen).toHaveLength(3);
  });

  it.each([
    ['a 503', 'unavailable'],
    ['a lost connection', 'unavailable'],
    ['a page of HTML', 'unexpected_response'],
    ['a redirect', 'unexpected_response'],
  ])('with %s means that nothing happened: %s', async (what, code) => {
    servers.onLogin = (response) => {
      if (what === 'a lost connection') response.socket?.destroy();
      else if (what === 'a 503') json(response, 503, {});
      else if (what === 'a redirect') response.writeHead(302, { location: `${servers.api.origin}/x` }).end();
      else response.writeHead(200).end('<html>Sign in</html>');
      return true;
    };
    const failure = await failureOf(serviceOf().cancel(order));
    expect(failure.code).toBe(code);
    expect(failure.attempts).toBe(servers.login.seen.length);
    expect(servers.api.seen).toHaveLength(0);
  });

  it('with too many requests is not tried again before the provider allows it', async () => {
    servers.onLogin = (response) => {
      json(response, 429, { error: 'slow_down' }, { 'retry-after': '120' });
      return true;
    };
    const service = serviceOf();
    const first = await failureOf(service.cancel(order));
    const second = await failureOf(service.cancel(order));
    expect([first.code, second.code, servers.login.seen.length]).toEqual(['rate_limited', 'rate_limited', 1]);
    expect(second.retryAt).toBeDefined();
  });

  it.each([
    ['a page', '<html>Sign in</html>'],
    ['another form', '{"token":"abc"}'],
    ['a lifetime that is no number', '{"access_token":"tok-1234567890","expires_in":"NaN"}'],
  ])('with %s is not repeated by each call of a list, and is tried later', async (_, body) => {
    servers.onLogin = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      return true;
    };
    const service = serviceOf();
    const failures: ProviderError[] = [];
    for (const one of many(10)) failures.push(await failureOf(service.cancel(one)));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['unexpected_response']));
    expect(servers.login.seen).toHaveLength(1);
    servers.onLogin = () => false;
    laterBy(10_001);
    expect((await service.cancel(order)).outcome).toBe('requested');
  });

  it('after a 401 ends the write with the code of the login', async () => {
    const service = serviceOf();
    await service.cancel(order);
    servers.tokens.clear();
    servers.onLogin = (response) => {
      json(response, 401, { error: 'invalid_client' });
      return true;
    };
    const failure = await failureOf(service.cancel({ ...order, service: { id: 's2' } }));
    expect(failure.code).toBe('unauthorized');
    expect(servers.carriedOut.get('s2')).toBeUndefined();
  });

  it('in the read-back of a lost response leaves the outcome unknown', async () => {
    const service = serviceOf();
    servers.onApi = (response, request) => {
      if (request.method !== 'POST') return false;
      servers.tokens.clear();
      servers.onLogin = (refusing) => {
        json(refusing, 401, { error: 'invalid_client' });
        return true;
      };
      response.socket?.destroy();
      return true;
    };
    const failure = await failureOf(service.cancel(order));
    expect([failure.code, failure.readBackRefusal]).toEqual(['outcome_unknown', 'unauthorized']);
  });

  it('because its call is aborted is made by the next call that waits for it', async () => {
    let held = 0;
    servers.onLogin = () => (held += 1) === 1;
    const service = serviceOf();
    const controller = new AbortController();
    const aborted = failureOf(service.cancel(order, { signal: controller.signal }));
    await servers.login.whenSeen(1);
    const others = many(5).map((one) => service.cancel(one));
    controller.abort();
    expect((await aborted).code).toBe('aborted');
    const outcomes = (await Promise.all(others)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['requested']));
    expect(servers.login.seen).toHaveLength(2);
  });

  it('ends with the deadline of the call, and of a call that waits for it', async () => {
    servers.onLogin = () => true;
    const service = serviceOf();
    const owner = failureOf(service.cancel(order, { deadlineMs: 400 }));
    await servers.login.whenSeen(1);
    const waiter = failureOf(service.cancel(order, { deadlineMs: 100 }));
    expect([(await waiter).code, (await owner).code]).toEqual(['unavailable', 'unavailable']);
    expect(servers.api.seen).toHaveLength(0);
  });

  it('by a fault of the adapter says so, without what it threw', async () => {
    const access = {
      obtain: () => {
        throw new Error(`bad ${SECRET}`);
      },
      headers: () => ({}),
    };
    const failure = await failureOf(serviceOf(servers.config, { access }).cancel(order));
    expect(failure.message).toContain('the adapter is faulty');
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });
});

describe('what an adapter of access may get wrong', () => {
  it.each([
    ['a Headers object', new Headers({ authorization: 'Bearer x' })],
    ['a Map', new Map([['authorization', 'Bearer x']])],
    ['a list of pairs', [['authorization', 'Bearer x']]],
    ['a promise', Promise.resolve({ authorization: 'Bearer x' })],
    ['nothing', undefined],
    ['another method', { 'x-http-method-override': 'DELETE' }],
    ['a host', { host: 'another.example' }],
    ['a number', { 'x-time': 17 }],
  ])('headers that are %s send nothing', async (_, made) => {
    const access = { headers: lying<() => Record<string, string>>(() => made) };
    const failure = await failureOf(serviceOf(servers.config, { access }).cancel(order));
    expect(failure.code).toBe('unexpected_response');
    expect(failure.message).toContain('makes no headers');
    expect(servers.api.seen).toHaveLength(0);
  });

  it.each([0, -1, -1e300])('a token that ends in %d seconds serves its call, with one login', async (expiresIn) => {
    servers.grant = { expires_in: expiresIn };
    servers.cancelled.add('s1');
    const { outcome } = await serviceOf().revoke({ account: 'main', service: { id: 's1' } });
    expect(outcome).toBe('revoked');
    expect(servers.login.seen).toHaveLength(1);
  });

  it.each([1e308, Number.MAX_SAFE_INTEGER])('a token that ends in %d seconds is kept', async (expiresIn) => {
    servers.grant = { expires_in: expiresIn };
    const service = serviceOf();
    await service.cancel(order);
    await service.cancel(order);
    expect(servers.login.seen).toHaveLength(1);
  });

  it.each([
    ['no verdict', undefined],
    ['no token', { verdict: 'granted' }],
    ['a time that is no number', { verdict: 'granted', token: 'tok-1234567890', expiresInS: Number.NaN }],
  ])('a login that returns %s means that nothing happened', async (_, verdict) => {
    const obtain = lying<NonNullable<typeof byOAuth.obtain>>(function* () {
      return verdict;
    });
    const failure = await failureOf(serviceOf(servers.config, { access: { ...byOAuth, obtain } }).cancel(order));
    expect(failure.code).toBe('unexpected_response');
    expect(failure.message).toContain('the adapter is faulty');
    expect(servers.api.seen).toHaveLength(0);
  });
});

describe('what is redacted', () => {
  it('is the token of a slow call, however many others were obtained meanwhile', async () => {
    servers.grant = {};
    const service = serviceOf();
    let token = '';
    let answer = (): void => undefined;
    servers.onApi = (response, request) => {
      if (token !== '' || request.method !== 'POST') return false;
      token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      answer = () => json(response, 400, { error: 'bad', error_description: `no good: ${token}` });
      return true;
    };
    const slow = failureOf(service.cancel(order));
    await servers.api.whenSeen(1);
    for (let count = 0; count < 30; count += 1) await service.cancel({ ...order, service: { id: `s${count + 2}` } });
    answer();
    const failure = await slow;
    expect(token).toBe(tokenOf(1));
    expect(failure.providerMessage).toContain('no good');
    expect(inspect(failure, { depth: 9 }) + JSON.stringify(failure)).not.toContain(token.slice(0, 20));
  });

  it('is no date of the provider, though a header of access holds the time', async () => {
    const access = {
      ...byOAuth,
      headers: (
        request: Parameters<typeof byOAuth.headers>[0],
        config: GuardedConfig,
        moment: Parameters<typeof byOAuth.headers>[2],
      ) => ({
        ...byOAuth.headers(request, config, moment),
        'x-date': new Date(moment.now).toISOString(),
        'x-amz-date': new Date(moment.now).toISOString().replaceAll(/[:-]|\.\d+/g, ''),
        'x-http-date': new Date(moment.now).toUTCString(),
        'x-micros': String(moment.now * 1000),
      }),
    };
    const today = new Date().toISOString().slice(0, 10);
    const said = `it ends on ${today}, at ${new Date().toUTCString().slice(0, 16)}`;
    servers.onApi = (response) => {
      json(response, 400, { error: 'bad', error_description: said });
      return true;
    };
    const failure = await failureOf(serviceOf(servers.config, { access }).cancel(order));
    expect(failure.providerMessage).toBe(said);
  });

  it('is no date of the provider, though the login states dates beside the token', async () => {
    const now = new Date().toISOString();
    servers.grant = { expires_in: 3600, session: { issued_at: now, valid_until: now.slice(0, 10), id: 'sess-91b7c1' } };
    const said = `it ends on ${now.slice(0, 10)}`;
    servers.onApi = (response) => {
      json(response, 400, { error: 'bad', error_description: `${said} sess-91b7c1` });
      return true;
    };
    const failure = await failureOf(serviceOf().cancel(order));
    expect(failure.providerMessage).toBe(`${said} [REDACTED]`);
  });
});

describe('two configurations', () => {
  /** Whether two configurations of one account lead to one login. */
  async function sentWith<Config>(configs: readonly Config[], nameOf: (config: Config) => string): Promise<string[]> {
    let logins = 0;
    const wires = new AccountWires<Config>({
      access: {
        *obtain(config) {
          logins += 1;
          return { verdict: 'granted', token: `token-${logins}-of-${nameOf(config)}`, expiresInS: 3600 };
        },
        headers: (_request, _config, { token }) => ({ authorization: token }),
      },
    });
    const sent: string[] = [];
    const baseUrl = 'https://api.example';
    for (const own of configs) {
      const limit = new TimeLimit(10_000);
      const context = {
        baseUrl: new URL(baseUrl),
        limit,
        attemptTimeoutMs: 1000,
        transport: {},
        writesOnFreshConnection: false,
      };
      const wire = wires.opener({ config: own, baseUrl, secrets: ['the-same-secret'] })();
      const request = { method: 'GET', url: baseUrl, headers: {}, body: undefined };
      const made = await wire.access?.authenticate(request, 'nonce', new Call('cancel'), context);
      sent.push(made?.headers['authorization'] ?? '');
      limit.dispose();
    }
    return sent;
  }

  it('that differ in what cannot be compared share no token', async () => {
    class Customer {
      readonly #name: string;
      constructor(name: string) {
        this.#name = name;
      }
      get name(): string {
        return this.#name;
      }
    }
    const configs = ['one', 'two'].map((name) => ({ customer: new Customer(name) }));
    expect(await sentWith(configs, ({ customer }) => customer.name)).toEqual(['token-1-of-one', 'token-2-of-two']);
  });

  it('with equal addresses and lists share a token, and with other addresses do not', async () => {
    const configs = ['one', 'one', 'two'].map((name) => ({
      loginUrl: new URL(`https://login.example/${name}`),
      scopes: ['a', { b: name }],
      since: new Date(0),
      bare: Object.assign(Object.create(null), { name }),
    }));
    const sent = await sentWith(configs, ({ loginUrl }) => loginUrl.pathname.slice(1));
    expect(sent).toEqual(['token-1-of-one', 'token-1-of-one', 'token-2-of-two']);
  });
});
