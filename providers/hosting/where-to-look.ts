import type { WhereToLook } from '../../src/provider/index.ts';
import type { ResolvedHostingConfig } from './config.ts';
import type { HostingService } from './service.ts';

/** Where a person finds a hosting. Which panel belongs to a Hosting API is nowhere documented. */
export function whereToLook({ hostingId, domain }: HostingService, { baseUrl }: ResolvedHostingConfig): WhereToLook {
  return {
    steps: [
      'Sign in to the panel of the company that runs this Hosting API. That it is at the host of the API is inferred: ask the company if it is not.',
      `Search for the domain ${domain} and open the hosting ${hostingId}.`,
      'Look for a job that cancels the hosting, whether it is done, new or failed, and for the end of the service. The API has both; that the panel shows them is inferred.',
    ],
    url: `${new URL(baseUrl).origin}/`,
    source: 'inferred',
  };
}
