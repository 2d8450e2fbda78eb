import type { CancelOrder, ProviderRequest } from 'cancelkit/provider';
import type { Config } from './config.ts';
import type { Service } from './service.ts';

/** `POST /v1/subscriptions/{id}/cancellation`. The timing is always sent; the API's default is not relied on. */
export function toCancelRequest(order: CancelOrder<Service>, config: Config): ProviderRequest {
  return {
    method: 'POST',
    effect: 'write',
    path: currentPath(order.service),
    headers: headersOf(config),
    json: { timing: order.when === 'immediate' ? 'now' : 'period_end', note: order.reasonText },
  };
}

/** `GET /v1/subscriptions/{id}/cancellation`, or that of one cancellation. */
export function toStatusRequest(service: Service, config: Config, cancellation?: string): ProviderRequest {
  const path = cancellation === undefined ? currentPath(service) : [...pathOf(service), 'cancellations', cancellation];
  return { method: 'GET', effect: 'read', path, headers: headersOf(config) };
}

/** `POST /v1/subscriptions/{id}/cancellation/withdrawal`. */
export function toRevokeRequest(service: Service, config: Config): ProviderRequest {
  const path = [...currentPath(service), 'withdrawal'];
  return { method: 'POST', effect: 'write', path, headers: headersOf(config), json: {} };
}

function currentPath(service: Service): readonly string[] {
  return [...pathOf(service), 'cancellation'];
}

function pathOf({ subscriptionId }: Service): readonly string[] {
  return ['v1', 'subscriptions', subscriptionId];
}

function headersOf({ token }: Config): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}
