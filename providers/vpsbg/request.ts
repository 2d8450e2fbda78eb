import type { CancelOrder, ProviderRequest, TogetherOrder } from '../../src/index.ts';
import type { ResolvedVpsbgConfig } from './config.ts';
import type { VpsbgServer, VpsbgTarget } from './service.ts';

/** What is sent as the reason where the API requires one and there is none. */
export const NEUTRAL_REASON = 'Cancelled by the account holder';

/**
 * `POST /v1/servers/cancel`, `POST /v1/servers/{id}/addons/{id}` or `POST /v1/floating-ips/cancel`. `now` is always
 * sent, though the first has a default for it; the other two require a reason as well.
 */
export function toCancelRequest(order: CancelOrder<VpsbgTarget>, config: ResolvedVpsbgConfig): ProviderRequest {
  const { service, when, reasonText } = order;
  const now = when === 'immediate';
  const reason = reasonText ?? NEUTRAL_REASON;
  const common = { method: 'POST', effect: 'write', headers: authorization(config) } as const;
  switch (service.kind) {
    case 'server':
      return toServersRequest({ services: [service], when, reasonText }, config);
    case 'addon':
      return {
        ...common,
        path: ['v1', 'servers', String(service.serverId), 'addons', String(service.addonId)],
        json: { reason, now },
      };
    case 'floating_ip':
      return { ...common, path: ['v1', 'floating-ips', 'cancel'], json: { ids: [service.floatingIpId], now, reason } };
  }
}

/** `POST /v1/servers/cancel` for one or several servers. */
export function toServersRequest(order: TogetherOrder<VpsbgServer>, config: ResolvedVpsbgConfig): ProviderRequest {
  const { services, when, reasonText } = order;
  return {
    method: 'POST',
    effect: 'write',
    path: ['v1', 'servers', 'cancel'],
    headers: authorization(config),
    json: {
      server_ids: services.map(({ serverId }) => serverId),
      now: when === 'immediate',
      ...(reasonText === undefined ? {} : { reason: reasonText }),
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

/** `GET /v1/servers`, one server; that `per_page` is a parameter of it is inferred. */
export function toListRequest(config: ResolvedVpsbgConfig): ProviderRequest {
  return {
    method: 'GET',
    effect: 'read',
    path: ['v1', 'servers'],
    query: { per_page: '1' },
    headers: authorization(config),
  };
}

/** A DELETE whose path is inferred, and so can be set by the option `undoPath`. */
export function toUndoRequest(service: VpsbgServer, config: ResolvedVpsbgConfig): ProviderRequest {
  return {
    method: 'DELETE',
    effect: 'write',
    path: config.undoPath.map((segment) => (segment === '{server_id}' ? String(service.serverId) : segment)),
    headers: authorization(config),
    json: { server_ids: [service.serverId] },
  };
}

function authorization(config: ResolvedVpsbgConfig): { readonly authorization: string } {
  return { authorization: `Bearer ${config.token}` };
}
