import type { CancelOrder, ProviderRequest } from '../../src/provider/index.ts';
import type { ResolvedMittwaldConfig } from './config.ts';
import type { MittwaldService } from './service.ts';

/** The timings that the API has. */
export type MittwaldTiming = 'earliest' | 'on_date';

/** `GET /v2/contracts/{contractId}`, or the item. */
export function toServiceRequest(service: MittwaldService, config: ResolvedMittwaldConfig): ProviderRequest {
  return { method: 'GET', effect: 'read', path: pathOf(service), headers: authorization(config) };
}

/**
 * `POST …/termination`. Without a date, the API takes the next possible one [D]. A date is sent at the time of day of the
 * next possible one, since a target has to fit the periods of the contract.
 *
 * @param next the next possible instant, if the API told it.
 */
export function toTerminationRequest(
  { service, when, reasonText }: CancelOrder<MittwaldService, MittwaldTiming>,
  next: string | undefined,
  config: ResolvedMittwaldConfig,
): ProviderRequest {
  const asksFor = when === 'earliest' ? next?.slice(0, 10) : when.on;
  return {
    method: 'POST',
    effect: 'write',
    path: [...pathOf(service), 'termination'],
    headers: authorization(config),
    json: {
      ...(reasonText === undefined ? {} : { reason: reasonText }),
      ...(when === 'earliest' ? {} : { terminationTargetDate: `${when.on}${next?.slice(10) ?? 'T00:00:00.000Z'}` }),
    },
    ...(asksFor === undefined ? {} : { asksFor }),
  };
}

/** `DELETE …/termination`, which has no body. */
export function toUndoRequest(service: MittwaldService, config: ResolvedMittwaldConfig): ProviderRequest {
  return {
    method: 'DELETE',
    effect: 'write',
    path: [...pathOf(service), 'termination'],
    headers: authorization(config),
  };
}

/** `GET /v2/customers`, one customer. */
export function toCustomersRequest(config: ResolvedMittwaldConfig): ProviderRequest {
  return {
    method: 'GET',
    effect: 'read',
    path: ['v2', 'customers'],
    query: { limit: '1' },
    headers: authorization(config),
  };
}

function pathOf({ contractId, contractItemId }: MittwaldService): readonly string[] {
  const item = contractItemId === undefined ? [] : ['items', contractItemId];
  return ['v2', 'contracts', contractId, ...item];
}

function authorization({ token }: ResolvedMittwaldConfig): Readonly<Record<string, string>> {
  return { 'x-access-token': token };
}
