import { defined, type CancelOrder, type ProviderRequest } from '../../src/provider/index.ts';
import type { ResolvedLeasewebService } from './service.ts';

/** The timings that contracts have. Each contract has exactly one of them, which no request can change. */
export type LeasewebTiming = 'immediate' | 'end_of_period' | 'end_of_term';

/** A cancellation as the adapter is asked for it. */
export type LeasewebOrder = CancelOrder<ResolvedLeasewebService, LeasewebTiming>;

/** `GET /services/{id}` or `GET /instances/{instanceId}`. */
export function toReadRequest(service: ResolvedLeasewebService): ProviderRequest {
  return { method: 'GET', effect: 'read', path: pathOf(service) };
}

/** `GET /services`, one page. */
export function toProductsRequest(offset: number, limit: number): ProviderRequest {
  return { method: 'GET', effect: 'read', path: SERVICES, query: pageOf(offset, limit) };
}

/** `GET /instances` of Public Cloud, one page. */
export function toInstancesRequest(offset: number, limit: number): ProviderRequest {
  return { method: 'GET', effect: 'read', path: INSTANCES, query: pageOf(offset, limit) };
}

/** `GET /services/cancellationReasons`: the codes of this account. */
export function toReasonsRequest(): ProviderRequest {
  return { method: 'GET', effect: 'read', path: [...SERVICES, 'cancellationReasons'] };
}

/**
 * `POST /services/{id}/cancel`, or `DELETE /instances/{instanceId}`, after it was read. Neither carries a timing.
 *
 * @param asksFor the day on which a service ends, as far as it was read: a read-back is compared with it.
 */
export function toCancelRequest(
  { service, reasonText: reason, reasonCode }: LeasewebOrder,
  asksFor: string | undefined,
): ProviderRequest {
  const path = pathOf(service);
  if ('instanceId' in service) return { method: 'DELETE', effect: 'write', path, serviceSeen: true };
  const json = defined({ reason, reasonCode });
  const seen = { serviceSeen: true, ...defined({ asksFor }) };
  return { method: 'POST', effect: 'write', path: [...path, 'cancel'], json, ...seen };
}

/** `POST …/uncancel`, or `POST …/cancelTermination`. Neither has a body. */
export function toUndoRequest(service: ResolvedLeasewebService): ProviderRequest {
  const action = 'instanceId' in service ? 'cancelTermination' : 'uncancel';
  return { method: 'POST', effect: 'write', path: [...pathOf(service), action] };
}

const SERVICES = ['services', 'v1', 'services'];
const INSTANCES = ['publicCloud', 'v1', 'instances'];

function pageOf(offset: number, limit: number): Readonly<Record<string, string>> {
  return { limit: String(limit), offset: String(offset) };
}

function pathOf(service: ResolvedLeasewebService): readonly string[] {
  return 'instanceId' in service ? [...INSTANCES, service.instanceId] : [...SERVICES, service.serviceId];
}
