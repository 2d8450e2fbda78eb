import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOvhEmulator, type OvhControls, ovhSandboxCredentials } from '../../providers/ovh/emulator.ts';
import { createClock, type EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import { answerVendorClient, vendorClient, type VendorClient } from '../providers/ovh/vendor-client.ts';

// The vendor's own client is the caller: it knows the API and its signature, and nothing of the adapter.

const { applicationKey: appKey, applicationSecret: appSecret, consumerKey } = ovhSandboxCredentials;
const host = 'emulated.example';
let clock: EmulatorClock;
let ovh: OvhControls;
let client: VendorClient;
beforeEach(() => {
  clock = createClock(new Date('2026-03-10T08:00:00Z'));
  const { fetch, controls } = createOvhEmulator({ clock });
  ovh = controls;
  answerVendorClient(fetch);
  client = vendorClient({ appKey, appSecret, consumerKey, host });
});
afterEach(() => void vi.restoreAllMocks());

const get = (path: string, params: object = {}): Promise<unknown> => client.requestPromised('GET', path, params);
const put = (id: number, terminationPolicy: string): Promise<unknown> =>
  client.requestPromised('PUT', `/services/${id}`, { terminationPolicy });
const post = (path: string, params: object = {}): Promise<unknown> => client.requestPromised('POST', path, params);
const lifecycle = (state: string, pendingActions: readonly string[], terminationDate: string | null): object => ({
  billing: { lifecycle: { current: { state, pendingActions, terminationDate } } },
});

describe('the emulated OVHcloud, called by the vendor’s client,', () => {
  it('ends a service with its period', async () => {
    const { serviceId, serviceName } = ovh.seeded.active;
    expect(await get('/services', { resourceName: serviceName })).toEqual([serviceId]);
    expect(await get('/services', { routes: '/vps' })).toContain(serviceId);
    expect(await get('/services', { routes: '/dedicated/server' })).toEqual([ovh.seeded.engaged.serviceId]);
    expect(await put(serviceId, 'terminateAtExpirationDate')).toBeNull();
    expect(await get(`/services/${serviceId}`)).toMatchObject({
      serviceId,
      resource: { name: serviceName, state: 'active' },
      ...lifecycle('active', ['terminateAtExpirationDate'], '2026-03-30T00:00:00+00:00'),
    });
    clock.advance({ days: 20 });
    expect(await get(`/services/${serviceId}`)).toMatchObject(lifecycle('terminated', [], '2026-03-30T00:00:00+00:00'));
    expect(ovh.service(serviceId)).toMatchObject({ ended: true, timesCancelled: 1 });
  });

  it('renews what nobody ends, and ends another with its commitment', async () => {
    const { active, engaged } = ovh.seeded;
    await put(engaged.serviceId, 'terminateAtEngagementDate');
    await expect(put(active.serviceId, 'terminateAtEngagementDate')).rejects.toMatchObject({ error: 400 });
    clock.advance({ days: 60 });
    expect(ovh.service(active.serviceId).expiration).toEqual(new Date('2026-05-30T00:00:00Z'));
    expect(ovh.service(engaged.serviceId).ended).toBe(false);
    clock.advance({ days: 200 });
    expect(ovh.service(engaged.serviceId).ended).toBe(true);
  });

  it('undoes a policy with an empty one', async () => {
    const { serviceId } = ovh.seeded.cancelled;
    expect(await put(serviceId, 'empty')).toBeNull();
    expect(ovh.service(serviceId).cancellation).toBeNull();
    ovh.configure({ undo: 'ignored' });
    await put(serviceId, 'terminateAtExpirationDate');
    await put(serviceId, 'empty');
    expect(ovh.service(serviceId).cancellation).not.toBeNull();
    await expect(put(serviceId, 'later')).rejects.toMatchObject({ error: 400 });
  });

  it('ends a service now once the token of the e-mail is confirmed', async () => {
    const { serviceId, serviceName } = ovh.seeded.active;
    const path = `/vps/${serviceName}`;
    expect(() => ovh.mailedToken(serviceId)).toThrow(RangeError);
    expect(await post(`${path}/terminate`)).toBeTypeOf('string');
    const token = ovh.mailedToken(serviceId);
    await expect(post(`${path}/confirmTermination`, { token: 'x' })).rejects.toMatchObject({ error: 403 });
    await expect(post(`${path}/confirmTermination`)).rejects.toMatchObject({ error: 400 });
    for (const wrong of [{ reason: 'ABSENT' }, { futureUse: 'ABSENT' }, { surprise: 'x' }]) {
      await expect(post(`${path}/confirmTermination`, { token, ...wrong })).rejects.toMatchObject({ error: 400 });
    }
    expect(ovh.service(serviceId).timesCancelled).toBe(0);
    const words = { reason: 'TOO_EXPENSIVE', futureUse: 'OTHER', commentary: 'Grüße „x“ 🙂' };
    expect(await post(`${path}/confirmTermination`, { token, ...words })).toBeTypeOf('string');
    expect(ovh.service(serviceId).cancellation?.reason).toBe('TOO_EXPENSIVE; OTHER; Grüße „x“ 🙂');
    expect(await get(`/services/${serviceId}`)).toMatchObject({
      billing: { lifecycle: { current: { state: 'active' } } },
    });
    clock.advance({ hours: 3 });
    expect(ovh.service(serviceId).ended).toBe(true);
    await expect(post(`${path}/confirmTermination`, { token })).rejects.toMatchObject({ error: 403 });
  });

  it('ends any product by its number', async () => {
    const { serviceId } = ovh.add({ product: 'hosting/web' });
    expect(await post(`/services/${serviceId}/terminate`)).toMatchObject({ message: expect.any(String) });
    const token = ovh.mailedToken(serviceId);
    expect(await post(`/services/${serviceId}/terminate/confirm`, { token })).toMatchObject({
      message: expect.any(String),
    });
    expect(ovh.service(serviceId).pendingAction).toBe('terminate');
  });

  it.each([460, 404] as const)('answers a termination of what is over with %i', async (terminationOfEnded) => {
    ovh.configure({ terminationOfEnded });
    const { serviceName } = ovh.seeded.ended;
    await expect(post(`/vps/${serviceName}/terminate`)).rejects.toMatchObject({ error: terminationOfEnded });
  });

  it('forgets what is over if it is configured so, and knows nothing else', async () => {
    const { serviceId, serviceName } = ovh.seeded.ended;
    ovh.configure({ endedService: 'gone' });
    expect(await get('/services', { resourceName: serviceName })).toEqual([]);
    await expect(get(`/services/${serviceId}`)).rejects.toMatchObject({ error: 404 });
    await expect(get('/services/1')).rejects.toMatchObject({ error: 404 });
    await expect(get('/nothing')).rejects.toMatchObject({ error: 404 });
  });

  it('sends no body in place of null if it is configured so', async () => {
    ovh.configure({ noContent: 'empty' });
    expect(await put(ovh.seeded.active.serviceId, 'terminateAtExpirationDate')).toBeNull();
  });

  it.each([
    ['another secret', { appSecret: 'another-secret' }, 400],
    ['another application', { appKey: 'another-key' }, 403],
    ['another consumer', { consumerKey: 'another-key' }, 403],
  ])('lets nobody in with %s', async (_name, other, error) => {
    client = vendorClient({ appKey, appSecret, consumerKey, host, ...other });
    await expect(get('/services')).rejects.toMatchObject({ error });
  });

  it('refuses a signature once its clock is elsewhere', async () => {
    await get('/services');
    ovh.configure({ clockAheadS: 0 });
    await expect(get('/services')).rejects.toMatchObject({ error: 400 });
  });
});
