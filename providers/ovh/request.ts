import { defined, type ConfirmOrder, type ProviderRequest } from '../../src/provider/index.ts';
import type { OvhExtras } from './extras.ts';
import type { ResolvedOvhService } from './service.ts';

/** The timings that the API has. */
export type OvhTiming = 'end_of_period' | 'end_of_term' | 'immediate';

/** What the API calls each timing, as an action that it offers and as a policy that it takes. */
export const ACTIONS = {
  end_of_period: 'terminateAtExpirationDate',
  end_of_term: 'terminateAtEngagementDate',
  immediate: 'terminate',
} as const;

/** `GET /services?resourceName=…`: the ids of the services with this name. Without a name: of all. */
export function toListRequest(resourceName?: string): ProviderRequest {
  const query = defined({ resourceName });
  return { method: 'GET', effect: 'read', path: ['1.0', 'services'], query };
}

/** `GET /services/{serviceId}`. */
export function toServiceRequest(serviceId: number): ProviderRequest {
  return { method: 'GET', effect: 'read', path: ['1.0', 'services', String(serviceId)] };
}

/** `PUT /services/{serviceId}`; the policy `empty` undoes the others. */
export function toPolicyRequest(
  serviceId: number,
  terminationPolicy: 'empty' | (typeof ACTIONS)[keyof typeof ACTIONS],
): ProviderRequest {
  const path = ['1.0', 'services', String(serviceId)];
  // An undo is never cleared up by an absence.
  const seen = terminationPolicy === 'empty' ? {} : { serviceSeen: true };
  return { method: 'PUT', effect: 'write', path, json: { terminationPolicy }, ...seen };
}

/** `POST …/terminate`, which has no body: asks for an e-mail with a token. */
export function toTerminateRequest({ named, serviceId }: ResolvedOvhService): ProviderRequest {
  const path = named === undefined ? ['services', String(serviceId)] : [...named.product.split('/'), named.serviceName];
  return { method: 'POST', effect: 'write', path: ['1.0', ...path, 'terminate'], serviceSeen: true };
}

/** `POST …/confirmTermination`, or `POST /services/{serviceId}/terminate/confirm`, which takes the token alone. */
export function toConfirmRequest({
  service: { named, serviceId },
  token,
  reasonCode: reason,
  reasonText: commentary,
  extras,
}: ConfirmOrder<ResolvedOvhService, OvhExtras>): ProviderRequest {
  if (named === undefined) {
    const path = ['1.0', 'services', String(serviceId), 'terminate', 'confirm'];
    return { method: 'POST', effect: 'write', path, json: { token } };
  }
  const path = ['1.0', ...named.product.split('/'), named.serviceName, 'confirmTermination'];
  const json = { token, ...defined({ reason, commentary, futureUse: extras?.futureUse }) };
  return { method: 'POST', effect: 'write', path, json };
}
