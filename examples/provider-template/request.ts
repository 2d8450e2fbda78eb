import type { CancelOrder, ProviderRequest } from 'cancelkit';
import type { Config } from './config.ts';
import type { Service } from './service.ts';

/** `POST /v1/subscriptions/{id}/cancellation`. The timing is always sent; the API's default is not relied on. */
export function toCancelRequest(order: CancelOrder<Service>, config: Config): ProviderRequest {
  return {
    method: 'POST',
    effect: 'write',
    path: pathOf(order.service),
    headers: headersOf(config),
    json: { timing: order.when === 'immediate' ? 'now' : 'period_end', note: order.reasonText },
  };
}

/** `GET /v1/subscriptions/{id}/cancellation`. */
export function toStatusRequest(service: Service, config: Config): ProviderRequest {
  return { method: 'GET', effect: 'read', path: pathOf(service), headers: headersOf(config) };
}

function pathOf({ subscriptionId }: Service): readonly string[] {
  return ['v1', 'subscriptions', subscriptionId, 'cancellation'];
}

function headersOf({ token }: Config): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}
