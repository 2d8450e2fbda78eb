import type { WhereToLook } from '../../src/provider/index.ts';
import { LEASEWEB_BASE_URL, type ResolvedLeasewebConfig } from './config.ts';
import type { ResolvedLeasewebService } from './service.ts';

const PORTAL = 'https://secure.leaseweb.com/';

/** Where a person finds a service or an instance at Leaseweb. Sources: this folder's README. */
export function whereToLook(service: ResolvedLeasewebService, { baseUrl }: ResolvedLeasewebConfig): WhereToLook {
  const address = baseUrl === LEASEWEB_BASE_URL ? { url: PORTAL } : {};
  if ('instanceId' in service) {
    return {
      steps: [
        'Sign in to the Customer Portal of Leaseweb.',
        `Open Public Cloud and the instance ${service.instanceId}. Where the portal shows its contract is inferred.`,
        'Look for the end of the contract. An instance with an hourly contract is gone as soon as it was cancelled.',
      ],
      ...address,
      source: 'inferred',
    };
  }
  return {
    steps: [
      'Sign in to the Customer Portal of Leaseweb as a user with the Finance role.',
      `Open Services and the service ${service.serviceId}.`,
      'Look whether it offers to revert a cancellation, and for the end date.',
    ],
    ...address,
    source: 'documented',
  };
}
