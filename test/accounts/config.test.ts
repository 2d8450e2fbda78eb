import { createCancelService } from 'cancelkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { acme, REQUEST, type AcmeConfig, type AcmeVariant } from '../support/acme.ts';
import { LEAST_CAPABILITIES } from '../support/capabilities.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';

const baseUrl = 'https://api.example.com';
const SECRET = 'hunter2-hunter2';

afterEach(() => vi.unstubAllEnvs());

function setUp(source: Parameters<typeof acme>[0], variant?: AcmeVariant) {
  const recording = recordingFetch();
  const service = createCancelService({ acme: acme(source, variant) }, { fetch: recording.fetch });
  const tokens = (): (string | undefined)[] => recording.requests.map(({ headers }) => headers['authorization']);
  return { service, tokens, requests: recording.requests };
}

describe('a configuration', () => {
  const sources: readonly [string, Parameters<typeof acme>[0]][] = [
    ['an object', { baseUrl, token: 'token-1' }],
    ['a function', () => ({ baseUrl, token: 'token-1' })],
    ['an async function', async () => ({ baseUrl, token: 'token-1' })],
  ];
  it.each(sources)('can be %s', async (_, source) => {
    const { service, tokens } = setUp(source);
    await service.cancel(REQUEST);
    expect(tokens()).toEqual(['Bearer token-1']);
  });

  it('can be the environment, read at each call', async () => {
    const { service, tokens, requests } = setUp(undefined);
    vi.stubEnv('ACME_URL', baseUrl);
    vi.stubEnv('ACME_TOKEN', 'token-1');
    await service.cancel(REQUEST);
    vi.stubEnv('ACME_TOKEN', 'token-2');
    vi.stubEnv('ACME_URL', 'https://other.example.com/api/');
    await service.cancel(REQUEST);
    expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(requests[1]?.url).toBe('https://other.example.com/api/services/h-1/cancel');
  });

  it('that is a function is asked at each call, and its newest secret is the one that is kept', async () => {
    let count = 0;
    const { service, tokens } = setUp(() => ({ baseUrl, token: `token-${(count += 1)}` }));
    await service.cancel(REQUEST);
    const preview = await service.preview(REQUEST);
    await service.cancel(REQUEST);
    expect(tokens()).toEqual(['Bearer token-1', 'Bearer token-3']);
    expect(preview.headers['authorization']).toBe('Bearer [REDACTED]');
  });

  it('is not read for a request that is not valid', async () => {
    const read = vi.fn(() => ({ baseUrl, token: 'token-1' }));
    const { service } = setUp(read);
    await failureOf(service.cancel({ ...REQUEST, reference: '' }));
    await failureOf(service.cancel(REQUEST, { signal: AbortSignal.abort() }));
    expect(read).not.toHaveBeenCalled();
  });
});

describe('a configuration that is missing or wrong', () => {
  it.each([
    ['missing', undefined, undefined],
    ['empty', '', ''],
    ['missing in part', baseUrl, undefined],
  ])('in the environment (%s) names the variables', async (_, url, token) => {
    vi.stubEnv('ACME_URL', url);
    vi.stubEnv('ACME_TOKEN', token);
    const { service, requests } = setUp(undefined);
    const error = await failureOf(service.cancel(REQUEST));
    expect(error).toMatchObject({ code: 'not_configured', attempts: 0, account: 'acme', provider: 'acme' });
    expect(error.message).toContain('ACME_TOKEN');
    expect(error.message.includes('ACME_URL')).toBe(!url);
    expect(error.issues?.map(({ path }) => path)).toContain('token');
    expect(requests).toEqual([]);
  });

  const odd = (value: unknown): AcmeConfig => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
    return value as AcmeConfig;
  };
  const values: readonly [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a text', SECRET],
    ['a list', [SECRET]],
    ['an object without a token', { baseUrl }],
    ['a token that is a number', { baseUrl, token: 7_777_777 }],
    ['a token that is too short', { baseUrl, token: 'abc' }],
    ['a key too many', { baseUrl, token: SECRET, password: SECRET }],
    ['a promise of nothing', Promise.resolve(undefined)],
  ];
  it.each(values)('(a function returns %s) is refused without repeating it', async (_, value) => {
    const { service, requests } = setUp(() => odd(value));
    const error = await failureOf(service.cancel(REQUEST));
    expect(error).toMatchObject({ code: 'not_configured', attempts: 0 });
    expect(JSON.stringify([error, error.stack])).not.toMatch(/hunter2|7777777/);
    expect(requests).toEqual([]);
  });

  it('(null) is refused, also where the environment has one', async () => {
    vi.stubEnv('ACME_URL', baseUrl);
    vi.stubEnv('ACME_TOKEN', SECRET);
    const { service, requests } = setUp(odd(null));
    expect(await failureOf(service.cancel(REQUEST))).toMatchObject({ code: 'not_configured', attempts: 0 });
    expect(await failureOf(service.cancel(REQUEST))).toMatchObject({ code: 'not_configured', attempts: 0 });
    expect(requests).toEqual([]);
    vi.unstubAllEnvs();
  });

  it.each<[string, () => AcmeConfig | Promise<AcmeConfig>]>([
    [
      'throws',
      () => {
        throw new Error(`no access with ${SECRET}`);
      },
    ],
    [
      'throws a text',
      () => {
        throw SECRET;
      },
    ],
    ['rejects', () => Promise.reject(new Error(`no access with ${SECRET}`))],
    [
      'returns something whose token throws',
      () =>
        odd({
          baseUrl,
          get token() {
            throw new Error(SECRET);
          },
        }),
    ],
    [
      'returns a hostile promise',
      () =>
        odd({
          then: () => {
            throw new Error(SECRET);
          },
        }),
    ],
  ])('(its function %s) says nothing of the cause', async (_, source) => {
    const { service, requests } = setUp(source);
    const error = await failureOf(service.cancel(REQUEST));
    expect(error.code).toBe('not_configured');
    expect(JSON.stringify([error, error.stack, error.cause])).not.toContain('hunter2');
    expect(requests).toEqual([]);
  });

  it.each<[string, AcmeVariant]>([
    [
      'secrets',
      {
        secrets: () => {
          throw new Error(SECRET);
        },
      },
    ],
  ])('(the provider cannot tell its %s) sends nothing', async (_, variant) => {
    const { service, requests } = setUp({ baseUrl, token: SECRET }, variant);
    const error = await failureOf(service.cancel(REQUEST));
    expect(error.code).toBe('not_configured');
    expect(JSON.stringify([error, error.stack])).not.toContain('hunter2');
    expect(requests).toEqual([]);
  });
});

describe('a configuration that does not come', () => {
  const never = (): Promise<AcmeConfig> => new Promise(() => undefined);

  it('is given up at the deadline', async () => {
    const { service, requests } = setUp(never);
    const error = await failureOf(service.cancel(REQUEST, { deadlineMs: 30 }));
    expect(error).toMatchObject({ code: 'not_configured', retryable: true });
    expect(requests).toEqual([]);
  });

  it('is given up on an abort', async () => {
    const controller = new AbortController();
    const { service, requests } = setUp(() => {
      setTimeout(() => controller.abort(), 10);
      return never();
    });
    expect(await failureOf(service.cancel(REQUEST, { signal: controller.signal }))).toMatchObject({ code: 'aborted' });
    expect(requests).toEqual([]);
  });

  it('in time, but after an abort, is not used', async () => {
    const controller = new AbortController();
    const { service, requests } = setUp(() => {
      controller.abort();
      return { baseUrl, token: SECRET };
    });
    expect(await failureOf(service.cancel(REQUEST, { signal: controller.signal }))).toMatchObject({ code: 'aborted' });
    expect(requests).toEqual([]);
  });

  it('and fails after all does so unheard', async () => {
    const { service } = setUp(() => new Promise((_, reject) => setTimeout(() => reject(new Error(SECRET)), 40)));
    await failureOf(service.cancel(REQUEST, { deadlineMs: 10 }));
    await new Promise((resolve) => setTimeout(resolve, 60));
  });
});

describe('two accounts of one provider', () => {
  it('that are used at the same moment send each their own credentials', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const recording = recordingFetch(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return json({ result: 'success' });
    });
    const service = createCancelService(
      {
        first: acme(
          async () => (await gates[0].promise, { baseUrl: 'https://first.example.com', token: 'token-of-first' }),
        ),
        second: acme(
          async () => (await gates[1].promise, { baseUrl: 'https://second.example.com', token: 'token-of-second' }),
        ),
      },
      { fetch: recording.fetch },
    );
    const all = Array.from({ length: 40 }, (_, index) =>
      service.cancel({
        ...REQUEST,
        account: index % 2 === 0 ? 'first' : 'second',
        service: { ...REQUEST.service, hostingId: `h-${index}` },
      }),
    );
    gates[1].resolve();
    gates[0].resolve();
    const results = await Promise.all(all);
    expect(results.map(({ account }) => account)).toEqual(
      results.map((_, index) => (index % 2 === 0 ? 'first' : 'second')),
    );
    expect(recording.requests).toHaveLength(40);
    for (const { url, headers } of recording.requests) {
      const [, name = '', index = ''] = /^https:\/\/(\w+)\.example\.com\/services\/h-(\d+)\/cancel$/.exec(url) ?? [];
      expect(name).toBe(Number(index) % 2 === 0 ? 'first' : 'second');
      expect(headers['authorization']).toBe(`Bearer token-of-${name}`);
    }
  });

  it('keep apart what is an object’s and what is the environment’s', async () => {
    vi.stubEnv('ACME_URL', 'https://env.example.com');
    vi.stubEnv('ACME_TOKEN', 'token-of-env');
    const recording = recordingFetch();
    const service = createCancelService(
      // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
      { object: acme({ baseUrl } as AcmeConfig), env: acme(), empty: acme(() => ({}) as AcmeConfig) },
      { fetch: recording.fetch },
    );
    await service.cancel({ ...REQUEST, account: 'env' });
    expect((await failureOf(service.cancel({ ...REQUEST, account: 'object' }))).code).toBe('not_configured');
    expect((await failureOf(service.cancel({ ...REQUEST, account: 'empty' }))).code).toBe('not_configured');
    expect(recording.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token-of-env']);
  });
});

describe('a service schema that never answers', () => {
  it('is given up at the deadline', async () => {
    const { defineProvider } = await import('cancelkit/provider');
    const pending = defineProvider({
      specVersion: 1,
      id: 'pending',
      capabilities: LEAST_CAPABILITIES,
      config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
      service: { '~standard': { version: 1, vendor: 'test', validate: () => new Promise<never>(() => undefined) } },
      env: {},
      baseUrl: () => baseUrl,
      secrets: () => [],
      *cancel() {
        yield { effect: 'write', method: 'POST', path: ['cancel'], json: {} };
        return { verdict: 'unrecognized' };
      },
    });
    const { fetch, requests } = recordingFetch();
    const service = createCancelService({ pending: pending.account({}) }, { fetch, deadlineMs: 30 });
    const error = await failureOf(service.cancel({ account: 'pending', service: {}, when: 'immediate' }));
    expect(error).toMatchObject({ code: 'unavailable', attempts: 0 });
    expect(requests).toEqual([]);
  });
});
