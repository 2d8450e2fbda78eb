import { createCancelService } from 'cancelkit';
import { ovh } from 'cancelkit/ovh';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ovhAccess } from '../../../providers/ovh/access.ts';
import { recordingFetch } from '../../support/fetch.ts';
import { toResponse } from '../answering.ts';
import { both, done, keys, mailed, shown } from './fixtures.ts';
import { vendorClient } from './vendor-client.ts';

const { applicationKey: appKey, applicationSecret: appSecret, consumerKey } = keys;
const vendor = vendorClient({ appKey, appSecret, consumerKey });

describe('the signature of OVHcloud', () => {
  it('is that of the vendor’s client, whatever is signed', () => {
    const moments = fc.integer({ min: 0, max: 4e12 });
    const methods = fc.constantFrom('GET', 'PUT', 'POST');
    fc.assert(
      fc.property(methods, fc.webUrl(), fc.string({ unit: 'binary' }), moments, (method, url, body, now) => {
        const config = { ...keys, baseUrl: 'https://eu.api.ovh.com' };
        const made = ovhAccess.headers({ method, url, body }, config, { now, nonce: '', token: '' });
        const time = String(Math.floor(now / 1000));
        expect(made['x-ovh-timestamp']).toBe(time);
        expect(made['x-ovh-signature']).toBe(vendor.signRequest(method, url, body, time));
      }),
    );
  });

  it('is over the URL, the body and the time that are sent, by the clock of the API', async () => {
    const ahead = 86_400 * 3;
    const apiTime = (): number => Math.floor(Date.now() / 1000) + ahead;
    const { fetch, requests } = recordingFetch(({ method, url }) => {
      if (url.endsWith('/auth/time')) return toResponse({ status: 200, body: apiTime() });
      if (method === 'PUT') return toResponse(done);
      return toResponse(method === 'POST' ? mailed : shown());
    });
    const services = createCancelService({ ovh: ovh({ ...keys, endpoint: 'ovh-ca' }) }, { fetch });
    const order = { account: 'ovh', service: both } as const;
    await services.cancel({ ...order, when: 'end_of_period' });
    await services.confirm({ ...order, token: 'a-token', reason: 'Zu teuer: „5 €“ 🙂' });
    const [time, ...signed] = requests;
    expect(time?.headers).not.toHaveProperty('x-ovh-application');
    expect(signed.map(({ method }) => method)).toEqual(['GET', 'PUT', 'POST']);
    for (const { method, url, body, headers } of signed) {
      expect(url).toMatch(/^https:\/\/ca\.api\.ovh\.com\/1\.0\//);
      const stamp = headers['x-ovh-timestamp'] ?? '';
      expect(Math.abs(Number(stamp) - apiTime())).toBeLessThan(5);
      expect(headers['x-ovh-signature']).toBe(vendor.signRequest(method, url, body, stamp));
      expect(headers).toMatchObject({ 'x-ovh-application': appKey, 'x-ovh-consumer': consumerKey });
    }
  });

  it('is shown in no preview, which asks for no time', async () => {
    const { fetch, requests } = recordingFetch(() => toResponse(shown()));
    const services = createCancelService({ ovh: ovh(keys) }, { fetch });
    const { url, headers } = await services.preview({ account: 'ovh', service: both, when: 'end_of_period' });
    expect(url).toBe(`https://eu.api.ovh.com/1.0/services/${both.serviceId}`);
    expect(headers).toMatchObject({ 'x-ovh-signature': '[REDACTED]', 'x-ovh-consumer': '[REDACTED]' });
    expect(requests).toEqual([]);
  });
});
