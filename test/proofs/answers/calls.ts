import { edis, orderVps } from '../../../providers/edis/index.ts';
import { hosting } from '../../../providers/hosting/index.ts';
import { vpsbg } from '../../../providers/vpsbg/index.ts';
import { whmcs } from '../../../providers/whmcs/index.ts';
import {
  createCancelService,
  isProviderError,
  type CancellationStatus,
  type CancelResult,
  type RevokeResult,
  type SafeResult,
  type When,
} from '../../../src/index.ts';
import {
  edisDocumentation,
  HOSTING_ID,
  hostingDocumentation,
  SERVICE_ID,
  vpsbgDocumentation,
  whmcsDocumentation,
  type Documentation,
} from './documented.ts';
import type { KindOf } from './exchange.ts';
import { edisOracle } from './oracle-edis.ts';
import { hostingOracle } from './oracle-hosting.ts';
import { vpsbgOracle } from './oracle-vpsbg.ts';
import { whmcsOracle } from './oracle-whmcs.ts';
import type { Oracle } from './oracle.ts';

export type ProviderName = 'edis' | 'vpsbg' | 'hosting' | 'whmcs';

export interface OrderEnd {
  readonly result: { readonly outcome: 'ordered' | 'not_provisioned' };
}

/** The calls of one provider's adapter. What a provider cannot do is left out. */
export interface Calls {
  readonly documentation: Documentation;
  readonly oracle: Oracle;
  readonly kindOf: KindOf;
  readonly cancel: (fetch: typeof globalThis.fetch, when: When, verify: boolean) => Promise<SafeResult<CancelResult>>;
  readonly status?: (fetch: typeof globalThis.fetch, reference?: string) => Promise<SafeResult<CancellationStatus>>;
  readonly revoke?: (fetch: typeof globalThis.fetch) => Promise<SafeResult<RevokeResult>>;
  readonly order?: (fetch: typeof globalThis.fetch) => Promise<SafeResult<OrderEnd>>;
}

const edisAccount = edis({ email: 'reseller@example.com', password: 'a-password' });
const vpsbgAccount = vpsbg({ token: 'a-token' });
const hostingAccount = hosting({ baseUrl: 'https://hosting.example/api', token: 'a-token' });
const whmcsAccount = whmcs({ url: 'https://billing.example', identifier: 'identifier', secret: 'a-secret' });

/** Each call has a service of its own, so that no breaker and no budget carries over. */
export const CALLS: { readonly [Name in ProviderName]: Calls } = {
  edis: {
    documentation: edisDocumentation,
    oracle: edisOracle,
    kindOf: (_, { pathname }) => (pathname.endsWith('/add/order') ? 'order' : 'cancel'),
    cancel: (fetch, when, verify) =>
      createCancelService({ a: edisAccount }, { fetch }).safeCancel(
        { account: 'a', service: { serviceId: SERVICE_ID }, when },
        { verify },
      ),
    order: (fetch) =>
      settled(
        orderVps(
          edisAccount,
          {
            billingCycle: 'monthly',
            paymentMethod: 'paypal',
            items: [server, { ...server, hostname: 'kvmtest2' }],
          },
          { fetch },
        ),
      ),
  },
  vpsbg: {
    documentation: vpsbgDocumentation,
    oracle: vpsbgOracle,
    kindOf: (method) => (method === 'GET' ? 'show' : method === 'DELETE' ? 'undo' : 'cancel'),
    cancel: (fetch, when, verify) =>
      createCancelService({ a: vpsbgAccount }, { fetch }).safeCancel(
        { account: 'a', service: { serverId: SERVICE_ID }, when, reason: 'Project ended' },
        { verify },
      ),
    status: (fetch) =>
      settled(
        createCancelService({ a: vpsbgAccount }, { fetch }).status({ account: 'a', service: { serverId: SERVICE_ID } }),
      ),
    revoke: (fetch) =>
      settled(
        createCancelService({ a: vpsbgAccount }, { fetch }).revoke({ account: 'a', service: { serverId: SERVICE_ID } }),
      ),
  },
  hosting: {
    documentation: hostingDocumentation,
    oracle: hostingOracle,
    kindOf: (method, { pathname, searchParams }) => {
      if (method !== 'GET') return method === 'PATCH' ? 'undo' : 'cancel';
      if (!pathname.endsWith('/history')) return 'show';
      return searchParams.get('start') === '0' ? 'list' : 'rest';
    },
    cancel: (fetch, when, verify) =>
      createCancelService({ a: hostingAccount }, { fetch }).safeCancel(
        { account: 'a', service: hostingService, when, reason: 'Project ended' },
        { verify },
      ),
    status: (fetch, providerReference) =>
      settled(
        createCancelService({ a: hostingAccount }, { fetch }).status({
          account: 'a',
          service: hostingService,
          providerReference,
        }),
      ),
    revoke: (fetch) =>
      settled(createCancelService({ a: hostingAccount }, { fetch }).revoke({ account: 'a', service: hostingService })),
  },
  whmcs: {
    documentation: whmcsDocumentation,
    oracle: whmcsOracle,
    kindOf: (_method, _url, form) => {
      if (form.get('action') === 'AddCancelRequest') return 'cancel';
      if (form.get('action') === 'GetClientsProducts') return 'show';
      return form.get('limitstart') === '0' ? 'list' : 'rest';
    },
    cancel: (fetch, when, verify) =>
      createCancelService({ a: whmcsAccount }, { fetch }).safeCancel(
        { account: 'a', service: { serviceId: SERVICE_ID }, when, reason: 'Project ended' },
        { verify },
      ),
    status: (fetch) =>
      settled(
        createCancelService({ a: whmcsAccount }, { fetch }).status({
          account: 'a',
          service: { serviceId: SERVICE_ID },
        }),
      ),
  },
};

// Two, as in the documented response.
const server = { productId: 1814, os: 92, hostname: 'kvmtest' };

const hostingService = { hostingId: HOSTING_ID, domain: 'example.com' };

/** A call as a value. Anything but a ProviderError stays a rejection. */
async function settled<Value>(promise: Promise<Value>): Promise<SafeResult<Value>> {
  try {
    return { ok: true, result: await promise };
  } catch (error) {
    if (isProviderError(error)) return { ok: false, error };
    throw error;
  }
}
