import type { WhereToLook } from '../../src/provider/index.ts';
import { VPSBG_BASE_URL, type ResolvedVpsbgConfig } from './config.ts';
import type { ResolvedVpsbgService } from './service.ts';

const CLIENT_AREA = 'https://secure.vpsbg.eu/login';

/** Where a person finds a service at VPSBG. Sources: this folder's README. */
export function whereToLook(service: ResolvedVpsbgService, { baseUrl }: ResolvedVpsbgConfig): WhereToLook {
  return {
    steps: [
      'Sign in to the client area of VPSBG.',
      `Open ${nameOf(service)}.`,
      'Look for a request to cancel and for the date on which it expires. That the page shows them is inferred from the API, which has both.',
    ],
    ...(baseUrl === VPSBG_BASE_URL ? { url: CLIENT_AREA } : {}),
    source: 'inferred',
  };
}

function nameOf(service: ResolvedVpsbgService): string {
  if (service.kind === 'floating_ip') return `the floating IP with the number ${service.floatingIpId}`;
  const server = `the server with the number ${service.serverId}`;
  return service.kind === 'addon' ? `${server}, and its addon with the number ${service.addonId}` : server;
}
