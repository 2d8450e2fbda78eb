import type { CancelOrder, ProviderRequest, When } from '../../src/provider/index.ts';
import type { ResolvedWhmcsConfig } from './config.ts';
import type { ResolvedWhmcsService } from './service.ts';

const TYPES: { readonly [Timing in When]: string } = {
  immediate: 'Immediate',
  end_of_period: 'End of Billing Period',
};

/** Action `AddCancelRequest`. */
export function toCancelRequest(
  order: CancelOrder<ResolvedWhmcsService>,
  config: ResolvedWhmcsConfig,
): ProviderRequest {
  return toAction('AddCancelRequest', 'write', config, {
    serviceid: order.service.serviceId,
    type: TYPES[order.when],
    ...(order.reasonText === undefined ? {} : { reason: order.reasonText }),
  });
}

/** Action `GetClientsProducts` for one service. */
export function toServiceRequest(service: ResolvedWhmcsService, config: ResolvedWhmcsConfig): ProviderRequest {
  return toAction('GetClientsProducts', 'read', config, { serviceid: service.serviceId });
}

/** Action `GetClientsProducts`, one page of all clients' services. */
export function toServicesRequest(start: number, limit: number, config: ResolvedWhmcsConfig): ProviderRequest {
  return toAction('GetClientsProducts', 'read', config, { limitstart: String(start), limitnum: String(limit) });
}

/** Action `GetCancelledPackages`, one page: it has no filter. */
export function toCancellationsRequest(start: number, limit: number, config: ResolvedWhmcsConfig): ProviderRequest {
  return toAction('GetCancelledPackages', 'read', config, { limitstart: String(start), limitnum: String(limit) });
}

function toAction(
  action: string,
  effect: 'read' | 'write',
  config: ResolvedWhmcsConfig,
  parameters: Readonly<Record<string, string>>,
): ProviderRequest {
  return {
    method: 'POST',
    effect,
    path: ['includes', 'api.php'],
    form: { ...config.credentials, action, responsetype: 'json', ...parameters },
  };
}
