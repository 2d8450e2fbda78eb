import { createCancelService, isProviderError, type Account } from 'cancelkit';
import { defineProvider, type Exchange, type CancelVerdict } from 'cancelkit/provider';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { batchKeyOf } from '../../src/bulk/options.ts';
import { acmeProvider } from '../support/acme.ts';
import { json, recordingFetch, writesOf } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';
import { collecting } from './set-up.ts';

type SendBatch = (ids: readonly number[]) => Exchange<CancelVerdict> | undefined;

/** A made-up provider that takes several services in one request. */
function define(
  changes: { readonly max?: number; readonly sendBatch?: SendBatch | undefined; readonly readBack?: boolean } = {},
) {
  const { max, readBack = true } = changes;
  const sendBatch = 'sendBatch' in changes ? changes.sendBatch : sendIds;
  return defineProvider({
    specVersion: 1,
    id: 'lister',
    capabilities: {
      timings: ['immediate', 'end_of_period'],
      reason: { field: 'optional' },
      readBack,
      revoke: false,
      immediateDestroysData: 'unknown',
      recognizesRepeat: 'no',
      ...(max === undefined ? {} : { batch: { max } }),
    },
    config: v.strictObject({ token: v.string() }),
    env: { token: 'LISTER_TOKEN' },
    service: v.strictObject({ id: v.number() }),
    baseUrl: () => 'https://lister.example.com',
    secrets: ({ token }) => [token],
    *cancel({ service: { id } }) {
      yield { effect: 'write', method: 'POST', path: ['cancel'], json: { ids: [id] } };
      return { verdict: 'accepted', outcome: 'requested' };
    },
    ...(sendBatch === undefined
      ? {}
      : {
          cancelBatch: ({ services }: { readonly services: readonly { readonly id: number }[] }) =>
            sendBatch(services.map(({ id }) => id)),
        }),
    ...(readBack
      ? {
          *status({ id }: { readonly id: number }) {
            const { body } = yield { effect: 'read', method: 'GET', path: ['state', String(id)] } as const;
            const state = body.kind === 'json' ? 'requested' : 'none';
            return { verdict: 'found', status: { state, revocable: false, raw: null } } as const;
          },
        }
      : {}),
  });
}

function* sendIds(ids: readonly number[]): Exchange<CancelVerdict> {
  const { status } = yield { effect: 'write', method: 'POST', path: ['cancel'], json: { ids } };
  if (status === 409) return { verdict: 'duplicate', ambiguous: false, message: 'One is cancelled already.' };
  return { verdict: 'accepted', outcome: 'requested' };
}

const config = { token: 'a-long-token' };
const requestsFor = (ids: readonly number[]) =>
  ids.map((id) => ({ account: 'list', service: { id }, when: 'end_of_period' }) as const);

async function run(account: Account, answer: () => Response, ids: readonly number[]) {
  const { fetch, requests } = recordingFetch(({ method }) => (method === 'GET' ? json({}) : answer()));
  const service = untyped(createCancelService({ list: account }, { fetch }));
  const { items, done } = collecting(service.cancelMany(requestsFor(ids), { batch: { list: 10 } }));
  await done;
  return { items, bodies: writesOf(requests).map(({ body }) => body) };
}

describe('a provider that takes several services in one request', () => {
  it.each<[string, Parameters<typeof define>[0]]>([
    ['it says how many, and has no function', { max: 5, sendBatch: undefined }],
    ['it has the function, and does not say how many', {}],
    ['it cannot be read back', { max: 5, readBack: false }],
  ])('is no sound definition if %s', (_, changes) => {
    expect(() => define(changes)).toThrow(TypeError);
  });

  it('is sent batches, whatever the provider', async () => {
    const { items, bodies } = await run(define({ max: 10 }).account(config), () => json({}), [1, 2, 3]);
    expect(bodies).toEqual(['{"ids":[1,2,3]}']);
    expect(items).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
  });

  it('is sent one after another what it cannot batch after all', async () => {
    const sendBatch: SendBatch = (ids) => (ids.includes(2) ? undefined : sendIds(ids));
    const { bodies } = await run(define({ max: 10, sendBatch }).account(config), () => json({}), [1, 2, 3]);
    expect(bodies).toEqual(['{"ids":[1,3]}', '{"ids":[2]}']);
  });

  it('is called faulty if it takes each and not all, and nothing is sent', async () => {
    const sendBatch: SendBatch = (ids) => (ids.length > 1 ? undefined : sendIds(ids));
    const { items, bodies } = await run(define({ max: 10, sendBatch }).account(config), () => json({}), [1, 2]);
    expect(bodies).toEqual([]);
    expect(items).toMatchObject([
      { error: { code: 'unexpected_response' } },
      { error: { code: 'unexpected_response' } },
    ]);
  });

  it('is in doubt for all of a batch if its adapter fails after sending', async () => {
    function* failing(ids: readonly number[]): Exchange<CancelVerdict> {
      yield { effect: 'write', method: 'POST', path: ['cancel'], json: { ids } };
      throw new Error('a-long-token');
    }
    const { items } = await run(define({ max: 10, sendBatch: failing }).account(config), () => json({}), [1, 2]);
    // Read back, both are there.
    expect(items).toMatchObject([{ result: { reconciled: true } }, { result: { reconciled: true } }]);
  });

  it('is read back for each if the provider says that one of a batch is cancelled already', async () => {
    const { items, bodies } = await run(define({ max: 10 }).account(config), () => json({}, 409), [1, 2]);
    expect(bodies).toHaveLength(1);
    expect(items).toMatchObject([{ result: { outcome: 'requested' } }, { result: { outcome: 'requested' } }]);
  });
});

describe('a response to a batch that proves nothing', () => {
  const page = (): Response => new Response('<h1>Bad Request</h1>', { status: 400 });
  function* sendBatch(ids: readonly number[]): Exchange<CancelVerdict> {
    const { body } = yield { effect: 'write', method: 'POST', path: ['cancel'], json: { ids } };
    return body.kind === 'json' ? { verdict: 'accepted', outcome: 'requested' } : { verdict: 'unrecognized' };
  }
  const account = define({ max: 10, sendBatch }).account(config);
  const ids = Array.from({ length: 100 }, (_, index) => index + 1);

  it('counts as one request, so that a single page does not end the list of the account', async () => {
    let answers = 0;
    const { items, bodies } = await run(account, () => ((answers += 1) === 2 ? page() : json({})), ids);
    const codes = items.map((item) => (!item.ok && isProviderError(item.error) ? item.error.code : 'ok'));
    expect(bodies.join('').match(/\d+/g)).toHaveLength(ids.length);
    expect(codes.filter((code) => code !== 'ok').length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set(['ok', 'unexpected_response']));
  });

  it('ends the list of the account with the third batch, and the rest is not sent', async () => {
    const { items, bodies } = await run(account, page, ids);
    expect(bodies).toHaveLength(3);
    const codes = items.map((item) => (!item.ok && isProviderError(item.error) ? item.error.code : 'ok'));
    const sent = codes.filter((code) => code === 'unexpected_response').length;
    expect(sent).toBe(bodies.join('').match(/\d+/g)?.length);
    expect(codes.filter((code) => code === 'unavailable')).toHaveLength(ids.length - sent);
  });
});

describe('the option batch', () => {
  const accounts = { list: define({ max: 10 }).account(config), acme: acmeProvider().account() };

  it.each<[string, unknown, string]>([
    ['a number', 10, 'batch'],
    ['a list', [10], 'batch'],
    ['an account that there is not', { lists: 10 }, 'batch'],
    ['an account whose provider takes one at a time', { acme: 2 }, 'batch'],
    ['a size of 0', { list: 0 }, 'batch.list'],
    ['half a service', { list: 2.5 }, 'batch.list'],
    ['more than the provider takes', { list: 11 }, 'batch.list'],
    ['no size', { list: { immediate: true } }, 'batch.list'],
    ['a timing that is no yes or no', { list: { size: 5, immediate: 'yes' } }, 'batch.list'],
    ['something else besides', { list: { size: 5, wait: 5 } }, 'batch.list'],
  ])('is refused with %s', async (_, batch, path) => {
    const { fetch, requests } = recordingFetch();
    const service = untyped(createCancelService(accounts, { fetch }));
    const run = service.cancelMany(requestsFor([1]), { batch });
    await expect(run.next()).rejects.toMatchObject({ code: 'invalid_request', issues: [{ path }] });
    expect(requests).toEqual([]);
  });

  it.each([undefined, {}, { list: 1 }, { list: 10 }, { list: { size: 2 } }, { list: { size: 2, immediate: false } }])(
    'is sound as %j',
    async (batch) => {
      const service = untyped(createCancelService(accounts, { fetch: recordingFetch().fetch }));
      await collecting(service.cancelMany([], { batch })).done;
    },
  );

  it('cannot be read if a getter throws', async () => {
    const hostile = Object.defineProperty({}, 'list', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const run = untyped(createCancelService(accounts)).cancelMany(requestsFor([1]), { batch: hostile });
    await expect(run.next()).rejects.toMatchObject({ code: 'invalid_request', issues: [{ path: 'batch' }] });
  });
});

describe('what may share a request at first sight', () => {
  const sharing = { size: 10 };

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'x'],
    [
      'a request that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
    ],
    ['a reason that is a circle', { when: 'end_of_period', reason: circle() }],
    ['an immediate one', { when: 'immediate' }],
  ])('is not %s', (_, request) => {
    expect(batchKeyOf(request, sharing)).toBeUndefined();
  });

  it('is what has the same timing, reason and reference', () => {
    const one = { account: 'list', service: { id: 1 }, when: 'end_of_period', reason: { text: 'x' } };
    const other = { ...one, service: { id: 2 }, reason: { text: 'x' } };
    expect(batchKeyOf(one, sharing)).toBe(batchKeyOf(other, sharing));
    expect(batchKeyOf({ ...one, reference: 'r' }, sharing)).not.toBe(batchKeyOf(one, sharing));
    expect(batchKeyOf({ ...one, when: 'immediate' }, { ...sharing, immediate: true })).toBeTypeOf('string');
  });
});

function circle(): object {
  const made: { self?: object } = {};
  made.self = made;
  return made;
}
