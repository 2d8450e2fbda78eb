import { createCancelService, type CancelService } from 'cancelkit';
import { whmcs } from 'cancelkit/whmcs';
import { describe, expect, it } from 'vitest';
import { acme, REQUEST, type AcmeConfig } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';
import { guardedProvider } from '../support/guarded.ts';

const CONFIG: AcmeConfig = { baseUrl: 'https://API.example.com/v1/', token: 'token-of-acme-1' };
const PLACE = 'acme https://api.example.com/v1';

const opened = (source: Parameters<typeof acme>[0]): CancelService<{ acme: ReturnType<typeof acme> }> =>
  createCancelService({ acme: acme(source) });
const untypedPlace = (services: object, account: unknown, options?: unknown): Promise<unknown> =>
  // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
  (services as { readonly place: (account: unknown, options?: unknown) => Promise<unknown> }).place(account, options);

describe('the place of an account', () => {
  it('is its provider and its base URL, whatever the credentials are', async () => {
    expect(await opened(CONFIG).place('acme')).toBe(PLACE);
    expect(await opened(() => ({ ...CONFIG, token: 'another-token-2' })).place('acme')).toBe(PLACE);
    expect(await opened({ ...CONFIG, baseUrl: 'https://api.example.com/v2' }).place('acme')).not.toBe(PLACE);
  });

  it('leaves the words of a provider that escapes them for HTML decoded in the calls after it', async () => {
    const billing = whmcs({
      url: 'https://billing.example.com',
      identifier: 'identifier-1',
      secret: 'secret-of-whmcs-1',
    });
    const { fetch } = recordingFetch(() => json({ result: 'error', message: 'Smith &amp; Sons' }));
    const services = createCancelService({ billing }, { fetch });
    await services.place('billing');
    const request = { account: 'billing', service: { serviceId: 7 }, when: 'end_of_period' } as const;
    expect((await failureOf(services.cancel(request))).providerMessage).toBe('Smith & Sons');
  });

  it('has the further origins of its provider, and is another one if one of these changes', async () => {
    const config = {
      baseUrl: 'https://api.example.com',
      loginUrl: 'https://login.example.com/realm',
      clientId: 'client-1',
      clientSecret: 'secret-of-the-client',
    };
    const { fetch, requests } = recordingFetch();
    const openedAt = (change: Partial<typeof config>): CancelService<{ own: ReturnType<typeof own> }> =>
      createCancelService({ own: own({ ...config, ...change }) }, { fetch });
    const own = (values: typeof config): ReturnType<ReturnType<typeof guardedProvider>['account']> =>
      guardedProvider().account(values);
    const place = await openedAt({}).place('own');
    expect(place).toBe('guarded https://api.example.com/ login=https://login.example.com/realm');
    expect(await openedAt({ clientSecret: 'another-secret-2' }).place('own')).toBe(place);
    const moved = openedAt({ loginUrl: 'https://login.example.com/staging' });
    const request = { account: 'own', service: { id: 'one' }, when: 'immediate' } as const;
    expect(await failureOf(moved.cancel(request, { place }))).toMatchObject({
      code: 'not_configured',
      issues: [{ path: 'options.place' }],
    });
    expect(requests).toHaveLength(0);
  });

  it('shows no secret that the address contains', async () => {
    const place = await opened({ ...CONFIG, baseUrl: `https://api.example.com/${CONFIG.token}` }).place('acme');
    expect(place).toBe('acme https://api.example.com/[REDACTED]');
  });

  it('is not known of an account whose configuration cannot be read, and says nothing of why', async () => {
    for (const source of [() => Promise.reject(new Error(CONFIG.token)), { ...CONFIG, baseUrl: 'ftp://x' }]) {
      const error = await failureOf(opened(source).place('acme'));
      expect(error).toMatchObject({ code: 'not_configured', account: 'acme' });
      expect(JSON.stringify(error)).not.toContain(CONFIG.token);
    }
    expect(await failureOf(untypedPlace(opened(CONFIG), 'other'))).toMatchObject({ code: 'unknown_account' });
    expect(await failureOf(untypedPlace(opened(CONFIG), 5))).toMatchObject({ code: 'invalid_request' });
    expect(await failureOf(untypedPlace(opened(CONFIG), 'acme', { verify: true }))).toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('the option place of a call', () => {
  const { account, service } = REQUEST;

  it('lets nothing be sent if the account leads elsewhere, and names both places', async () => {
    const { fetch, requests } = recordingFetch(() => json({}));
    const services = createCancelService({ acme: acme({ ...CONFIG, baseUrl: 'https://new.example.com' }) }, { fetch });
    const options = { place: PLACE };
    for (const call of [
      services.cancel(REQUEST, options),
      services.status({ account, service }, options),
      services.preview(REQUEST, options),
    ]) {
      const error = await failureOf(call);
      expect(error).toMatchObject({
        code: 'not_configured',
        attempts: 0,
        issues: [{ path: 'options.place', expected: 'acme https://new.example.com/' }],
      });
      expect(error.message).toContain(PLACE);
    }
    expect(requests).toHaveLength(0);
  });

  it('is compared with the configuration that the call uses', async () => {
    const places = ['https://api.example.com/v1', 'https://new.example.com'];
    const { fetch, requests } = recordingFetch(() => json({}));
    const source = (): AcmeConfig => ({ ...CONFIG, baseUrl: places.shift() ?? '' });
    const services = createCancelService({ acme: acme(source) }, { fetch });
    const place = await services.place('acme');
    expect(await failureOf(services.cancel(REQUEST, { place }))).toMatchObject({ code: 'not_configured' });
    expect(requests).toHaveLength(0);
  });

  it('lets the call through if it is the same', async () => {
    const { fetch, requests } = recordingFetch(() => json({}));
    const services = createCancelService({ acme: acme(CONFIG) }, { fetch });
    await services.safeCancel(REQUEST, { place: PLACE });
    expect(requests.length).toBeGreaterThan(0);
  });

  it('has to be a text', async () => {
    const services = opened(CONFIG);
    // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time check is what is tested
    const options = { place: 5 } as unknown as { readonly place: string };
    expect(await failureOf(services.cancel(REQUEST, options))).toMatchObject({
      code: 'invalid_request',
      issues: [{ path: 'place' }],
    });
  });
});
