import { createCancelService, type CancelService } from 'cancelkit';
import {
  defineProvider,
  type Exchange,
  type FindQuery,
  type FindVerdict,
  type ListedService,
  type Provider,
} from 'cancelkit/provider';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { acmeCancel, blindAcmeProvider, type AcmeConfig, type AcmeService } from '../support/acme.ts';
import { json, recordingFetch, type RecordedRequest } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';

const TOKEN = 'token-of-listed';
type Entry = Partial<ListedService> & { readonly id?: string };
type Page = (cursor: string | undefined) => { readonly entries: readonly Entry[]; readonly next?: string };
type Listed = Provider<'acme', AcmeConfig, AcmeService, 'immediate' | 'end_of_period', 'cancel' | 'find'>;

const entry = (id: string, more: Entry = {}): Entry => ({ id, name: `${id}.example.com`, state: 'active', ...more });

/** A provider whose list is what a test says. */
function listed(page: Page, ask: (query: FindQuery) => 'GET' | 'DELETE' = () => 'GET'): Listed {
  function* find(query: FindQuery, { token }: AcmeConfig): Exchange<FindVerdict<AcmeService>> {
    const headers = { authorization: `Bearer ${token}` };
    const method = ask(query);
    const response =
      method === 'DELETE'
        ? yield { method, effect: 'write', path: ['services'], headers }
        : yield { method, effect: 'read', path: ['services'], query: { page: query.cursor ?? '' }, headers };
    if (response.status === 401) return { verdict: 'refused', code: 'unauthorized', message: 'Wrong token.' };
    if (response.status !== 200) return { verdict: 'unrecognized' };
    const { entries, next } = page(query.cursor);
    const services = entries.map(({ id = '', ...fields }) => ({
      service: { hostingId: id, domain: 'example.com' },
      name: '',
      state: 'active' as const,
      ...fields,
    }));
    // oxlint-disable-next-line no-unsafe-type-assertion -- an adapter in JavaScript may return anything
    return { verdict: 'listed', services, ...(next === undefined ? {} : { next }) } as FindVerdict<AcmeService>;
  }
  return defineProvider({
    specVersion: 2,
    id: 'acme',
    capabilities: {
      timings: ['immediate', 'end_of_period'],
      reason: { field: 'optional' },
      readBack: false,
      revoke: false,
      find: true,
      immediateDestroysData: 'unknown',
      recognizesRepeat: 'documented',
    },
    config: v.strictObject({ baseUrl: v.string(), token: v.string() }),
    env: { baseUrl: 'ACME_URL', token: 'ACME_TOKEN' },
    service: v.strictObject({ hostingId: v.pipe(v.string(), v.regex(/^[\w-]+$/)), domain: v.string() }),
    baseUrl: ({ baseUrl }) => baseUrl,
    secrets: ({ token }) => [token],
    cancel: acmeCancel,
    find,
  });
}

function serviceOf(
  page: Page,
  { status = 200, ask }: { readonly status?: number; readonly ask?: (query: FindQuery) => 'GET' | 'DELETE' } = {},
): {
  readonly service: CancelService<{ acme: ReturnType<Listed['account']> }>;
  readonly requests: readonly RecordedRequest[];
} {
  const { fetch, requests } = recordingFetch(() => json({}, status, { date: 'Tue, 10 Mar 2026 09:15:00 GMT' }));
  const account = listed(page, ask).account({ baseUrl: 'https://acme.example.com', token: TOKEN });
  return { service: createCancelService({ acme: account }, { fetch }), requests };
}

describe('find', () => {
  it('reads page after page, and returns what contains the text in a name, another name or an id, in any case', async () => {
    const pages: Readonly<Record<string, ReturnType<Page>>> = {
      '': { entries: [entry('a1'), entry('a2', { name: 'Shop.EXAMPLE.org' })], next: '2' },
      '2': { entries: [entry('SHOP-3', { name: 'x' }), entry('a4', { alsoKnownAs: ['the Shop of Zoë'] })] },
    };
    const { service, requests } = serviceOf((cursor = '') => pages[cursor] ?? { entries: [] });
    const found = await service.find({ account: 'acme', query: '  shop ' });
    expect(found.services.map(({ service: { hostingId } }) => hostingId)).toEqual(['a2', 'SHOP-3', 'a4']);
    expect(found).toMatchObject({ account: 'acme', provider: 'acme', truncated: false, unreadable: 0, attempts: 2 });
    expect(JSON.stringify(found)).not.toContain('Zoë');
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect((await service.find({ account: 'acme', query: 'zoe\u0308' })).services).toHaveLength(1);
  });

  it('says that there may be more at the limit, and only if there are', async () => {
    const { service } = serviceOf(() => ({ entries: ['a', 'b', 'c'].map((id) => entry(id)) }));
    const two = await service.find({ account: 'acme', query: 'example', limit: 2 });
    expect([two.services.length, two.truncated]).toEqual([2, true]);
    const three = await service.find({ account: 'acme', query: 'example', limit: 3 });
    expect([three.services.length, three.truncated]).toEqual([3, false]);
  });

  it('comes to an end at a provider that never ends its list, or repeats its pages, and says so', async () => {
    const same = serviceOf(() => ({ entries: [entry('a')], next: String(Math.random()) }));
    expect(await same.service.find({ account: 'acme', query: 'a' })).toMatchObject({ truncated: true });
    expect(same.requests).toHaveLength(2);
    let count = 0;
    const endless = serviceOf(() => ({ entries: [entry(`a${(count += 1)}`)], next: `n${count}` }));
    const found = await endless.service.find({ account: 'acme', query: 'nothing-like-it' });
    expect([found.services.length, found.truncated, found.attempts]).toEqual([0, true, 100]);
    const circle = serviceOf(() => ({ entries: [], next: 'x' }));
    expect(await circle.service.find({ account: 'acme', query: 'a' })).toMatchObject({ truncated: true, attempts: 2 });
  });

  it('returns no reference that cancel would not take, none twice and none with a secret in it', async () => {
    const { service } = serviceOf(() => ({ entries: [entry('a'), entry('a'), entry('../b'), entry(TOKEN)] }));
    const found = await service.find({ account: 'acme', query: 'example' });
    expect(found.services.map(({ service: { hostingId } }) => hostingId)).toEqual(['a']);
    expect(found.unreadable).toBe(2);
    expect(JSON.stringify(found)).not.toContain(TOKEN);
  });

  it('shows no field that is not its own, no secret, and no schedule whose date has passed', async () => {
    const effectiveAt = { value: '2026-03-01', precision: 'date', source: 'provider' } as const;
    const own = entry('a', {
      name: `web ${TOKEN}\u001B[31m`,
      stateText: `<b>on</b> ${TOKEN}`,
      endsOn: effectiveAt,
      cancellation: { state: 'scheduled', when: 'end_of_period', effectiveAt },
    });
    const { service } = serviceOf(() => ({ entries: [{ ...own, customer: 'Jane Doe' } as Entry] }));
    const found = await service.find({ account: 'acme', query: 'web' });
    expect(found.services).toEqual([
      expect.objectContaining({ cancellation: { state: 'requested', when: 'end_of_period', effectiveAt } }),
    ]);
    const text = JSON.stringify(found);
    for (const hidden of [TOKEN, 'Jane', '\\u001b', '<b>']) expect(text).not.toContain(hidden);
  });

  it('cannot write: an adapter that tries is stopped before anything is sent', async () => {
    const { service, requests } = serviceOf(() => ({ entries: [] }), { ask: () => 'DELETE' });
    await expect(service.find({ account: 'acme', query: 'a' })).rejects.toMatchObject({ code: 'unexpected_response' });
    expect(requests).toHaveLength(0);
  });

  it.each([
    [401, 'unauthorized'],
    [404, 'unexpected_response'],
    [503, 'unavailable'],
  ])('fails as a read does after a %i', async (status, code) => {
    const { service } = serviceOf(() => ({ entries: [] }), { status });
    await expect(service.find({ account: 'acme', query: 'a' })).rejects.toMatchObject({ code, operation: 'find' });
  });

  it('is unsupported at a provider without a list, and refuses what is no search, before anything is sent', async () => {
    const { fetch, requests } = recordingFetch(() => json({}));
    const config = { baseUrl: 'https://acme.example.com', token: TOKEN };
    const blind = blindAcmeProvider().account(config);
    const acme = listed(() => ({ entries: [] })).account(config);
    const service = untyped(createCancelService({ blind, acme }, { fetch }));
    await expect(service.find({ account: 'blind', query: 'a' })).rejects.toMatchObject({ code: 'unsupported' });
    await expect(service.find({ account: 'nobody', query: 'a' })).rejects.toMatchObject({ code: 'unknown_account' });
    const wrong = [
      undefined,
      {},
      { account: 'acme' },
      ...['', '  ', 'a\nb', 'x'.repeat(257), '\uD800', 5].map((query) => ({ account: 'acme', query })),
      ...[0, 1.5, 1001, '5'].map((limit) => ({ account: 'acme', query: 'a', limit })),
      { account: 'acme', query: 'a', service: {} },
    ];
    for (const request of wrong) {
      await expect(service.find(request)).rejects.toMatchObject({ code: 'invalid_request' });
    }
    await expect(service.find({ account: 'acme', query: 'a' }, { verify: true })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(requests).toHaveLength(0);
  });

  it('needs version 2 of the contract, and a function exactly if the capabilities say so', () => {
    const { capabilities } = listed(() => ({ entries: [] }));
    expect(capabilities.find).toBe(true);
    expect(blindAcmeProvider().capabilities.find).toBeUndefined();
  });

  it('finds every service of a list by any part of its name', async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9.-]{1,12}$/), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(names, fc.nat(), fc.nat(), async (all, which, from) => {
        const { service } = serviceOf(() => ({ entries: all.map((name, index) => entry(`id-${index}`, { name })) }));
        const name = all[which % all.length] ?? '';
        const query = name.slice(from % name.length).toUpperCase();
        const found = await service.find({ account: 'acme', query });
        expect(found.services.map((one) => one.name)).toContain(name);
      }),
      { numRuns: 50 },
    );
  });
});
