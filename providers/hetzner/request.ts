import { defined, type CancelOrder, type ProviderRequest } from '../../src/provider/index.ts';
import type { ResolvedHetznerConfig } from './config.ts';
import type { HetznerExtras, ResolvedHetznerService } from './service.ts';

/** The timings that the API has. */
export type HetznerTiming = 'immediate' | 'earliest' | 'on_date';

/** An order as the core checked it. */
export type HetznerOrder = CancelOrder<ResolvedHetznerService, HetznerTiming, HetznerExtras>;

/** `GET /server/{server_number}/cancellation`: what is possible, or the cancellation that exists. */
export function toReadRequest(service: ResolvedHetznerService, config: ResolvedHetznerConfig): ProviderRequest {
  return { method: 'GET', effect: 'read', ...at(['server', service.serverNumber, 'cancellation'], config) };
}

/**
 * `POST /server/{server_number}/cancellation`, after it was read.
 *
 * @param earliest the earliest possible date, as it was read.
 */
export function toCancellationRequest(
  { service, when, reasonCode, extras }: HetznerOrder,
  earliest: string,
  config: ResolvedHetznerConfig,
): ProviderRequest {
  const date = when === 'immediate' ? undefined : when === 'earliest' ? earliest : when.on;
  const form = {
    cancellation_date: date ?? 'now',
    ...(reasonCode === undefined ? {} : { cancellation_reason: reasonCode }),
    ...(extras?.reserveLocation === undefined ? {} : { reserve_location: String(extras.reserveLocation) }),
  };
  const path = ['server', service.serverNumber, 'cancellation'];
  const read = { serviceSeen: true, ...defined({ asksFor: date }) };
  return { method: 'POST', effect: 'write', ...at(path, config), form, ...read };
}

/** `DELETE /server/{server_number}/cancellation`, which has no body. */
export function toUndoRequest(service: ResolvedHetznerService, config: ResolvedHetznerConfig): ProviderRequest {
  return { method: 'DELETE', effect: 'write', ...at(['server', service.serverNumber, 'cancellation'], config) };
}

/** `GET /server`: every server of the account. */
export function toServersRequest(config: ResolvedHetznerConfig): ProviderRequest {
  return { method: 'GET', effect: 'read', ...at(['server'], config) };
}

function at(path: readonly string[], { login }: ResolvedHetznerConfig): Pick<ProviderRequest, 'path' | 'headers'> {
  return { path, headers: { authorization: `Basic ${login}` } };
}
