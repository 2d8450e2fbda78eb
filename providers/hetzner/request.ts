import { defined, type CancelOrder, type ProviderRequest } from '../../src/provider/index.ts';
import type { HetznerExtras } from './extras.ts';
import type { ResolvedHetznerService } from './service.ts';

/** The timings that the API has. */
export type HetznerTiming = 'immediate' | 'earliest' | 'on_date';

/** An order as the core checked it. */
export type HetznerOrder = CancelOrder<ResolvedHetznerService, HetznerTiming, HetznerExtras>;

/** `GET /server/{server_number}/cancellation`: what is possible, or the cancellation that exists. */
export function toReadRequest(service: ResolvedHetznerService): ProviderRequest {
  return { method: 'GET', effect: 'read', path: pathOf(service) };
}

/**
 * `POST /server/{server_number}/cancellation`, after it was read.
 *
 * @param earliest the earliest possible date, as it was read.
 */
export function toCancellationRequest(
  { service, when, reasonCode: cancellation_reason, extras }: HetznerOrder,
  earliest: string,
): ProviderRequest {
  const asksFor = when === 'immediate' ? undefined : when === 'earliest' ? earliest : when.on;
  const reserve = extras?.reserveLocation;
  const form = {
    cancellation_date: asksFor ?? 'now',
    ...defined({ cancellation_reason, reserve_location: reserve === undefined ? undefined : String(reserve) }),
  };
  return { method: 'POST', effect: 'write', path: pathOf(service), form, serviceSeen: true, ...defined({ asksFor }) };
}

/** `DELETE /server/{server_number}/cancellation`, which has no body. */
export function toUndoRequest(service: ResolvedHetznerService): ProviderRequest {
  return { method: 'DELETE', effect: 'write', path: pathOf(service) };
}

/** `GET /server`: every server of the account. */
export function toServersRequest(): ProviderRequest {
  return { method: 'GET', effect: 'read', path: ['server'] };
}

function pathOf({ serverNumber }: ResolvedHetznerService): readonly string[] {
  return ['server', serverNumber, 'cancellation'];
}
