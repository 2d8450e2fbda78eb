import type { WhereToLook } from '../../src/provider/index.ts';
import { MITTWALD_BASE_URL, type ResolvedMittwaldConfig } from './config.ts';
import type { MittwaldService } from './service.ts';

const STUDIO = 'https://studio.mittwald.de/';

/** Where a person finds a contract at mittwald. Sources: this folder's README. */
export function whereToLook(
  { contractId, contractItemId }: MittwaldService,
  { baseUrl }: ResolvedMittwaldConfig,
): WhereToLook {
  const item = contractItemId === undefined ? '' : `, and its item ${contractItemId}`;
  return {
    steps: [
      'Sign in to mStudio.',
      `Open the contracts of the organization and the contract ${contractId}${item}.`,
      'Look for a termination and its date. Where mStudio shows them is inferred from the API, which has both.',
    ],
    ...(baseUrl === MITTWALD_BASE_URL ? { url: STUDIO } : {}),
    source: 'inferred',
  };
}
