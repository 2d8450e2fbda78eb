import { createCancelService, type Account } from 'cancelkit';
import { edis, edisProvider } from 'cancelkit/edis';
import { hosting, hostingProvider } from 'cancelkit/hosting';
import { createCancelQueue } from 'cancelkit/queue';
import { vpsbg, vpsbgProvider } from 'cancelkit/vpsbg';
import { whmcs, whmcsProvider } from 'cancelkit/whmcs';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configSchema as templateConfig } from '../../examples/provider-template/config.ts';
import { serviceSchema as templateService } from '../../examples/provider-template/service.ts';
import { edisConfigSchema } from '../../providers/edis/config.ts';
import { edisOrderSchema } from '../../providers/edis/order.ts';
import { edisServiceSchema } from '../../providers/edis/service.ts';
import { hostingConfigSchema } from '../../providers/hosting/config.ts';
import { hostingServiceSchema } from '../../providers/hosting/service.ts';
import { vpsbgConfigSchema } from '../../providers/vpsbg/config.ts';
import { vpsbgServiceSchema } from '../../providers/vpsbg/service.ts';
import { whmcsConfigSchema } from '../../providers/whmcs/config.ts';
import { whmcsServiceSchema } from '../../providers/whmcs/service.ts';
import {
  cancelRequestSchema,
  confirmRequestSchema,
  revokeRequestSchema,
  statusRequestSchema,
} from '../../src/call/check-request.ts';
import { checkAgainst } from '../../src/call/check-schema.ts';
import { issueText } from '../../src/call/issue-text.ts';
import { configSchema as commandLineConfig } from '../../src/cli/setup/open-services.ts';
import type { StandardSchema } from '../../src/contract/standard-schema.ts';
import * as decisionInput from '../../src/queue/input/decision-input.ts';
import * as enqueueInput from '../../src/queue/input/enqueue-input.ts';
import * as queueInput from '../../src/queue/input/queue-input.ts';
import { queueOptionsSchema } from '../../src/queue/input/queue-options.ts';
import { failureOf } from '../support/failure.ts';
import { untyped } from '../support/untyped.ts';

const ORDER = {
  billingCycle: 'monthly',
  paymentMethod: 'paypal',
  applyCredit: true,
  items: [{ productId: 1, os: 2, hostname: 'a.example', sshPublicKey: 'ssh-ed25519 AAAAAAAAAAAAAAAAAAAA me' }],
};
const REQUEST = { account: 'a', service: { serviceId: 5 }, when: 'immediate', reason: 'r', reference: 'order-1' };

/** Every schema that input of a caller meets, with input that it takes. */
const SCHEMAS: Readonly<Record<string, readonly [StandardSchema<unknown, unknown>, object]>> = {
  'edis config': [edisConfigSchema, { email: 'a@b.example', password: 'pass-word-1', baseUrl: 'https://e.example' }],
  'vpsbg config': [vpsbgConfigSchema, { token: 'token-1234567', baseUrl: 'https://v.example', undoPath: 'v1/undo' }],
  'hosting config': [
    hostingConfigSchema,
    { baseUrl: 'https://h.example', token: 'token-1234567', tokenHeader: 'x-token', tokenScheme: 'Bearer' },
  ],
  'whmcs config': [
    whmcsConfigSchema,
    { url: 'https://w.example', identifier: 'identifier-1', secret: 'secret-1234', accessKey: 'access-key-1' },
  ],
  'whmcs admin config': [whmcsConfigSchema, { url: 'https://w.example', username: 'admin', password: 'pass-word-1' }],
  'template config': [templateConfig, { baseUrl: 'https://t.example', token: 'token-1234567' }],
  'edis service by kvmId': [edisServiceSchema, { kvmId: 'kvm_1' }],
  'edis service by number': [edisServiceSchema, { serviceId: 5 }],
  'vpsbg server': [vpsbgServiceSchema, { serverId: 5 }],
  'vpsbg addon': [vpsbgServiceSchema, { serverId: 5, addonId: '6' }],
  'vpsbg floating IP': [vpsbgServiceSchema, { floatingIpId: 5 }],
  'hosting service': [hostingServiceSchema, { hostingId: '1_a', domain: 'a.example' }],
  'whmcs service': [whmcsServiceSchema, { serviceId: '5' }],
  'template service': [templateService, { subscriptionId: 'sub_1' }],
  'edis order': [edisOrderSchema, ORDER],
  'cancel request': [
    cancelRequestSchema(),
    { ...REQUEST, reason: { category: 'other', text: 't', providerCode: 'c' }, extras: {} },
  ],
  'cancel request for a date': [cancelRequestSchema(), { ...REQUEST, when: { on: '2099-12-31' } }],
  'confirm request': [confirmRequestSchema, { account: 'a', service: { serviceId: 5 }, token: 't', extras: {} }],
  'status request': [statusRequestSchema, { account: 'a', service: { serviceId: 5 }, providerReference: 'r' }],
  'revoke request': [revokeRequestSchema, { account: 'a', service: { serviceId: 5 } }],
  'command line config': [commandLineConfig, { accounts: {}, options: { deadlineMs: 1 }, queue: { database: 'd' } }],
  'queue options': [
    queueOptionsSchema,
    {
      services: createCancelService({}),
      database: './queue',
      schema: 'cancelkit',
      limits: { a: { concurrency: 1, rate: { count: 1, perMs: 1 } } },
      deadlineMs: 1,
      pollMs: 1,
      readBackAfterMs: [1, 2],
      giveUpAfterMs: 1,
      onError: () => undefined,
    },
  ],
  'queue enqueue': [
    enqueueInput.enqueueSchema,
    { id: 'i', notBefore: '2027-01-01', priority: 1, by: 'me', transaction: { query: () => undefined } },
  ],
  'queue item': [
    enqueueInput.itemSchema,
    { request: REQUEST, id: 'i', notBefore: '2027-01-01', priority: 1, by: 'me' },
  ],
  'queue enqueueMany': [enqueueInput.enqueueManySchema, { transaction: { query: () => undefined } }],
  'queue work': [queueInput.workSchema, { concurrency: 1, stopWhenIdle: true, signal: new AbortController().signal }],
  'queue list': [queueInput.listSchema, { state: 'planned', account: 'a', needsPerson: true, limit: 1, after: 'i' }],
  'queue wait': [queueInput.waitSchema, { timeoutMs: 1, signal: new AbortController().signal }],
  'queue decision': [decisionInput.decisionSchema, { by: 'me', note: 'n' }],
  'queue resolution': [decisionInput.resolutionSchema, { by: 'me', note: 'n', as: 'completed' }],
};

const wrongValues = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(undefined, null, '', '0', 0, -1, 1.5, Number.NaN, 'abc', '1', 'token', 'text', [], {}, true),
  fc.constantFrom<unknown>('http://x.example', 'x'.repeat(2_000), '\u0000', '\uD800', new Date(Number.NaN), 1n),
);

/** Sound input with one of its values, however deep, replaced or with a key too many. */
const spoilt = (sound: object): fc.Arbitrary<unknown> => {
  const places = placesIn(sound);
  const replaced = fc.tuple(fc.constantFrom(...places), wrongValues).map(([place, value]) => put(sound, place, value));
  const added = fc
    .tuple(fc.constantFrom([], ...places), fc.string({ minLength: 1 }))
    .map(([place, key]) => put(sound, [...place, key], 'hunter2'));
  return fc.oneof(replaced, added, wrongValues);
};

describe('no message of a schema is the default of the library, or says nothing', () => {
  it.each(Object.entries(SCHEMAS))('%s', async (_, [schema, sound]) => {
    expect(await checkAgainst(schema, sound, 'constant')).toMatchObject({ ok: true });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(spoilt(sound), async (input) => {
        const checked = await checkAgainst(schema, input, 'constant');
        if (checked.ok) return;
        refused += 1;
        for (const issue of checked.issues) {
          for (const text of [issue.expected, issueText(issue)]) {
            expect(text).not.toMatch(
              /Invalid|Expected |Received|another value|\bnull\b|\bNaN\b|\/\^|\\[dPpx]|undefined/,
            );
            expect(text).not.toBe('');
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  it('the adapters of the package declare that theirs are constants', async () => {
    for (const [name, [schema]] of Object.entries(SCHEMAS)) {
      if (!/^(?:edis|vpsbg|hosting|whmcs|template)/.test(name)) continue;
      // Every word of the messages is in the input, as if it were repeated.
      const words = 'a an the object with only token text non-empty number positive whole domain name id'.split(' ');
      const checked = await checkAgainst(schema, { words });
      expect([name, checked]).toMatchObject([name, { ok: false }]);
      for (const { expected } of checked.ok ? [] : checked.issues) expect(expected).not.toContain('documentation of');
    }
  });
});

describe('a message of somebody else’s schema', () => {
  const echoing = v.pipe(
    v.string(),
    v.check(
      () => false,
      ({ input }) => `no ${input}`,
    ),
  );

  it('that is a default of valibot is cut down to what is expected', async () => {
    const checked = await checkAgainst(v.object({ port: v.number() }), { port: '80' });
    expect(checked).toEqual({ ok: false, issues: [{ path: 'port', expected: 'number' }] });
  });

  it('that repeats what it was given is replaced', async () => {
    const checked = await checkAgainst(v.object({ token: echoing }), { token: 'hunter2-hunter2' });
    expect(JSON.stringify(checked)).not.toContain('hunter2');
    expect(checked).toMatchObject({
      ok: false,
      issues: [{ path: 'token', expected: expect.stringContaining('a value') }],
    });
  });
});

const configs = {
  edis: [edis, edisProvider.env, { email: 'a@b.example', password: 'pass-word-1' }, { kvmId: 'kvm_1' }],
  vpsbg: [vpsbg, vpsbgProvider.env, { token: 'token-1234567' }, { serverId: 5 }],
  hosting: [
    hosting,
    hostingProvider.env,
    { baseUrl: 'https://h.example', token: 'token-1234567' },
    { hostingId: '1_a', domain: 'a.example' },
  ],
  whmcs: [
    whmcs,
    whmcsProvider.env,
    { url: 'https://w.example', identifier: 'identifier-1', secret: 'secret-1234' },
    { serviceId: 5 },
  ],
} as const;
type ProviderId = keyof typeof configs;

const required = (['edis', 'vpsbg', 'hosting', 'whmcs'] as const).flatMap((id) =>
  Object.keys(configs[id][2]).map((option) => [id, option] as const),
);

afterEach(() => vi.unstubAllEnvs());

/** The message of a preview with these options, or with the environment. */
async function messageOf(id: ProviderId, options: unknown, request: object = {}): Promise<string> {
  const [factory, , , service] = configs[id];
  // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
  const account = (factory as (config: unknown) => Account)(options);
  const services = untyped(createCancelService({ shop: account }));
  return (await failureOf(services.preview({ account: 'shop', service, when: 'immediate', ...request }))).message;
}

function stub(id: ProviderId, values: Readonly<Record<string, string>>): void {
  for (const [option, variable] of Object.entries(configs[id][1])) vi.stubEnv(variable, values[option] ?? '');
}

describe('the configuration', () => {
  it.each(required)('of %s without its variable for %s says that it is not set', async (id, option) => {
    const [, env, options] = configs[id];
    stub(id, { ...options, [option]: '' });
    const variable = env[option] ?? '';
    expect(await messageOf(id, undefined)).toBe(
      `${id}: the account is not configured: ${variable} is not set (option ${option}). Nothing was sent.`,
    );
  });

  it.each(required)('of %s with options, but without %s, says that variables are not mixed in', async (id, option) => {
    const [, env, options] = configs[id];
    const variable = env[option] ?? '';
    expect(await messageOf(id, { ...options, [option]: undefined })).toBe(
      `${id}: the account is not configured: the option ${option} is missing (${variable} is read only by an account without options). Nothing was sent.`,
    );
  });

  it.each(required)('of %s with a misspelt %s says which one was meant', async (id, option) => {
    const { [option]: value, ...rest } = { ...configs[id][2] } as Readonly<Record<string, string>>;
    for (const misspelt of [option.slice(0, -2) + option.slice(-1), option.toUpperCase(), `${option}s`]) {
      const message = await messageOf(id, { ...rest, [misspelt]: value });
      expect(message).toContain(`unknown option ${misspelt}; did you mean ${option}?`);
    }
  });

  it.each([
    ['edis', 'baseUrl', 'EDIS_BASE_URL'],
    ['vpsbg', 'baseUrl', 'VPSBG_BASE_URL'],
    ['hosting', 'baseUrl', 'HOSTING_BASE_URL'],
    ['whmcs', 'url', 'WHMCS_URL'],
  ] as const)('of %s with an address that is not usable names its option %s and %s', async (id, option, variable) => {
    for (const address of ['http://api.example', 'api.example', 'https://api.example/?x', ' https://api.example']) {
      const options = { ...configs[id][2], [option]: address };
      expect(await messageOf(id, options)).toMatch(
        new RegExp(`: option ${option}: expected an https URL .* \\(its variable is ${variable}\\)\\. Nothing`),
      );
      stub(id, options);
      expect(await messageOf(id, undefined)).toMatch(
        new RegExp(`: ${variable}: expected an https URL .* \\(option ${option}\\)\\. Nothing was sent\\.$`),
      );
    }
  });
});

describe('the first request', () => {
  it.each<[ProviderId, object, string]>([
    ['whmcs', { service: { serviceId: 'abc' } }, 'service.serviceId: expected a positive whole number. Nothing'],
    ['vpsbg', { dry: undefined }, 'not valid: unknown field dry; expected an object with only'],
    [
      'vpsbg',
      { when: { on: '31.12.2099' } },
      'not valid: when.on: expected a day of the calendar, such as 2026-12-31. N',
    ],
    ['whmcs', { service: { serviceId: '0' } }, 'service.serviceId: expected a positive whole number. Nothing'],
    ['whmcs', { service: { serviceId: '' } }, 'service.serviceId: expected a positive whole number. Nothing'],
    ['edis', { service: { serviceId: 'abc' } }, 'service.serviceId: expected a positive whole number. Nothing'],
    ['vpsbg', { service: { serverId: 'abc' } }, 'service.serverId: expected a positive whole number. Nothing'],
    ['whmcs', { reference: '' }, 'reference: expected a text of 1 to 128 characters. Nothing'],
    ['whmcs', { when: 'now' }, "when: expected 'immediate' or 'end_of_period'. Nothing"],
    ['whmcs', { when: undefined }, "when is missing: expected 'immediate' or 'end_of_period'. Nothing"],
    ['whmcs', { service: {} }, 'service.serviceId is missing. Nothing'],
    ['whmcs', { service: { serviceid: 5 } }, 'unknown field service.serviceid; did you mean serviceId?'],
    ['edis', { service: { kvmid: 'x' } }, 'unknown field service.kvmid; did you mean kvmId?'],
    [
      'edis',
      { service: { kvmId: 'x', serviceId: 5 } },
      'service: expected an object with only kvmId or serviceId, and not',
    ],
    ['hosting', { service: { hostingId: '1_a', domian: 'a.example' } }, 'did you mean domain?'],
    ['whmcs', { refernce: 'x' }, 'unknown field refernce; did you mean reference?'],
    ['whmcs', { reason: { categry: 'other' } }, 'unknown field reason.categry; did you mean category?'],
  ])('at %s with %j is explained in plain words', async (id, request, words) => {
    expect(await messageOf(id, configs[id][2], request)).toContain(words);
  });
});

describe('a misspelt name', () => {
  it('is reported once, and what it means is not reported as missing', async () => {
    const { issues } = await failureOf(
      untyped(createCancelService({ shop: whmcs(configs.whmcs[2]) })).validate({
        account: 'shop',
        service: { serviceid: 5 },
        when: 'immediate',
      }),
    );
    const issue = { path: 'service.serviceid', problem: 'unknown', suggestion: 'serviceId' };
    expect(issues).toEqual([{ ...issue, expected: 'an object with only serviceId' }]);
  });
});

describe('a misspelt option', () => {
  const accounts = { shop: whmcs(configs.whmcs[2]) };

  it('of a service says which one was meant', () => {
    const create = (): unknown => createCancelService(accounts, Object.fromEntries([['deadlinMs', 5]]));
    expect(create).toThrow('unknown option deadlinMs; did you mean deadlineMs?');
  });

  it.each([
    [{ databse: './none' }, 'unknown option databse; did you mean database?'],
    [{ database: './none', limits: { shop: { concurency: 1 } } }, 'did you mean concurrency?'],
  ])('of a queue (%j) says which one was meant', async (options, words) => {
    const services = createCancelService(accounts);
    // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
    const opening = createCancelQueue({ services, ...options } as Parameters<typeof createCancelQueue>[0]);
    expect((await failureOf(opening)).message).toContain(words);
  });

  it('of a call says which one was meant, and repeats nothing that is no option', async () => {
    const services = untyped(createCancelService(accounts));
    const request = { account: 'shop', service: { serviceId: 5 }, when: 'immediate' };
    const { message } = await failureOf(services.cancel(request, { singal: undefined, deadline_ms: 5 }));
    expect(message).toContain('unknown option deadline_ms; did you mean deadlineMs?');
    const other = await failureOf(services.cancel(request, { aSecretThatNobodyMaySee: 5 }));
    expect(other.message).toContain('unknown option; expected only the options signal, deadlineMs');
    expect(other.message).not.toContain('aSecret');
  });
});

type Place = readonly (string | number)[];

function placesIn(value: unknown, before: Place = []): Place[] {
  if (typeof value !== 'object' || value === null || value instanceof AbortSignal) return [];
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...before, Array.isArray(value) ? Number(key) : key];
    return [place, ...placesIn(inner, place)];
  });
}

function put(value: unknown, [key, ...rest]: Place, replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.map((entry, index) => (index === key ? put(entry, rest, replacement) : entry));
  const object = typeof value === 'object' && value !== null ? value : {};
  return { ...object, [key]: put(Reflect.get(object, key), rest, replacement) };
}

describe('the accounts', () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['left out', undefined, 'accounts: expected an object with an account for each name'],
    ['a list', [vpsbg()], 'accounts: expected an object with an account for each name'],
    ['one account without a name', vpsbg(), 'accounts: expected an object with an account for each name'],
    [
      'a factory that is not called',
      { vps: vpsbg },
      'vps: expected an account, made by a provider’s factory; this is a function',
    ],
    ['a configuration', { vps: { token: 'not-shown-here' } }, 'vps: expected an account, made by a provider’s factory'],
  ];
  it.each(cases)('say what they have to be: %s', (_, accounts, words) => {
    const create = (): unknown => Reflect.apply(createCancelService, undefined, [accounts]);
    expect(create).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(words) }),
    );
    expect(create).not.toThrow(/not-shown-here/);
  });
});
