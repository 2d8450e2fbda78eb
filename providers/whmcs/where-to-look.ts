import type { WhereToLook } from '../../src/provider/index.ts';
import type { ResolvedWhmcsConfig } from './config.ts';
import type { ResolvedWhmcsService } from './service.ts';

/** Where a person finds a service in WHMCS. Sources: this folder's README. */
export function whereToLook({ serviceId }: ResolvedWhmcsService, { baseUrl }: ResolvedWhmcsConfig): WhereToLook {
  return {
    steps: [
      'Sign in to the admin area of WHMCS. That its directory is admin is inferred: an installation can rename it.',
      `Open Clients > Products/Services and the service with the number ${serviceId}. Look at its status, its next due date and Auto-Terminate End of Cycle.`,
      'Open Clients > Cancellation Requests and look for the service among the open and the completed requests.',
    ],
    url: `${baseUrl}/admin/clientsservices.php?id=${serviceId}`,
    source: 'inferred',
  };
}
