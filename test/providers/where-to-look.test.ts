import { readdirSync } from 'node:fs';
import { createCancelService, type Account, type WhereToLook } from 'cancelkit';
import { contabo } from 'cancelkit/contabo';
import { edis } from 'cancelkit/edis';
import { hetzner } from 'cancelkit/hetzner';
import { hostbill } from 'cancelkit/hostbill';
import { hosting } from 'cancelkit/hosting';
import { leaseweb } from 'cancelkit/leaseweb';
import { mittwald } from 'cancelkit/mittwald';
import { ovh } from 'cancelkit/ovh';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import { describe, expect, it } from 'vitest';
import { untyped } from '../support/untyped.ts';

const UUID = 'ace712e9-a166-47f1-9065-4af0f7e7fce1';
const keys = { applicationKey: 'key-1234567', applicationSecret: 'secret-of-ovh', consumerKey: 'consumer-1234' };
const users = {
  clientId: 'INT-1234',
  clientSecret: 'secret-1234',
  username: 'api@example.com',
  password: 'password-c',
};

/** Each form of a service, with the address and the name that a person is given. */
const CASES: readonly (readonly [
  provider: string,
  account: (at?: string) => Account,
  service: object,
  url: string | undefined,
  name: string,
])[] = [
  ['contabo', (at) => contabo({ ...users, baseUrl: at }), { instanceId: 12345 }, 'https://my.contabo.com', '12345'],
  [
    'edis',
    (at) => edis({ email: 'a@example.com', password: 'password-e', baseUrl: at }),
    { kvmId: 'kvm_a_b' },
    'https://docs.edisglobal.com/vps-management-portal',
    'kvm_a_b',
  ],
  [
    'edis',
    (at) => edis({ email: 'a@example.com', password: 'password-e', baseUrl: at }),
    { serviceId: 4711 },
    'https://docs.edisglobal.com/vps-management-portal',
    '4711',
  ],
  [
    'hetzner',
    (at) => hetzner({ user: '#ws+a', password: 'password-h', baseUrl: at }),
    { serverNumber: 2041001 },
    'https://robot.hetzner.com/',
    '2041001',
  ],
  [
    'leaseweb',
    (at) => leaseweb({ apiKey: 'lsw-0123456789', baseUrl: at }),
    { serviceId: '10000000000010' },
    'https://secure.leaseweb.com/',
    '10000000000010',
  ],
  [
    'leaseweb',
    (at) => leaseweb({ apiKey: 'lsw-0123456789', baseUrl: at }),
    { instanceId: UUID },
    'https://secure.leaseweb.com/',
    UUID,
  ],
  [
    'mittwald',
    (at) => mittwald({ token: 'token-m', baseUrl: at }),
    { contractId: 'V1000000', contractItemId: UUID },
    'https://studio.mittwald.de/',
    UUID,
  ],
  ['ovh', (at) => ovh({ ...keys, baseUrl: at }), { serviceId: 4242 }, 'https://manager.eu.ovhcloud.com/', '4242'],
  [
    'ovh',
    (at) => ovh({ ...keys, endpoint: 'ovh-ca', baseUrl: at }),
    { serviceName: 'vps-1.vps.ovh.ca', product: 'vps' },
    'https://manager.ca.ovhcloud.com/',
    'vps-1.vps.ovh.ca',
  ],
  [
    'ovh',
    (at) => ovh({ ...keys, endpoint: 'ovh-us', baseUrl: at }),
    { serviceId: 4242 },
    'https://manager.us.ovhcloud.com/',
    '4242',
  ],
  [
    'vpsbg',
    (at) => vpsbg({ token: 'token-v', baseUrl: at }),
    { serverId: 7301, addonId: 12 },
    'https://secure.vpsbg.eu/login',
    '12',
  ],
  [
    'vpsbg',
    (at) => vpsbg({ token: 'token-v', baseUrl: at }),
    { floatingIpId: 608 },
    'https://secure.vpsbg.eu/login',
    '608',
  ],
];

/** Providers whose address is always the reseller's own. */
const OWN: readonly (readonly [
  provider: string,
  account: Account,
  service: object,
  url: string | undefined,
  name: string,
])[] = [
  [
    'hosting',
    hosting({ baseUrl: 'https://panel.example.net/api/v1', token: 'token-h' }),
    { hostingId: '1_aed1', domain: 'example.com' },
    'https://panel.example.net/',
    '1_aed1',
  ],
  [
    'whmcs',
    whmcs({
      url: 'https://shop.example.com/billing/includes/api.php',
      identifier: 'id-whmcs',
      secret: 'secret-whmcs',
      accessKey: 'key-whmcs',
    }),
    { serviceId: 4711 },
    'https://shop.example.com/billing/admin/clientsservices.php?id=4711',
    '4711',
  ],
  [
    'hostbill',
    hostbill({ baseUrl: 'https://billing.example.com/my', token: 'token-hb' }),
    { serviceId: 4711 },
    'https://billing.example.com/my/',
    '4711',
  ],
  [
    'hostbill',
    hostbill({ baseUrl: 'https://api.example.com', token: 'token-hb' }),
    { serviceId: 4711 },
    undefined,
    '4711',
  ],
];

async function where(account: Account, service: object): Promise<WhereToLook | undefined> {
  return await untyped(createCancelService({ account })).whereToLook({ account: 'account', service });
}

describe('where a person looks', () => {
  it('is known of every provider', () => {
    const known = new Set([...CASES, ...OWN].map(([provider]) => provider));
    const folders = readdirSync('providers', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect([...known].sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it.each(CASES)(
    'at %s is the provider’s own panel, by name of the service',
    async (_, account, service, url, name) => {
      const said = await where(account(), service);
      expect(said?.url).toBe(url);
      expect(said?.steps.join(' ')).toContain(name);
    },
  );

  it.each(CASES)('at %s has no address of the provider if the account leads elsewhere', async (_, account, service) => {
    const said = await where(account('http://127.0.0.1:4000'), service);
    expect(said?.url).toBeUndefined();
    expect(said?.steps.length).toBeGreaterThan(1);
  });

  it.each(OWN)('at %s follows from the address of the account', async (_, account, service, url, name) => {
    const said = await where(account, service);
    expect(said?.url).toBe(url);
    expect(said?.steps.join(' ')).toContain(name);
  });

  it('says in the steps what is inferred', async () => {
    const all = await Promise.all([
      ...CASES.map(([, account, service]) => where(account(), service)),
      ...OWN.map(([, account, service]) => where(account, service)),
    ]);
    for (const said of all) {
      const mentions = /inferred|does not follow/.test(said?.steps.join(' ') ?? '');
      expect([said?.source === 'inferred', said]).toEqual([mentions, said]);
    }
  });
});
