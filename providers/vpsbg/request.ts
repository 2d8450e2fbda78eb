import type { CancelOrder, ProviderRequest, BatchOrder } from '../../src/provider/index.ts';
import type { ResolvedVpsbgConfig } from './config.ts';
import type { VpsbgAddon, VpsbgServer, ResolvedVpsbgService } from './service.ts';

/** What is sent as the reason if the API requires one and none was given. */
export const NEUTRAL_REASON = 'Cancelled by the account holder';

/**
 * `POST /v1/servers/cancel`, `POST /v1/servers/{id}/addons/{id}` or `POST /v1/floating-ips/cancel`. `now` is always
 * sent, though the first has a default for it; an addon requires a reason as well.
 */
export function toCancelRequest(
  order: CancelOrder<ResolvedVpsbgService>,
  config: ResolvedVpsbgConfig,
): ProviderRequest {
  const { service, when, reasonText } = order;
  const now = when === 'immediate';
  const common = { method: 'POST', effect: 'write', headers: authorization(config) } as const;
  switch (service.kind) {
    case 'server':
      return toServersRequest({ services: [service], when, reasonText }, config);
    case 'addon':
      return {
        ...common,
        path: ['v1', 'servers', String(service.serverId), 'addons', String(service.addonId)],
        json: { reason: reasonText ?? NEUTRAL_REASON, now },
      };
    case 'floating_ip':
      return {
        ...common,
        path: ['v1', 'floating-ips', 'cancel'],
        json: { ids: [service.floatingIpId], now, ...(reasonText === undefined ? {} : { reason: reasonText }) },
      };
  }
}

/** `POST /v1/servers/cancel` for one or several servers. */
export function toServersRequest(order: BatchOrder<VpsbgServer>, config: ResolvedVpsbgConfig): ProviderRequest {
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
export function toServerRequest(service: VpsbgServer | VpsbgAddon, config: ResolvedVpsbgConfig): ProviderRequest {
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

/** `GET /v1/servers`: a page of the active and suspended ones. The parameters are inferred from its `meta`. */
export function toServersPageRequest(page: number, size: number, config: ResolvedVpsbgConfig): ProviderRequest {
  return {
    method: 'GET',
    effect: 'read',
    path: ['v1', 'servers'],
    query: { page: String(page), per_page: String(size) },
    headers: authorization(config),
  };
}

/** `GET /v1/floating-ips`: a page of the active and suspended ones. */
export function toFloatingIpsRequest(page: number, config: ResolvedVpsbgConfig): ProviderRequest {
  return {
    method: 'GET',
    effect: 'read',
    path: ['v1', 'floating-ips'],
    query: { page: String(page), per_page: '100' },
    headers: authorization(config),
  };
}

/** A DELETE whose path is inferred, and so can be set by an option of its own for each kind of service. */
export function toUndoRequest(service: ResolvedVpsbgService, config: ResolvedVpsbgConfig): ProviderRequest {
  const common = { method: 'DELETE', effect: 'write', headers: authorization(config) } as const;
  switch (service.kind) {
    case 'server': {
      const ids = { '{server_id}': service.serverId };
      return { ...common, path: filled(config.undoPath, ids), json: { server_ids: [service.serverId] } };
    }
    case 'addon': {
      const ids = { '{server_id}': service.serverId, '{addon_id}': service.addonId };
      return { ...common, path: filled(config.addonUndoPath, ids), json: {} };
    }
    case 'floating_ip': {
      const ids = { '{floating_ip_id}': service.floatingIpId };
      return { ...common, path: filled(config.floatingIpUndoPath, ids), json: { ids: [service.floatingIpId] } };
    }
  }
}

function filled(path: readonly string[], ids: Readonly<Record<string, number>>): readonly string[] {
  return path.map((segment) => (Object.hasOwn(ids, segment) ? String(ids[segment]) : segment));
}

function authorization(config: ResolvedVpsbgConfig): { readonly authorization: string } {
  return { authorization: `Bearer ${config.token}` };
}
