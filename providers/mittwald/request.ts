import { defined, type CancelOrder, type ProviderRequest } from '../../src/provider/index.ts';
import type { MittwaldService } from './service.ts';

/** The timings that the API has. */
export type MittwaldTiming = 'earliest' | 'on_date';

/** `GET /v2/contracts/{contractId}`, or the item. */
export function toServiceRequest(service: MittwaldService): ProviderRequest {
  return { method: 'GET', effect: 'read', path: pathOf(service) };
}

/**
 * `POST …/termination`, after the service was read. Without a date, the API takes the next possible one [D]. A date is
 * sent with the time of day of the next possible one, since a target has to fit the periods of the contract.
 *
 * @param next the next possible instant, if the API shows it.
 */
export function toTerminationRequest(
  { service, when, reasonText: reason }: CancelOrder<MittwaldService, MittwaldTiming>,
  next: string | undefined,
): ProviderRequest {
  const date = when === 'earliest' ? undefined : `${when.on}${next?.slice(10) || 'T00:00:00.000Z'}`;
  const json = defined({ reason, terminationTargetDate: date });
  const asksFor = (date ?? next)?.slice(0, 10);
  const path = pathOf(service, 'termination');
  return { method: 'POST', effect: 'write', path, json, serviceSeen: true, ...defined({ asksFor }) };
}

/** `DELETE …/termination`, which has no body. */
export function toUndoRequest(service: MittwaldService): ProviderRequest {
  return { method: 'DELETE', effect: 'write', path: pathOf(service, 'termination') };
}

/** `GET /v2/customers`. */
export function toCustomersRequest(limit: number): ProviderRequest {
  return { method: 'GET', effect: 'read', path: ['v2', 'customers'], query: { limit: String(limit) } };
}

/** `GET /v2/customers/{customerId}/contracts`, one page. */
export function toContractsRequest(customerId: string, skip: number, limit: number): ProviderRequest {
  const query = { limit: String(limit), skip: String(skip) };
  return { method: 'GET', effect: 'read', path: ['v2', 'customers', customerId, 'contracts'], query };
}

function pathOf({ contractId, contractItemId }: MittwaldService, ...rest: readonly string[]): readonly string[] {
  return ['v2', 'contracts', contractId, ...(contractItemId === undefined ? [] : ['items', contractItemId]), ...rest];
}
