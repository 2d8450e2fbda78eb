import type {
  CancelVerdict,
  Exchange,
  RevokeVerdict,
  StatusVerdict,
  BatchOrder,
  ProviderDefinition,
} from '../../src/provider/index.ts';
import { checkCredentials } from './check.ts';
import { vpsbgConfigSchema, type ResolvedVpsbgConfig } from './config.ts';
import { listServices } from './find.ts';
import { vpsbgProfile, type VpsbgTypes } from './profile.ts';
import { toCancelRequest, toServerRequest, toServersRequest, toUndoRequest } from './request.ts';
import { fromCancelResponse, fromUndoResponse } from './response.ts';
import { vpsbgServiceSchema, type VpsbgAddon, type VpsbgServer, type ResolvedVpsbgService } from './service.ts';
import { fromServerOfAddon, fromServerResponse, readFloatingIp } from './status.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const vpsbgDefinition: ProviderDefinition<VpsbgTypes> = {
  ...vpsbgProfile,
  config: vpsbgConfigSchema,
  service: vpsbgServiceSchema,
  baseUrl: (config) => config.baseUrl,
  whereToLook,
  secrets: (config) => [config.token],
  *cancel(order, config) {
    return fromCancelResponse(yield toCancelRequest(order, config), order);
  },
  cancelBatch({ services, when, reasonText }, config) {
    const servers = services.filter((service) => service.kind === 'server');
    return servers.length === services.length
      ? cancelServers({ services: servers, when, reasonText }, config)
      : undefined;
  },
  status: (service, config) =>
    service.kind === 'floating_ip' ? readFloatingIp(service, config) : readServer(service, config),
  revoke: undo,
  find: listServices,
  check: checkCredentials,
};

function* cancelServers(order: BatchOrder<VpsbgServer>, config: ResolvedVpsbgConfig): Exchange<CancelVerdict> {
  const response = yield toServersRequest(order, config);
  const [service] = order.services;
  return service === undefined ? { verdict: 'unrecognized' } : fromCancelResponse(response, { ...order, service });
}

function* readServer(service: VpsbgServer | VpsbgAddon, config: ResolvedVpsbgConfig): Exchange<StatusVerdict> {
  const response = yield toServerRequest(service, config);
  return service.kind === 'server' ? fromServerResponse(response, service) : fromServerOfAddon(response, service);
}

function* undo(service: ResolvedVpsbgService, config: ResolvedVpsbgConfig): Exchange<RevokeVerdict> {
  return fromUndoResponse(yield toUndoRequest(service, config), service);
}
