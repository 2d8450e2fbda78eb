import type { WhereToLook } from '../../src/provider/index.ts';
import { EDIS_BASE_URL, type ResolvedEdisConfig } from './config.ts';
import type { ResolvedEdisService } from './service.ts';

const PORTAL = 'https://docs.edisglobal.com/vps-management-portal';

/** Where a person finds a service at EDIS. Sources: this folder's README. */
export function whereToLook({ field, value }: ResolvedEdisService, { baseUrl }: ResolvedEdisConfig): WhereToLook {
  const name = field === 'kvmid' ? `the server ${value}` : `the service with the number ${value}`;
  return {
    steps: [
      'Sign in to the client area of EDIS Global with the address and the password of this account. The page on the VPS management portal links to it.',
      `Open Services and ${name}.`,
      'Look for a pending cancellation or an end date. That the page shows one is inferred; if it shows none, ask the support.',
    ],
    ...(baseUrl === EDIS_BASE_URL ? { url: PORTAL } : {}),
    source: 'inferred',
  };
}
