import {
  defineProvider,
  type Account,
  type CancelVerdict,
  type ConfigSource,
  type Exchange,
  type Provider,
  type RevokeVerdict,
  type StatusVerdict,
  type BatchOrder,
  type When,
} from '../../src/provider/index.ts';
import { listServices } from './find.ts';
import { vpsbgCheck } from './check.ts';
import { vpsbgConfigSchema, vpsbgEnv, type ResolvedVpsbgConfig, type VpsbgConfig } from './config.ts';
import { toCancelRequest, toServerRequest, toServersRequest, toUndoRequest } from './request.ts';
import { fromCancelResponse, fromUndoResponse } from './response.ts';
import {
  vpsbgServiceSchema,
  type VpsbgAddon,
  type VpsbgServer,
  type VpsbgService,
  type VpsbgTarget,
} from './service.ts';
import { fromServerOfAddon, fromServerResponse, readFloatingIp } from './status.ts';
import { whereToLook } from './where-to-look.ts';

export type { VpsbgConfig } from './config.ts';
export type { VpsbgService } from './service.ts';

/** VPSBG's API. Its facts, their sources and the table of answers are in this folder's README. */
export const vpsbgProvider: Provider<
  'vpsbg',
  VpsbgConfig,
  VpsbgService,
  When,
  'cancel' | 'status' | 'revoke' | 'find'
> = defineProvider({
  specVersion: 2,
  id: 'vpsbg',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'optional', maxLength: 1000 },
    readBack: true,
    revoke: true,
    find: true,
    immediateDestroysData: 'later',
    recognizesRepeat: 'no',
    concurrency: 2,
    batch: { max: 50 },
  },
  config: vpsbgConfigSchema,
  env: vpsbgEnv,
  service: vpsbgServiceSchema,
  serviceForms: [
    { example: { serverId: 7301 }, plainId: /^\d+$/ },
    { example: { serverId: 7301, addonId: 12 } },
    { example: { floatingIpId: 608 } },
  ],
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
  check: vpsbgCheck,
});

/** What {@link vpsbg} returns. */
export type VpsbgAccount = Account<'vpsbg', VpsbgService, When, 'cancel' | 'status' | 'revoke' | 'find'>;

/**
 * An account at VPSBG.
 *
 * @param config the token, an (async) function that returns it, or nothing for `VPSBG_TOKEN`. Read at each call.
 */
export function vpsbg(config?: ConfigSource<VpsbgConfig>): VpsbgAccount {
  return vpsbgProvider.account(config);
}

function* cancelServers(order: BatchOrder<VpsbgServer>, config: ResolvedVpsbgConfig): Exchange<CancelVerdict> {
  const response = yield toServersRequest(order, config);
  const [service] = order.services;
  return service === undefined ? { verdict: 'unrecognized' } : fromCancelResponse(response, { ...order, service });
}

function* readServer(service: VpsbgServer | VpsbgAddon, config: ResolvedVpsbgConfig): Exchange<StatusVerdict> {
  const response = yield toServerRequest(service, config);
  return service.kind === 'server' ? fromServerResponse(response, service) : fromServerOfAddon(response, service);
}

function* undo(service: VpsbgTarget, config: ResolvedVpsbgConfig): Exchange<RevokeVerdict> {
  return fromUndoResponse(yield toUndoRequest(service, config), service);
}
