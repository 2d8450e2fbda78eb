import type { WhereToLook } from '../../src/provider/index.ts';
import type { ResolvedHostbillConfig } from './config.ts';
import type { ResolvedHostbillService } from './service.ts';

/** Where a person finds a service in a HostBill portal. Sources: this folder's README. */
export function whereToLook({ serviceId }: ResolvedHostbillService, { baseUrl }: ResolvedHostbillConfig): WhereToLook {
  const portal = /\/api$/i.test(baseUrl) ? baseUrl.replace(/\/api$/i, '/') : undefined;
  return {
    steps: [
      portal === undefined
        ? 'Sign in to the client area of this host. Its address does not follow from that of the API: the host says where it is.'
        : 'Sign in to the client area of this host.',
      `Choose the service with the number ${serviceId} under Services.`,
      'Look for a cancellation request, its kind and the date of the renewal. That the page shows a request is inferred; the staff of the host see it.',
    ],
    ...(portal === undefined ? {} : { url: portal }),
    source: 'inferred',
  };
}
