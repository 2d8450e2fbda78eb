import { createCancelService, type Account } from 'cancelkit';
import { contabo } from 'cancelkit/contabo';
import { edis } from 'cancelkit/edis';
import { hetzner } from 'cancelkit/hetzner';
import { hosting } from 'cancelkit/hosting';
import { leaseweb } from 'cancelkit/leaseweb';
import { mittwald } from 'cancelkit/mittwald';
import { ovh } from 'cancelkit/ovh';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { untyped } from '../support/untyped.ts';

type ProviderId = 'edis' | 'vpsbg' | 'hosting' | 'whmcs' | 'mittwald' | 'contabo' | 'hetzner' | 'leaseweb' | 'ovh';

const accounts: Readonly<Record<ProviderId, (url: string) => Account>> = {
  edis: (baseUrl) => edis({ baseUrl, email: 'reseller@example.com', password: 'pass-word-1' }),
  vpsbg: (baseUrl) => vpsbg({ baseUrl, token: 'token-1234567' }),
  hosting: (baseUrl) => hosting({ baseUrl, token: 'token-1234567' }),
  whmcs: (url) => whmcs({ url, identifier: 'identifier-1', secret: 'secret-1234' }),
  mittwald: (baseUrl) => mittwald({ baseUrl, token: 'token-1234567' }),
  contabo: (baseUrl) =>
    contabo({ baseUrl, clientId: 'INT-1234', clientSecret: 'secret-1234', username: 'api', password: 'pass-word-1' }),
  hetzner: (baseUrl) => hetzner({ baseUrl, user: '#ws+1', password: 'pass-word-1' }),
  leaseweb: (baseUrl) => leaseweb({ baseUrl, apiKey: 'key-1234567' }),
  ovh: (baseUrl) => ovh({ baseUrl, applicationKey: 'key-123', applicationSecret: 'secret-1', consumerKey: 'key-456' }),
};
const services = {
  edis: { kvmId: 'kvm_1' },
  vpsbg: { serverId: 7 },
  hosting: { hostingId: '1_a', domain: 'a.example' },
  whmcs: { serviceId: 7 },
  mittwald: { contractId: 'V1000000' },
  contabo: { instanceId: 7 },
  hetzner: { serverNumber: 7 },
  leaseweb: { serviceId: 7 },
  ovh: { serviceId: 7 },
} as const;

const previewAt = (id: ProviderId, url: string): Promise<unknown> =>
  untyped(createCancelService({ shop: accounts[id](url) })).preview({
    account: 'shop',
    service: services[id],
    when: accounts[id](url).capabilities.timings.find((timing) => timing === 'immediate') ?? 'earliest',
    reason: 'r',
  });

const E = 'https://order.example';
const V = 'https://api.example';
const H = 'https://panel.example';
const W = 'https://billing.example';

describe('an address is understood with and without the part that every request adds', () => {
  it.each<[ProviderId, readonly string[], string]>([
    [
      'edis',
      [E, `${E}/`, `${E}/kvm/v2`, `${E}/kvm/v2/`, `${E}//kvm//v2//`, `${E}/kvm`, `${E}/KVM/V2`, `${E}/x/../kvm/v2/.`],
      `${E}/kvm/v2/cancel/product`,
    ],
    ['edis', [`${E}/proxy/kvm/v2`, `${E}/proxy`], `${E}/proxy/kvm/v2/cancel/product`],
    ['vpsbg', [V, `${V}/`, `${V}/v1`, `${V}/v1/`, `${V}//v1//`, `${V}/V1`, `${V}/v1/.`], `${V}/v1/servers/cancel`],
    ['vpsbg', [`${V}/v2/gateway`, `${V}/v2/gateway/v1`], `${V}/v2/gateway/v1/servers/cancel`],
    ['vpsbg', [`${V}/proxy/v1`, `${V}/proxy/`], `${V}/proxy/v1/servers/cancel`],
    ['mittwald', [V, `${V}/`, `${V}/v2`, `${V}/v2/`, `${V}//V2//`, `${V}/v2/.`], `${V}/v2/contracts/V1000000`],
    ['mittwald', [`${V}/v1/proxy`], `${V}/v1/proxy/v2/contracts/V1000000`],
    ['contabo', [V, `${V}/`, `${V}/v1`, `${V}/v1/`, `${V}//V1//`, `${V}/v1/.`], `${V}/v1/compute/instances/7`],
    ['hetzner', [V, `${V}/`, `${V}//`], `${V}/server/7/cancellation`],
    ['hetzner', [`${V}/proxy`, `${V}/proxy/`], `${V}/proxy/server/7/cancellation`],
    [
      'leaseweb',
      [V, `${V}/`, `${V}/services/v1`, `${V}//Services//V1/`, `${V}/publicCloud/v1`, `${V}/publiccloud/v1/.`],
      `${V}/services/v1/services/7`,
    ],
    ['leaseweb', [`${V}/v1/proxy`, `${V}/v1/proxy/services/v1`], `${V}/v1/proxy/services/v1/services/7`],
    ['ovh', [V, `${V}/`, `${V}/1.0`, `${V}/1.0/`, `${V}//1.0//`, `${V}/1.0/.`], `${V}/1.0/services/7`],
    ['ovh', [`${V}/engine/api`, `${V}/engine/api/1.0`], `${V}/engine/api/1.0/services/7`],
    ['hosting', [H, `${H}/`, `${H}//`], `${H}/hosting/1_a`],
    ['hosting', [`${H}/api/v1`, `${H}/api/v1/`], `${H}/api/v1/hosting/1_a`],
    ['hosting', [`${H}/hosting/hosting`, `${H}/hosting/hosting/`], `${H}/hosting/hosting/1_a`],
    [
      'whmcs',
      [W, `${W}/`, `${W}/includes`, `${W}/includes/`, `${W}/includes/api.php`, `${W}//includes//api.php/`],
      `${W}/includes/api.php`,
    ],
    ['whmcs', [`${W}/shop`, `${W}/shop/includes/`, `${W}/shop/INCLUDES/API.PHP`], `${W}/shop/includes/api.php`],
    ['whmcs', [`${W}/admin/includes/api.php`], `${W}/admin/includes/api.php`],
  ])('%s: %j', async (id, addresses, expected) => {
    for (const address of addresses)
      expect([address, await previewAt(id, address)]).toMatchObject([address, { url: expected }]);
  });
});

describe('an address of which it is not certain what it leads to is refused, with what is expected', () => {
  it.each<[ProviderId, readonly string[], string]>([
    [
      'edis',
      [`${E}/kvm/v1`, `${E}/kvm/v3`, `${E}/kvm/v2/cancel/product`, `${E}/kvm/kvm/v2`],
      'the address before /kvm/v2',
    ],
    ['vpsbg', [`${V}/v2`, `${V}/v1/servers`, `${V}/v1/v1`, `${V}/v1/servers/cancel`], 'the address before /v1'],
    [
      'leaseweb',
      [`${V}/v1`, `${V}/services`, `${V}/services/v1/services`, `${V}/publicCloud/v2`, `${V}/publicCloud/v1/instances`],
      'the address before /services/v1',
    ],
    ['mittwald', [`${V}/v1`, `${V}/v2/v2`, `${V}/v2/contracts`, `${V}/v2/contracts/V1`], 'the address before /v2'],
    ['contabo', [`${V}/v2`, `${V}/v1/v1`, `${V}/v1/compute`, `${V}/v1/compute/instances`], 'the address before /v1'],
    ['hetzner', [`${V}/server`, `${V}/server/`, `${V}/server/7/cancellation`], 'the address before /server'],
    [
      'ovh',
      [`${V}/v1`, `${V}/v2`, `${V}/1.0/1.0`, `${V}/1.0/services`, `${V}/1.0/auth/time`],
      'the address before /1.0',
    ],
    ['hosting', [`${H}/hosting`, `${H}/hosting/`, `${H}/api/HOSTING//`], 'the address before /hosting'],
    [
      'whmcs',
      [`${W}/admin`, `${W}/admin/`, `${W}/shop/admin`, `${W}/clientarea.php`, `${W}/api.php`, `${W}/admin/login.php`],
      'the address of WHMCS itself',
    ],
    ['whmcs', [`${W}/includes/api.php?action=GetClients`, `${W}/api.php?x`], 'without user info, query or fragment'],
  ])('%s: %j', async (id, addresses, expected) => {
    for (const address of addresses) {
      const { code, message } = await failureOf(previewAt(id, address));
      expect([address, code, message]).toEqual([address, 'not_configured', expect.stringContaining(expected)]);
      expect(message).toContain(id === 'whmcs' ? 'WHMCS_URL' : `${id.toUpperCase()}_BASE_URL`);
    }
  });
});

describe('an address that only the core refuses is named by its option and its variable', () => {
  const at = 'http://127.0.0.1:9';
  const keys = { applicationKey: 'an-application', applicationSecret: 'a-secret-of-it', consumerKey: 'a-consumer-key' };
  const login = {
    clientId: 'INT-20410',
    clientSecret: 'a-secret-of-it',
    username: 'api@example.com',
    password: 'correct',
  };
  it.each([
    ['baseUrl', 'OVH_BASE_URL', ovh({ ...keys, baseUrl: at }), { serviceId: 7 }],
    ['authUrl', 'CONTABO_AUTH_URL', contabo({ ...login, authUrl: at }), { instanceId: 7 }],
    ['baseUrl', 'CONTABO_BASE_URL', contabo({ ...login, baseUrl: at }), { instanceId: 7 }],
  ] as const)('%s, %s', async (option, variable, shop, service) => {
    const { code, message } = await failureOf(
      untyped(createCancelService({ shop })).status({ account: 'shop', service }),
    );
    expect(code).toBe('not_configured');
    expect(message).toContain(`option ${option}: expected another port than 9`);
    expect(message).toContain(`(its variable is ${variable})`);
  });
});
