import type { CancelOrder, ProviderRequest } from '../../src/provider/index.ts';
import type { ResolvedHostingConfig } from './config.ts';
import type { HostingService } from './service.ts';

/**
 * `DELETE /hosting/{id}` with a JSON body. `immediate` is always sent: an older version deleted immediately without it.
 */
export function toCancelRequest(order: CancelOrder<HostingService>, config: ResolvedHostingConfig): ProviderRequest {
  const { service, when, reasonText, reference } = order;
  return {
    method: 'DELETE',
    effect: 'write',
    path: ['hosting', service.hostingId],
    headers: {
      ...authorization(config),
      ...(reference === undefined ? {} : { 'client-request-id': headerText(reference) }),
    },
    json: { reason: reasonText, domain: service.domain, immediate: when === 'immediate' },
  };
}

/** `PATCH /hosting/{id}`, which undoes a cancellation for the end of the period. */
export function toResumeRequest(service: HostingService, config: ResolvedHostingConfig): ProviderRequest {
  return {
    method: 'PATCH',
    effect: 'write',
    path: ['hosting', service.hostingId],
    headers: authorization(config),
    json: { resumeService: true },
  };
}

/** `GET /hosting/{id}`. */
export function toHostingRequest(service: HostingService, config: ResolvedHostingConfig): ProviderRequest {
  return { method: 'GET', effect: 'read', path: ['hosting', service.hostingId], headers: authorization(config) };
}

/** `GET /hosting/{id}/history`, one page, of all events or of those of one earlier response. */
export function toHistoryRequest(
  service: HostingService,
  start: number,
  limit: number,
  config: ResolvedHostingConfig,
  responseId?: string,
): ProviderRequest {
  return {
    method: 'GET',
    effect: 'read',
    path: ['hosting', service.hostingId, 'history'],
    query: { start: String(start), limit: String(limit), ...(responseId === undefined ? {} : { responseId }) },
    headers: authorization(config),
  };
}

function authorization({ token, tokenHeader, tokenScheme }: ResolvedHostingConfig): Readonly<Record<string, string>> {
  return { [tokenHeader]: tokenScheme === '' ? token : `${tokenScheme} ${token}` };
}

/** A header carries ASCII only; another reference goes percent-encoded, so that it still comes back whole. */
function headerText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text);
}
