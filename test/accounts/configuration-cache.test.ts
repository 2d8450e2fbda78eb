import { createCancelService } from 'cancelkit';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import { ConfigurationCache } from '../../src/accounts/account-operations.ts';
import { acme, acmeProvider, REQUEST, type AcmeConfig } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { startHttp } from '../support/loopback.ts';

const first = 'first-token-of-the-account';
const second = 'second-token-of-the-account';

function countingRules(schema: v.GenericSchema<unknown, unknown> = v.unknown()) {
  const checks = vi.fn();
  const config = v.pipe(
    schema,
    v.transform((value) => {
      checks();
      return structuredClone(value);
    }),
  );
  return { checks, rules: { config, baseUrl: () => 'https://api.example.com', secrets: () => [] } };
}

describe('the checked configuration', () => {
  it('is kept as long as a plain object has the same values', async () => {
    const { checks, rules } = countingRules();
    const cache = new ConfigurationCache(rules);
    const one = await cache.check({ url: 'https://a', token: first });
    expect(await cache.check({ url: 'https://a', token: first })).toBe(one);
    expect(checks).toHaveBeenCalledTimes(1);
  });

  it.each([[[]], [[first]], [{ inner: {} }], [new Map()], [undefined], [null]])(
    'of an empty object is not that of %j',
    async (other) => {
      const cache = new ConfigurationCache(countingRules().rules);
      await cache.check({});
      expect(cache.known({})).toMatchObject({ ok: true });
      expect(cache.known(other)).toBe(undefined);
    },
  );

  it('is never that of another input', async () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined));
    const value = fc.oneof(scalar, fc.array(scalar), fc.record({ inner: scalar }));
    const input = fc.oneof(scalar, fc.array(value), fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'c'), value));
    await fc.assert(
      fc.asyncProperty(fc.array(input, { minLength: 1, maxLength: 20 }), async (inputs) => {
        const cache = new ConfigurationCache(countingRules().rules);
        for (const given of inputs) {
          expect(await cache.check(given)).toMatchObject({ ok: true, value: { config: structuredClone(given) } });
        }
      }),
    );
  });

  it.each([
    ['an array', { tokens: [first] }, (input: { tokens: string[] }) => input.tokens.splice(0, 1, second)],
    ['an object', { a: { token: first } }, (input: { a: { token: string } }) => (input.a.token = second)],
    ['a value of its own', { token: first }, (input: { token: string }) => (input.token = second)],
  ])('notices a change inside %s of the same object', async (_, input, change) => {
    const cache = new ConfigurationCache(countingRules().rules);
    await cache.check(input);
    // oxlint-disable-next-line no-unsafe-type-assertion -- each row has its own shape
    change(input as never);
    expect(JSON.stringify(await cache.check(input))).toContain(second);
  });

  it('is not kept if the input changes while a slow schema checks it', async () => {
    const slow = v.pipeAsync(
      v.unknown(),
      v.transformAsync(async (value) => {
        await Promise.resolve();
        return structuredClone(value);
      }),
    );
    const cache = new ConfigurationCache({ config: slow, baseUrl: () => '', secrets: () => [] });
    const input = { token: first };
    const checking = cache.check(input);
    input.token = second;
    await checking;
    input.token = first;
    expect(await cache.check(input)).toMatchObject({ value: { config: { token: first } } });
  });

  it('is what was compared, even if a getter returns something else each time', async () => {
    const cache = new ConfigurationCache(countingRules().rules);
    let count = 0;
    const input = {
      get token() {
        count += 1;
        return `token-${count}`;
      },
    };
    for (let call = 1; call <= 3; call += 1) {
      expect(await cache.check(input)).toMatchObject({ value: { config: { token: `token-${call}` } } });
    }
  });

  it('is not kept for an object of a class, or with fields that are not enumerable', async () => {
    const { checks, rules } = countingRules(v.object({}));
    const cache = new ConfigurationCache(rules);
    class Settings {
      token = first;
    }
    const hidden = Object.defineProperty({ a: 1 }, 'token', { value: first, enumerable: false });
    for (const input of [new Settings(), hidden, Object.create({ token: first })]) {
      checks.mockClear();
      await cache.check(input);
      await cache.check(input);
      expect(checks).toHaveBeenCalledTimes(2);
    }
  });

  it('is checked again after a refusal', async () => {
    const cache = new ConfigurationCache(countingRules(v.object({ token: v.string() })).rules);
    expect(await cache.check({})).toMatchObject({ ok: false });
    expect(await cache.check({ token: first })).toMatchObject({ ok: true });
    expect(await cache.check({})).toMatchObject({ ok: false });
  });
});

describe('an account whose configuration changes between calls', () => {
  it('sends and redacts the new secret from the next call on', async () => {
    await using server = await startHttp((response, { headers }) =>
      response.end(`{"result":"refused","message":"bad ${headers.authorization}"}`),
    );
    const config = { baseUrl: server.origin, token: first };
    const services = createCancelService({ acme: acme(config) });
    for (const token of [first, second, first]) {
      config.token = token;
      const error = await failureOf(services.cancel(REQUEST));
      expect(server.seen.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
      expect(error.providerMessage).toBe('bad Bearer [REDACTED]');
    }
  });

  it('reads a function at every call, also while another call runs', async () => {
    await using server = await startHttp((response, { headers }) =>
      response.end(`{"result":"refused","message":"bad ${headers.authorization}"}`),
    );
    const tokens = Array.from({ length: 40 }, (_, index) => `token-number-${index % 7}-of-many`);
    const waiting = [...tokens];
    const read = async (): Promise<AcmeConfig> => {
      const token = waiting.shift() ?? '';
      await new Promise((resolve) => setTimeout(resolve, Number(token.length % 3)));
      return { baseUrl: server.origin, token };
    };
    const services = createCancelService({ acme: acme(read) });
    const errors = await Promise.all(tokens.map(() => failureOf(services.cancel(REQUEST))));
    for (const { providerMessage } of errors) expect(providerMessage).toBe('bad Bearer [REDACTED]');
    const sent = server.seen.map(({ headers }) => headers.authorization);
    expect(new Set(sent)).toEqual(new Set(tokens.map((token) => `Bearer ${token}`)));
    expect(sent).toHaveLength(tokens.length);
  });

  it('moves to a new base URL', async () => {
    await using one = await startHttp((response) => response.end('{"result":"success"}'));
    await using other = await startHttp((response) => response.end('{"result":"success"}'));
    const config = { baseUrl: one.origin, token: first };
    const services = createCancelService({ acme: acme(config) });
    await services.cancel(REQUEST);
    config.baseUrl = other.origin;
    await services.cancel(REQUEST);
    expect([one.seen.length, other.seen.length]).toEqual([1, 1]);
  });

  it('shares nothing with another account of the same definition', async () => {
    await using server = await startHttp((response, { headers }) =>
      response.end(`{"result":"refused","message":"bad ${headers.authorization}"}`),
    );
    const provider = acmeProvider();
    const accounts = {
      one: provider.account({ baseUrl: server.origin, token: first }),
      other: provider.account({ baseUrl: server.origin, token: second }),
    };
    const services = createCancelService(accounts);
    for (const account of ['one', 'other', 'one'] as const) {
      const error = await failureOf(services.cancel({ ...REQUEST, account }));
      expect(error.providerMessage).toBe('bad Bearer [REDACTED]');
    }
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(
      [first, second, first].map((token) => `Bearer ${token}`),
    );
  });
});
