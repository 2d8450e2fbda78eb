import type { CancelOrder, ProviderRequest } from '../../src/index.ts';
import type { ResolvedVpsbgConfig } from './config.ts';
import type { VpsbgServer } from './service.ts';

/** `POST /v1/servers/cancel`. `now` is always sent, though the API has a default for it. */
export function toCancelRequest(order: CancelOrder<VpsbgServer>, config: ResolvedVpsbgConfig): ProviderRequest {
  return {
    method: 'POST',
    effect: 'write',
    path: ['v1', 'servers', 'cancel'],
    headers: authorization(config),
    json: {
      server_ids: [order.service.serverId],
      now: order.when === 'immediate',
      ...(order.reasonText === undefined ? {} : { reason: order.reasonText }),
    },
  };
}

/** `GET /v1/servers/{id}`. */
export function toServerRequest(service: VpsbgServer, config: ResolvedVpsbgConfig): ProviderRequest {
  return {
    method: 'GET',
    effect: 'read',
    path: ['v1', 'servers', String(service.serverId)],
    headers: authorization(config),
  };
}

function authorization(config: ResolvedVpsbgConfig): { readonly authorization: string } {
  return { authorization: `Bearer ${config.token}` };
}
