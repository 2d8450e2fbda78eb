import type { WhereToLook } from '../../src/provider/index.ts';
import { OVH_ADDRESSES, type ResolvedOvhConfig } from './config.ts';
import type { ResolvedOvhService } from './service.ts';

/** Where a person finds a service at OVHcloud. Sources: this folder's README. */
export function whereToLook({ serviceId, named }: ResolvedOvhService, { baseUrl }: ResolvedOvhConfig): WhereToLook {
  const url = PANELS.get(baseUrl);
  const name = named === undefined ? `the service with the number ${serviceId}` : `the service ${named.serviceName}`;
  return {
    steps: [
      'Sign in to the OVHcloud Control Panel of the region that the keys belong to, as a billing contact of the service.',
      `Open My services and ${name}.`,
      'Look at the state of its renewal and at the date on which it ends.',
    ],
    ...(url === undefined ? {} : { url }),
    source: 'seen',
  };
}

/** The Control Panel of each region, by the address of its API. */
const PANELS: ReadonlyMap<string, string> = new Map([
  [OVH_ADDRESSES['ovh-eu'], 'https://manager.eu.ovhcloud.com/'],
  [OVH_ADDRESSES['ovh-ca'], 'https://manager.ca.ovhcloud.com/'],
  [OVH_ADDRESSES['ovh-us'], 'https://manager.us.ovhcloud.com/'],
]);
