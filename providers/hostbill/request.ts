import type { CancelOrder, ProviderRequest } from '../../src/provider/index.ts';
import type { ResolvedHostbillService } from './service.ts';

/** `POST /service/{id}/cancel`. The timing is always sent: without it, the portal takes the end of the period. */
export function toCancelRequest({ service, when, reasonText }: CancelOrder<ResolvedHostbillService>): ProviderRequest {
  const json = { immediate: when === 'immediate', reason: reasonText };
  return { method: 'POST', effect: 'write', path: [...pathOf(service), 'cancel'], json };
}

/** `GET /service/{id}`. */
export function toServiceRequest(service: ResolvedHostbillService): ProviderRequest {
  return { method: 'GET', effect: 'read', path: pathOf(service) };
}

/** `GET /service`, which has no filter. */
export function toListRequest(): ProviderRequest {
  return { method: 'GET', effect: 'read', path: ['service'] };
}

function pathOf({ serviceId }: ResolvedHostbillService): readonly string[] {
  return ['service', serviceId];
}
