import type { WhereToLook } from '../../src/provider/index.ts';
import { CONTABO_BASE_URL, type ResolvedContaboConfig } from './config.ts';
import type { ResolvedContaboService } from './service.ts';

const PANEL = 'https://my.contabo.com';

/** Where a person finds an instance at Contabo. Sources: this folder's README. */
export function whereToLook({ instanceId }: ResolvedContaboService, { baseUrl }: ResolvedContaboConfig): WhereToLook {
  return {
    steps: [
      'Sign in to the Customer Control Panel of Contabo with its own password, which is not that of the API.',
      `Open VPS control or VDS control and the instance ${instanceId}.`,
      'Look for a cancellation and its date. That the page shows them is inferred: the documented page names the way to cancel.',
    ],
    ...(baseUrl === CONTABO_BASE_URL ? { url: PANEL } : {}),
    source: 'inferred',
  };
}
