import { createCancelService, type OperationEvent } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { hosting } from 'cancelkit/hosting';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import { describe, expect, it } from 'vitest';
import { startScriptedProvider } from '../campaign/scripted-provider.ts';
import { readable } from '../campaign/test-provider.ts';
import { untyped } from '../support/untyped.ts';

const unread = (): never => {
  throw new Error('the configuration is not to be read');
};
const services = createCancelService({
  edis: edis(unread),
  vpsbg: vpsbg(unread),
  hosting: hosting(unread),
  whmcs: whmcs(unread),
});

async function keyOf(account: string, service: unknown): Promise<unknown> {
  const { serviceKey } = await untyped(services).validate({ account, service, when: 'immediate' });
  return serviceKey;
}

describe('validate', () => {
  it('returns a valid request, without reading the configuration', async () => {
    const request = {
      account: 'whmcs',
      service: { serviceId: '5' },
      when: 'end_of_period',
      reason: { category: 'too_expensive' },
      reference: 'order-1',
    } as const;
    const validated = await services.validate(request);
    expect(validated).toEqual({ ...request, provider: 'whmcs', serviceKey: validated.serviceKey });
  });

  it.each([
    ['whmcs', { serviceId: 5 }, { serviceId: '5' }],
    ['edis', { serviceId: 5 }, { serviceId: '5' }],
    ['vpsbg', { serverId: 5 }, { serverId: '5' }],
    ['vpsbg', { serverId: 5, addonId: 6 }, { addonId: '6', serverId: '5' }],
    ['hosting', { hostingId: '1_a', domain: 'a.example' }, { domain: 'b.example', hostingId: '1_a' }],
  ])('names a service at %s the same however it is written: %j and %j', async (account, one, other) => {
    expect(await keyOf(account, one)).toBe(await keyOf(account, other));
  });

  it.each([
    ['whmcs', { serviceId: 5 }, { serviceId: 6 }],
    ['edis', { serviceId: '5' }, { kvmId: '5' }],
    ['vpsbg', { serverId: 5 }, { floatingIpId: 5 }],
    ['vpsbg', { serverId: 5 }, { serverId: 5, addonId: 5 }],
    ['hosting', { hostingId: '1_a', domain: 'a.example' }, { hostingId: '1_b', domain: 'a.example' }],
  ])('tells two services at %s apart: %j and %j', async (account, one, other) => {
    expect(await keyOf(account, one)).not.toBe(await keyOf(account, other));
  });

  it.each([
    ['no request', undefined, 'invalid_request'],
    ['no account of that name', { account: 'x', service: { serviceId: 5 }, when: 'immediate' }, 'unknown_account'],
    ['no timing', { account: 'whmcs', service: { serviceId: 5 } }, 'invalid_request'],
    ['a service of another shape', { account: 'whmcs', service: { id: 5 }, when: 'immediate' }, 'invalid_request'],
    [
      'too long a reference',
      { account: 'whmcs', service: { serviceId: 5 }, when: 'immediate', reference: 'x'.repeat(129) },
      'invalid_request',
    ],
  ])('refuses %s', async (_, request, code) => {
    await expect(untyped(services).validate(request)).rejects.toMatchObject({ code, operation: 'validate' });
  });
});

describe('the onEvent option of one call', () => {
  it('receives the events of that call alone, besides the onEvent of the service', async () => {
    const provider = await startScriptedProvider();
    const all: OperationEvent[] = [];
    const own: OperationEvent[] = [];
    const config = { baseUrl: provider.server.url, token: 'a-token-of-this-test' };
    const shop = createCancelService({ shop: readable.account(config) }, { onEvent: (event) => all.push(event) });
    const request = { account: 'shop', when: 'immediate' } as const;
    const result = await shop.cancel({ ...request, service: { id: 'one' } }, { onEvent: (event) => own.push(event) });
    await shop.cancel({ ...request, service: { id: 'two' } });
    await provider.server.close();
    expect(own.map(({ type }) => type)).toEqual(['attempt', 'answer', 'outcome']);
    expect(new Set(own.map(({ operationId }) => operationId))).toEqual(new Set([result.operationId]));
    expect(all.slice(0, 3)).toEqual(own);
    expect(all).toHaveLength(6);
  });

  it('is refused if it is no function, before anything is sent', async () => {
    const request = { account: 'whmcs', service: { serviceId: 5 }, when: 'immediate' };
    await expect(untyped(services).cancel(request, { onEvent: 5 })).rejects.toMatchObject({
      code: 'invalid_request',
      attempts: 0,
    });
  });
});
