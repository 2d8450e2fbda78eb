import { inspect } from 'node:util';
import { createCancelService, isProviderError, ProviderError, type ErrorCode } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/contract/error-code.ts';
import { acme, blindAcmeProvider, REQUEST, toWrite, type AcmeVariant } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';

const config = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' };
const CODES = Object.keys(ERROR_CODES).filter((code): code is ErrorCode => code in ERROR_CODES);
const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'unavailable', 'aborted']);
const details = {
  message: 'acme: it failed',
  account: 'brand-a',
  provider: 'acme',
  operation: 'cancel',
  attempts: 1,
  operationId: 'o-1',
} as const;

/** The class as another copy of the package has it. */
async function anotherCopy(): Promise<{
  readonly ProviderError: typeof ProviderError;
  readonly isProviderError: typeof isProviderError;
}> {
  const copy: unknown = await import(
    /* @vite-ignore */ new URL('../../src/contract/provider-error.ts?copy=2', import.meta.url).href
  );
  // oxlint-disable-next-line no-unsafe-type-assertion -- the same module under another name
  return copy as Awaited<ReturnType<typeof anotherCopy>>;
}

describe('the provider’s own id of a response', () => {
  it('is carried by an error, without secrets, on one line and bounded', async () => {
    const given = `id-\n<b>1</b>-${config.token}-${'x'.repeat(300)}`;
    const account = acme(config, {
      *cancel(order, own) {
        yield toWrite(order, own);
        return { verdict: 'refused', code: 'rejected', message: 'No.', providerReference: given };
      },
    });
    const { fetch } = recordingFetch(() => json({}));
    const error = await failureOf(createCancelService({ acme: account }, { fetch }).cancel(REQUEST));
    expect(error.providerReference).toMatch(/^id- 1 -\[REDACTED\]-x+/);
    expect(error.providerReference?.length).toBeLessThanOrEqual(128);
    expect(error.toJSON()).toMatchObject({ providerReference: error.providerReference });
  });
});

describe('ProviderError', () => {
  it('has seventeen codes', () => {
    expect(CODES).toHaveLength(17);
  });

  it.each(CODES)('of the code %s says whether trying again helps, and tells the public no name', (code) => {
    const error = new ProviderError(code, details);
    expect(error.retryable).toBe(RETRYABLE.has(code));
    expect(error.publicMessage).toMatch(/^[A-Z][^<>{}]+\.$/);
    expect(error.publicMessage).not.toMatch(/acme|brand|example|api|provider|host|http|account|\bid\b|\d/i);
    expect(error.publicMessage).toBe(new ProviderError(code, { message: '' }).publicMessage);
  });

  it('is an Error with a name, a message and a stack', () => {
    const error = new ProviderError('rejected', details);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message, String(error)]).toEqual([
      'ProviderError',
      'acme: it failed',
      'ProviderError: acme: it failed',
    ]);
    expect(error.stack).toContain('ProviderError');
    expect(error.cause).toBeUndefined();
  });

  it('has no field that is not set, in a log as in JSON', () => {
    const error = new ProviderError('rejected', details);
    const set = ['code', 'publicMessage', 'account', 'provider', 'operation', 'retryable', 'attempts', 'operationId'];
    expect(Object.keys(error).sort()).toEqual([...set].sort());
    expect(Object.keys(error.toJSON()).sort()).toEqual([...set, 'name', 'message'].sort());
    expect(JSON.parse(JSON.stringify(error))).toEqual(error.toJSON());
    expect(inspect(error)).not.toContain('undefined');
  });

  it('can be cloned for a worker, with its message', () => {
    expect(structuredClone(new ProviderError('rejected', details))).toMatchObject({ message: 'acme: it failed' });
    expect(structuredClone(new ProviderError('rejected', details).toJSON())).toMatchObject({
      code: 'rejected',
      account: 'brand-a',
    });
  });

  it('can be marked as retryable against the rule of its code', () => {
    expect(new ProviderError('not_configured', { message: '', retryable: true }).retryable).toBe(true);
  });
});

describe('isProviderError', () => {
  it('knows an error of another copy of the package, if instanceof does not', async () => {
    const copy = await anotherCopy();
    const theirs = new copy.ProviderError('not_found', details);
    const ours = new ProviderError('not_found', details);
    expect(theirs).not.toBeInstanceOf(ProviderError);
    expect([
      isProviderError(theirs),
      isProviderError(theirs, 'not_found'),
      isProviderError(theirs, 'rejected'),
    ]).toEqual([true, true, false]);
    expect([copy.isProviderError(ours), copy.isProviderError(ours, 'not_found')]).toEqual([true, true]);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'ProviderError'],
    ['an Error', new Error('x')],
    ['an Error of that name', Object.assign(new Error('x'), { name: 'ProviderError', code: 'rejected' })],
    ['its JSON', new ProviderError('rejected', details).toJSON()],
    ['the class', ProviderError],
    ['an AggregateError of one', new AggregateError([new ProviderError('rejected', details)])],
  ])('does not take %s for one', (_, value) => {
    expect(isProviderError(value)).toBe(false);
    expect(isProviderError(value, 'rejected')).toBe(false);
  });
});

describe('an error of a call', () => {
  const failing = (variant?: AcmeVariant) => {
    const { fetch, requests } = recordingFetch(() =>
      json({ result: 'refused', code: 'E1', message: 'No <b>way</b>\n.' }, 422),
    );
    return { service: createCancelService({ 'brand-a': acme(config, variant) }, { fetch }), requests };
  };
  const request = { ...REQUEST, account: 'brand-a' } as const;

  it('says who, what, how often, and what the provider said', async () => {
    const error = await failureOf(failing().service.cancel(request));
    expect(error.toJSON()).toMatchObject({
      name: 'ProviderError',
      code: 'rejected',
      message: 'acme: It was refused.',
      account: 'brand-a',
      provider: 'acme',
      operation: 'cancel',
      providerStatus: 422,
      providerCode: 'E1',
      providerMessage: 'No way .',
      attempts: 1,
      retryable: false,
    });
    expect(Object.values(error.toJSON()).every((value) => typeof value !== 'object')).toBe(true);
  });

  it('names the operation that failed', async () => {
    const { service } = failing();
    const bad = { ...request, reference: '' };
    const { account, service: wanted } = request;
    const operations = await Promise.all(
      [
        service.cancel(bad),
        service.preview(bad),
        service.status({ account, service: { ...wanted, hostingId: '..' } }),
      ].map(async (promise) => (await failureOf(promise)).operation),
    );
    expect(operations).toEqual(['cancel', 'preview', 'status']);
  });

  it('has an id that no other call has, and results have one too', async () => {
    const { fetch } = recordingFetch(({ url }) => json({ result: url.includes('h-1') ? 'success' : 'refused' }));
    const service = createCancelService({ acme: acme(config) }, { fetch });
    const ids = new Set<string | undefined>();
    for (let count = 0; count < 500; count += 1) {
      const settled = await service.safeCancel({
        ...REQUEST,
        service: { ...REQUEST.service, hostingId: `h-${count % 2}` },
      });
      ids.add(settled.ok ? settled.result.operationId : settled.error.operationId);
    }
    expect(ids.size).toBe(500);
    expect([...ids].every((id) => /^[0-9a-f-]{36}$/.test(id ?? ''))).toBe(true);
  });

  it('cuts what a provider says at length', async () => {
    const { fetch } = recordingFetch(() =>
      json({ result: 'refused', code: 'c'.repeat(1_000), message: 'm'.repeat(100_000) }, 422),
    );
    const error = await failureOf(createCancelService({ acme: acme(config) }, { fetch }).cancel(REQUEST));
    expect(error.providerMessage).toHaveLength(512);
    expect(error.providerCode).toHaveLength(64);
  });

  it('of a refusal for the too many requests is retryable, of any other the caller’s matter', async () => {
    const codes = [
      'unauthorized',
      'forbidden',
      'not_found',
      'not_cancellable',
      'rejected',
      'rate_limited',
      'unavailable',
      'unexpected_response',
    ] as const;
    for (const code of codes) {
      const { service } = failing({
        *cancel(order, given) {
          yield toWrite(order, given);
          return { verdict: 'refused', code, message: 'No.' };
        },
      });
      expect(await failureOf(service.cancel(request))).toMatchObject({ code, retryable: RETRYABLE.has(code) });
    }
  });

  it('is the same as a value', async () => {
    const { service } = failing();
    const settled = await service.safeCancel(request);
    expect(settled.ok).toBe(false);
    expect(!settled.ok && isProviderError(settled.error, 'rejected')).toBe(true);
  });
});

describe('a preview', () => {
  it('is the request that cancel sends, without its secrets, and sends nothing', async () => {
    const { fetch, requests } = recordingFetch();
    const service = createCancelService({ acme: acme(config) }, { fetch });
    const request = { ...REQUEST, reason: { category: 'too_expensive' }, reference: 'order-1' } as const;
    const preview = await service.preview(request);
    expect(requests).toEqual([]);
    expect(preview).toEqual({
      method: 'POST',
      url: 'https://api.example.com/services/h-1/cancel',
      headers: {
        accept: 'application/json',
        'cache-control': 'no-store, no-cache',
        pragma: 'no-cache',
        'user-agent': 'cancelkit',
        'content-type': 'application/json',
        authorization: 'Bearer [REDACTED]',
      },
      body: '{"domain":"example.com","when":"end_of_period","reason":"Too expensive (reference: order-1)","reference":"order-1"}',
    });
    await service.cancel(request);
    const [sent] = requests;
    expect({ ...preview, headers: { ...preview.headers, authorization: `Bearer ${config.token}` } }).toEqual(sent);
  });

  it('of a request without a body has none, and a provider that asks nothing has no preview', async () => {
    const { fetch } = recordingFetch();
    const reading: AcmeVariant = {
      *cancel() {
        yield { effect: 'read', method: 'GET', path: ['login'] };
        return { verdict: 'unrecognized' };
      },
    };
    const preview = await createCancelService({ acme: acme(config, reading) }, { fetch }).preview(REQUEST);
    expect(Object.keys(preview)).not.toContain('body');
    const silent: AcmeVariant = {
      *cancel() {
        return { verdict: 'unrecognized' };
      },
    };
    const error = await failureOf(createCancelService({ acme: acme(config, silent) }, { fetch }).preview(REQUEST));
    expect(error.code).toBe('unexpected_response');
  });
});

describe('a read-back at an account that has none', () => {
  it('is unsupported, and nothing is sent', async () => {
    const { fetch, requests } = recordingFetch();
    const service = createCancelService({ acme: blindAcmeProvider().account(config) }, { fetch });
    const { account, service: wanted } = REQUEST;
    expect(await failureOf(untyped(service).status({ account, service: wanted }))).toMatchObject({
      code: 'unsupported',
    });
    expect(requests).toEqual([]);
  });
});
