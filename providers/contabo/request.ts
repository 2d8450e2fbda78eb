import type { CancelOrder, ProviderRequest } from '../../src/provider/index.ts';
import { LOGIN_PATH, type ResolvedContaboConfig } from './config.ts';
import type { ResolvedContaboService } from './service.ts';

/** The timings that the API has. */
export type ContaboTiming = 'earliest' | 'on_date';

/** `POST …/openid-connect/token` at the origin `auth`, which obtains a token. */
export function toLoginRequest({ clientId, clientSecret, username, password }: ResolvedContaboConfig): ProviderRequest {
  const client = { client_id: clientId, client_secret: clientSecret };
  return {
    method: 'POST',
    effect: 'read',
    origin: 'auth',
    authenticated: false,
    path: LOGIN_PATH,
    form: { grant_type: 'password', ...client, username, password },
  };
}

/** `GET /v1/compute/instances/{instanceId}`. */
export function toInstanceRequest({ instanceId }: ResolvedContaboService): ProviderRequest {
  return { method: 'GET', effect: 'read', ...at(instanceId) };
}

/**
 * `POST …/cancel`, after the instance was read. The API takes an instant and answers with a day. Noon in UTC is on that
 * day in every time zone from UTC−12 to UTC+11, so that no server makes it the day before. Without a date, the body is
 * an empty object: the description requires a body, and no field of it. It does not say `serviceSeen`: a cancellation
 * does not take the instance away now, so that a 404 after a lost response proves nothing.
 */
export function toCancelRequest({
  service: { instanceId },
  when,
}: CancelOrder<ResolvedContaboService, ContaboTiming>): ProviderRequest {
  const json = when === 'earliest' ? {} : { cancelDate: `${when.on}T12:00:00.000Z` };
  return { method: 'POST', effect: 'write', ...at(instanceId, 'cancel'), json };
}

/** `GET /v1/compute/instances`, one page. */
export function toInstancesRequest(page: number, size: number): ProviderRequest {
  return { method: 'GET', effect: 'read', ...at(), query: { page: String(page), size: String(size) } };
}

function at(...path: readonly string[]): Pick<ProviderRequest, 'path' | 'requestIdHeader'> {
  return { path: ['v1', 'compute', 'instances', ...path], requestIdHeader: 'x-request-id' };
}
