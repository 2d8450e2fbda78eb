import { createCancelService } from 'cancelkit';
import { defineProvider, type WhereToLook } from 'cancelkit/provider';
import * as v from 'valibot';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { acme } from '../support/acme.ts';
import { LEAST_CAPABILITIES } from '../support/capabilities.ts';
import { failureOf } from '../support/failure.ts';
import { recordingFetch } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';

const KEY = 'key-of-the-seer-7';
const PANEL: WhereToLook = {
  steps: ['Sign in.', 'Open the service 7.'],
  url: 'https://panel.example/7',
  source: 'documented',
};

/** A service whose adapter says this. */
function seeing(said: (config: { readonly key: string }) => unknown) {
  const fetch = recordingFetch(() => new Response('{}'));
  const provider = defineProvider({
    specVersion: 1,
    id: 'seer',
    capabilities: { ...LEAST_CAPABILITIES, immediateDestroysData: 'yes' },
    config: v.strictObject({ key: v.string() }),
    env: { key: 'SEER_KEY' },
    service: v.strictObject({ id: v.number() }),
    baseUrl: () => 'https://api.seer.example',
    secrets: ({ key }) => [key],
    *cancel() {
      yield { effect: 'write', method: 'DELETE', path: ['x'] };
      return { verdict: 'unrecognized' };
    },
    // oxlint-disable-next-line no-unsafe-type-assertion -- adapters of third parties return anything
    whereToLook: (_, config) => said(config) as WhereToLook | undefined,
  });
  const services = createCancelService(
    { seer: provider.account({ key: KEY }), unset: provider.account() },
    { fetch: fetch.fetch },
  );
  return { services, fetch, ask: () => services.whereToLook({ account: 'seer', service: { id: 7 } }) };
}

afterEach(() => void vi.unstubAllEnvs());

describe('whereToLook', () => {
  it('returns what the adapter says, and sends nothing', async () => {
    const { ask, fetch } = seeing(() => ({ ...PANEL, more: 'dropped' }));
    expect(await ask()).toEqual(PANEL);
    expect(fetch.requests).toEqual([]);
  });

  it('knows nothing of an adapter that says nothing', async () => {
    const services = createCancelService({ acme: acme({ baseUrl: 'https://acme.example', token: 'token-1' }) });
    const service = { hostingId: 'h-1', domain: 'example.com' };
    expect(await services.whereToLook({ account: 'acme', service })).toBeUndefined();
  });

  it('does not fail if the configuration is not complete here', async () => {
    const { services } = seeing(() => PANEL);
    expect(await services.whereToLook({ account: 'unset', service: { id: 7 } })).toBeUndefined();
    vi.stubEnv('SEER_KEY', KEY);
    expect(await services.whereToLook({ account: 'unset', service: { id: 7 } })).toEqual(PANEL);
  });

  it.each([
    ['http to another machine', 'http://panel.example/'],
    ['a user in it', 'https://someone@panel.example/'],
    ['a script', 'javascript:alert(1)'],
    ['a blank', 'https://panel.example/ x'],
    ['the secret in it', `https://panel.example/?t=${KEY}`],
    ['the secret encoded in it', `https://panel.example/?t=${Buffer.from(KEY).toString('base64')}`],
    ['no address', 'panel'],
  ])('leaves out an address with %s', async (_, url) => {
    const { ask } = seeing(() => ({ ...PANEL, url }));
    const { steps, source } = PANEL;
    expect(await ask()).toEqual({ steps, source });
  });

  it('takes secrets, tags and line breaks out of the steps', async () => {
    const { ask } = seeing(({ key }) => ({ ...PANEL, steps: [`Type ${key}`, 'Open\u0000\n<b>it</b>'] }));
    expect((await ask())?.steps).toEqual(['Type [REDACTED]', 'Open it']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error(KEY);
      },
    ],
    ['returns a text', () => 'there'],
    ['returns a promise', () => Promise.resolve(PANEL)],
    ['has no steps', () => ({ ...PANEL, steps: [] })],
    ['has an empty step', () => ({ ...PANEL, steps: [' '] })],
    ['has another mark', () => ({ ...PANEL, source: 'certain' })],
  ])('knows nothing of an adapter that %s', async (_, said) => {
    expect(await seeing(said).ask()).toBeUndefined();
  });

  it('says nothing for an account that leads to another place than it is held to', async () => {
    const { services } = seeing(() => PANEL);
    const request = { account: 'seer', service: { id: 7 } } as const;
    const place = await services.place('seer');
    expect(await services.whereToLook(request, { place })).toEqual(PANEL);
    expect(await services.whereToLook(request, { place: 'seer https://other.example/' })).toBeUndefined();
  });

  it.each([
    ['invalid_request', { account: 'seer', service: { id: 'seven' } }],
    ['invalid_request', { account: 'seer' }],
    ['unknown_account', { account: 'other', service: { id: 7 } }],
  ])('fails with %s for %o', async (code, request) => {
    const { services } = seeing(() => PANEL);
    expect(await failureOf(untyped(services).whereToLook(request))).toMatchObject({ code, operation: 'where' });
  });
});
