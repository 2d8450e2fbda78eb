import { createCancelService, ProviderError } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acme, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';

const config = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' };
const recording = recordingFetch();
const typed = createCancelService({ acme: acme(config) }, { fetch: recording.fetch });
const service = untyped(typed);
const { hostingId, domain } = REQUEST.service;

const PREVIEW_OPTIONS = 'only the options signal, deadlineMs, onEvent, place, traceparent';
const CANCEL_OPTIONS = 'only the options signal, deadlineMs, onEvent, place, traceparent, verify, now';

/** What a call refuses, and that it sends nothing. */
async function refusal(request: unknown, options?: unknown): Promise<ProviderError> {
  const before = recording.requests.length;
  const error = await failureOf(service.cancel(request, options));
  const previewed = await failureOf(service.preview(request, options));
  // A preview refuses the same, and knows one option less: it has nothing to verify.
  const asOfPreview = error.issues?.map(({ expected, ...issue }) => ({
    ...issue,
    expected: expected === CANCEL_OPTIONS ? PREVIEW_OPTIONS : expected,
  }));
  expect([previewed.code, previewed.issues]).toEqual([error.code, asOfPreview]);
  expect(recording.requests.length).toBe(before);
  expect(error.attempts).toBe(0);
  return error;
}

const hostile = (): never => {
  throw new Error('hunter2-from-a-getter');
};
const withGetter = (key: string): object =>
  Object.defineProperty({ ...REQUEST }, key, { get: hostile, enumerable: true });

describe('a request built at run time', () => {
  const wrong: readonly [string, unknown, string][] = [
    ['nothing', undefined, 'request'],
    ['null', null, 'request'],
    ['a text', 'acme', 'request'],
    ['a function', () => REQUEST, 'request'],
    ['an array', [REQUEST], 'account'],
    ['an empty object', {}, 'account'],
    ['an account that is no text', { ...REQUEST, account: 7 }, 'account'],
    ['a list as the account', { ...REQUEST, account: ['acme'] }, 'account'],
    ['no service', { account: 'acme', when: 'immediate' }, 'service'],
    ['a service of null', { ...REQUEST, service: null }, 'service'],
    ['a service that is a list', { ...REQUEST, service: [hostingId] }, 'service'],
    ['a service that is a text', { ...REQUEST, service: 'h-1' }, 'service'],
    ['a service without an id', { ...REQUEST, service: { domain } }, 'service.hostingId'],
    ['an id that is a number', { ...REQUEST, service: { hostingId: 1, domain } }, 'service.hostingId'],
    [
      'an id that is an object',
      { ...REQUEST, service: { hostingId: { toString: () => 'h' }, domain } },
      'service.hostingId',
    ],
    ['one key too many in the service', { ...REQUEST, service: { hostingId, domain, force: true } }, 'service.force'],
    ['an odd key in the service', { ...REQUEST, service: { hostingId, domain, 'a b': 1 } }, 'service.[key]'],
    ['no timing', { account: 'acme', service: REQUEST.service }, 'when'],
    ['a timing of undefined', { ...REQUEST, when: undefined }, 'when'],
    ['a timing in other letters', { ...REQUEST, when: 'Immediate' }, 'when'],
    ['a timing that is no timing', { ...REQUEST, when: 'toString' }, 'when'],
    ['a reason of null', { ...REQUEST, reason: null }, 'reason'],
    ['a reason that is a number', { ...REQUEST, reason: 7 }, 'reason'],
    ['an unknown category', { ...REQUEST, reason: { category: 'constructor' } }, 'reason.category'],
    ['a reason of odd parts', { ...REQUEST, reason: { label: 'x' } }, 'reason.label'],
    ['a reason whose text is none', { ...REQUEST, reason: { text: 7 } }, 'reason.text'],
    ['an empty reference', { ...REQUEST, reference: '' }, 'reference'],
    ['a reference of 129 characters', { ...REQUEST, reference: 'x'.repeat(129) }, 'reference'],
    ['a reference of two lines', { ...REQUEST, reference: 'a\nb' }, 'reference'],
    ['a reference with a control character', { ...REQUEST, reference: 'a\u0085b' }, 'reference'],
    ['a reference with half a character', { ...REQUEST, reference: 'a\uD800' }, 'reference'],
    ['a reference that is a number', { ...REQUEST, reference: 7 }, 'reference'],
    ['a key too many', { ...REQUEST, dryRun: true }, 'dryRun'],
    ['a key too many, of all objects', { ...REQUEST, constructor: 1 }, 'constructor'],
    [
      'a __proto__ of JSON',
      JSON.parse(`{"__proto__":{"when":"immediate"},${JSON.stringify(REQUEST).slice(1)}`),
      '__proto__',
    ],
    [
      'a __proto__ of JSON that holds the rest',
      JSON.parse(`{"account":"acme","__proto__":${JSON.stringify(REQUEST)}}`),
      'service',
    ],
    ['a hostile timing', withGetter('when'), 'request'],
    ['a hostile service', withGetter('service'), 'request'],
    ['a hostile account', withGetter('account'), 'request'],
    [
      'a hostile id',
      { ...REQUEST, service: Object.defineProperty({ domain }, 'hostingId', { get: hostile, enumerable: true }) },
      'request',
    ],
    ['a proxy that refuses all', new Proxy({}, { get: hostile, has: hostile, ownKeys: hostile }), 'request'],
    ['a proxy that refuses to list', new Proxy({ ...REQUEST }, { ownKeys: hostile }), 'request'],
    ['a proxy that was revoked', revoked(), 'request'],
  ];
  it.each(wrong)('with %s is not valid', async (_, request, path) => {
    const error = await refusal(request);
    expect(error).toMatchObject({ code: 'invalid_request', retryable: false });
    expect(error.issues?.map((issue) => issue.path)).toContain(path);
    expect(error.message).toContain('Nothing was sent');
    expect(JSON.stringify([error, error.stack])).not.toContain('hunter2');
  });

  it.each(['plesk', '', '__proto__', 'toString', 'constructor', 'Acme', ' acme', 'acme\u0000', 'hunter2'])(
    'for an account of the name %j, which is not there, is refused',
    async (account) => {
      const error = await refusal({ ...REQUEST, account });
      expect([error.code, error.account, error.provider]).toEqual(['unknown_account', undefined, undefined]);
      expect(error.message).toContain('acme');
      expect(error.message).not.toContain('hunter2');
    },
  );

  const sound: readonly [string, unknown][] = [
    ['of JSON', JSON.parse(JSON.stringify(REQUEST))],
    ['without a prototype', Object.assign(Object.create(null), REQUEST)],
    ['that is frozen', Object.freeze({ ...REQUEST, service: Object.freeze({ ...REQUEST.service }) })],
    ['with undefined where nothing is meant', { ...REQUEST, reason: undefined, reference: undefined }],
    ['with an empty reason', { ...REQUEST, reason: {} }],
    ['with a reason of undefined parts', { ...REQUEST, reason: { category: undefined, text: undefined } }],
    ['with every part of a reason', { ...REQUEST, reason: { category: 'other', text: 'x', providerCode: 'y' } }],
    ['with a reference of 128 characters', { ...REQUEST, reference: 'ü'.repeat(128) }],
  ];
  it.each(sound)('%s is carried out once', async (_, request) => {
    const before = recording.requests.length;
    expect(await service.cancel(request)).toMatchObject({
      account: 'acme',
      service: REQUEST.service,
      outcome: 'requested',
    });
    expect(recording.requests.length).toBe(before + 1);
  });

  it('is read once: what a getter says later is not what is sent', async () => {
    let asked = 0;
    const id = (): string => (asked++ === 0 ? 'h-1' : '../../elsewhere');
    const shifty = Object.defineProperty({ domain }, 'hostingId', { get: id, enumerable: true });
    await service.cancel({ ...REQUEST, service: shifty });
    expect(recording.requests.at(-1)?.url).toBe('https://api.example.com/services/h-1/cancel');
  });

  it('is not changed by what the caller does meanwhile', async () => {
    const request = { ...REQUEST, service: { hostingId: String(hostingId), domain }, reason: 'first' };
    const cancelling = service.cancel(request);
    request.service.hostingId = 'h-2';
    request.reason = 'second';
    expect(await cancelling).toMatchObject({ service: { hostingId: 'h-1' } });
    expect(recording.requests.at(-1)).toMatchObject({
      url: expect.stringContaining('/h-1/'),
      body: expect.stringContaining('first'),
    });
  });

  it('puts nothing on the prototype of all objects', async () => {
    await refusal(
      JSON.parse(
        `{"account":"acme","when":"immediate","service":{"__proto__":{"polluted":1}},"constructor":{"prototype":{"polluted":1}}}`,
      ),
    );
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('the issues of a request', () => {
  const secretLike = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9!$%&*+/=?^_-]{8,40}$/),
    fc.string({ unit: 'binary', minLength: 6, maxLength: 30 }),
    fc.integer({ min: 100_000 }),
    fc.double({ min: 1_000, max: 1e9, noNaN: true }),
    fc.bigInt({ min: 1_000_000n }),
  );
  const places = fc.constantFrom(
    'account',
    'service',
    'hostingId',
    'domain',
    'when',
    'reason',
    'reasonText',
    'category',
    'reference',
    'extra',
    'nested',
  );

  it('never say what was received', async () => {
    await fc.assert(
      fc.asyncProperty(secretLike, places, async (value, place) => {
        const held = typeof value === 'string' ? `\u0007${value}` : value;
        const requests: Readonly<Record<string, unknown>> = {
          account: { ...REQUEST, account: typeof value === 'string' ? value : [value] },
          service: { ...REQUEST, service: held },
          hostingId: { ...REQUEST, service: { hostingId: [held], domain } },
          domain: { ...REQUEST, service: { hostingId, domain: { held } } },
          when: { ...REQUEST, when: held },
          reason: { ...REQUEST, reason: [held] },
          reasonText: { ...REQUEST, reason: { text: { held } } },
          category: { ...REQUEST, reason: { category: held } },
          reference: { ...REQUEST, reference: held },
          extra: { ...REQUEST, extra: held },
          nested: { ...REQUEST, service: { hostingId: held, domain: held, more: { held: [held] } } },
        };
        const error = await failureOf(service.cancel(requests[place]));
        expect(['invalid_request', 'unknown_account']).toContain(error.code);
        const shown = [
          error.message,
          error.stack,
          ...(error.issues ?? []).flatMap(({ path, expected }) => [path, expected]),
        ];
        expect(shown.filter((text) => text?.includes(String(value)))).toEqual([]);
      }),
      { numRuns: 800 },
    );
  });

  it('say the place and what is expected there', async () => {
    const error = await refusal({ ...REQUEST, when: 'tomorrow', reference: '' });
    expect(error.issues).toEqual([
      { path: 'when', expected: "'immediate' or 'end_of_period'" },
      { path: 'reference', expected: 'a text of 1 to 128 characters' },
    ]);
  });
});

describe('a timing that the provider does not offer', () => {
  it('is refused, and so is the preview', async () => {
    const account = acme(config);
    const capabilities = { ...account.capabilities, timings: ['immediate'] as const };
    const narrow = Object.create(account, { capabilities: { value: capabilities, enumerable: true } });
    const limited = untyped(createCancelService({ acme: narrow }, { fetch: recording.fetch }));
    const before = recording.requests.length;
    for (const refused of [limited.cancel(REQUEST), limited.preview(REQUEST)]) {
      const error = await failureOf(refused);
      expect(error).toMatchObject({ code: 'unsupported', account: 'acme', provider: 'acme' });
      expect(error.message).toContain('It offers: immediate');
    }
    expect(recording.requests.length).toBe(before);
  });
});

describe('the options of a call', () => {
  const wrong: readonly [string, unknown, string][] = [
    ['null', null, 'options'],
    ['a text', 'fast', 'options'],
    ['an unknown option', { patience: 5 }, 'options'],
    ['a misspelt option', { deadline: 5 }, 'options.deadline'],
    ['an option of the service', { attemptTimeoutMs: 5 }, 'options'],
    ['another fetch', { fetch: recording.fetch }, 'options'],
    ['a concurrency', { concurrency: 1 }, 'options'],
    ['no time', { deadlineMs: 0 }, 'deadlineMs'],
    ['negative time', { deadlineMs: -1 }, 'deadlineMs'],
    ['no number', { deadlineMs: NaN }, 'deadlineMs'],
    ['endless time', { deadlineMs: Infinity }, 'deadlineMs'],
    ['more than a timer can wait', { deadlineMs: 2 ** 31 }, 'deadlineMs'],
    ['a text as time', { deadlineMs: '5' }, 'deadlineMs'],
    ['null as time', { deadlineMs: null }, 'deadlineMs'],
    ['an object as signal', { signal: {} }, 'signal'],
    ['null as signal', { signal: null }, 'signal'],
    ['a controller as signal', { signal: new AbortController() }, 'signal'],
    ['a hostile signal', Object.defineProperty({}, 'signal', { get: hostile, enumerable: true }), 'options'],
  ];
  it.each(wrong)('(%s) are refused', async (_, options, path) => {
    const error = await refusal(REQUEST, options);
    expect(error.code).toBe('invalid_request');
    expect(error.issues?.map((issue) => issue.path)).toContain(path);
  });

  it('that are not known are refused with those that are', async () => {
    const error = await refusal(REQUEST, { patience: 5 });
    const issue = { path: 'options', expected: CANCEL_OPTIONS, problem: 'unknown' };
    expect(error.issues).toEqual([issue]);
  });

  it('of a cancellation to verify it are no options of a preview', async () => {
    const error = await failureOf(service.preview(REQUEST, { verify: true }));
    expect(error).toMatchObject({ code: 'invalid_request', attempts: 0 });
    expect(error.issues).toEqual([{ path: 'options', expected: PREVIEW_OPTIONS, problem: 'unknown' }]);
  });

  it('that are undefined are as if not there', async () => {
    expect(await service.cancel(REQUEST, { signal: undefined, deadlineMs: undefined })).toMatchObject({
      outcome: 'requested',
    });
    expect(await service.cancel(REQUEST, {})).toMatchObject({ outcome: 'requested' });
  });
});

describe('createCancelService', () => {
  const create: (accounts: unknown, options?: unknown) => unknown = (accounts, options) =>
    // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
    createCancelService(accounts as Parameters<typeof createCancelService>[0], options as { fetch?: typeof fetch });
  const account = acme(config);

  it.each<[string, unknown, unknown, string]>([
    ['nothing as accounts', undefined, undefined, 'accounts'],
    ['null as accounts', null, undefined, 'accounts'],
    ['a configuration instead of an account', { acme: config }, undefined, 'acme'],
    ['a copy of an account', { acme: { ...account } }, undefined, 'acme'],
    ['nothing as an account', { acme: undefined }, undefined, 'acme'],
    ['null as options', { acme: account }, null, 'options'],
    ['an unknown option', { acme: account }, { timeout: 5 }, 'options'],
    ['a call’s option', { acme: account }, { signal: AbortSignal.abort() }, 'options'],
    ['a fetch that is none', { acme: account }, { fetch: 'fetch' }, 'fetch'],
    ['no time at all', { acme: account }, { attemptTimeoutMs: 0 }, 'attemptTimeoutMs'],
    ['no concurrency', { acme: account }, { concurrency: 0 }, 'concurrency'],
    ['half a concurrency', { acme: account }, { concurrency: { acme: 1.5 } }, 'concurrency'],
    ['a concurrency that is a text', { acme: account }, { concurrency: '4' }, 'concurrency'],
  ])('refuses %s', (_, accounts, options, path) => {
    let thrown: unknown;
    try {
      create(accounts, options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProviderError);
    expect(thrown).toMatchObject({ code: 'invalid_request', operation: 'create', issues: [{ path }] });
  });

  it('takes accounts of any name, and no account', async () => {
    const names = ['', ' ', 'brand-a', 'toString', 'a.b', '🏢'];
    const many = untyped(
      createCancelService(Object.fromEntries(names.map((name) => [name, account])), { fetch: recording.fetch }),
    );
    for (const name of names) expect(await many.cancel({ ...REQUEST, account: name })).toMatchObject({ account: name });
    const none = untyped(createCancelService({}, { fetch: recording.fetch }));
    expect((await failureOf(none.cancel(REQUEST))).message).toContain('(none)');
  });

  it('is not changed by what is done to its arguments afterwards', async () => {
    const first = recordingFetch();
    const second = recordingFetch(() => json({}, 500));
    const accounts: Record<string, typeof account> = { acme: account };
    const options = { fetch: first.fetch };
    const made = untyped(createCancelService(accounts, options));
    delete accounts['acme'];
    options.fetch = second.fetch;
    expect(await made.cancel(REQUEST)).toMatchObject({ outcome: 'requested' });
    expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
  });

  it('describes its accounts without their configuration', () => {
    expect(typed.accounts).toEqual({ acme: { provider: 'acme', capabilities: account.capabilities } });
  });
});

describe('a read-back’s request', () => {
  const { account, service: wanted } = REQUEST;

  it.each<[string, unknown, string]>([
    ['with a timing', REQUEST, 'invalid_request'],
    ['without a service', { account }, 'invalid_request'],
    ['of an account that is not there', { account: 'plesk', service: wanted }, 'unknown_account'],
    ['with a service of another shape', { account, service: { kvmId: '1' } }, 'invalid_request'],
  ])('%s is refused', async (_, request, code) => {
    const before = recording.requests.length;
    expect((await failureOf(service.status(request))).code).toBe(code);
    expect(recording.requests.length).toBe(before);
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({ ...REQUEST }, {});
  revoke();
  return proxy;
}
