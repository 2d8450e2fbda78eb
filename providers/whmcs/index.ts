import type { Account, ConfigSource, Provider, When } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { WhmcsConfig } from './config.ts';
import { whmcsCheck, whmcsProfile, type WhmcsOperation } from './profile.ts';
import type { WhmcsService } from './service.ts';

export type { WhmcsAdminCredentials, WhmcsApiCredentials, WhmcsConfig, WhmcsHashedCredentials } from './config.ts';
export type { WhmcsService } from './service.ts';

/**
 * WHMCS's API action AddCancelRequest. Its facts, their sources and the table of answers are in this folder's README.
 */
export const whmcsProvider: Provider<'whmcs', WhmcsConfig, WhmcsService, When, WhmcsOperation> = defineLazyProvider(
  { ...whmcsProfile, check: whmcsCheck },
  async () => {
    return (await import('./definition.ts')).whmcsDefinition;
  },
);

/** What {@link whmcs} returns. */
export type WhmcsAccount = Account<'whmcs', WhmcsService, When, WhmcsOperation>;

/**
 * An account at an installation of WHMCS.
 *
 * @param config address and credentials, an (async) function that returns them, or nothing for `WHMCS_URL`,
 * `WHMCS_IDENTIFIER` and `WHMCS_SECRET`. Read at each call.
 */
export function whmcs(config?: ConfigSource<WhmcsConfig>): WhmcsAccount {
  return whmcsProvider.account(config);
}
