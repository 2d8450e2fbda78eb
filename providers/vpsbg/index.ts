import type { Account, ConfigSource, Provider, When } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { VpsbgConfig } from './config.ts';
import { vpsbgCheck, vpsbgProfile, type VpsbgOperation } from './profile.ts';
import type { VpsbgService } from './service.ts';

export type { VpsbgConfig } from './config.ts';
export type { VpsbgService } from './service.ts';

/** VPSBG's API. Its facts, their sources and the table of answers are in this folder's README. */
export const vpsbgProvider: Provider<'vpsbg', VpsbgConfig, VpsbgService, When, VpsbgOperation> = defineLazyProvider(
  { ...vpsbgProfile, check: vpsbgCheck },
  async () => {
    return (await import('./definition.ts')).vpsbgDefinition;
  },
);

/** What {@link vpsbg} returns. */
export type VpsbgAccount = Account<'vpsbg', VpsbgService, When, VpsbgOperation>;

/**
 * An account at VPSBG.
 *
 * @param config the token, an (async) function that returns it, or nothing for `VPSBG_TOKEN`. Read at each call.
 */
export function vpsbg(config?: ConfigSource<VpsbgConfig>): VpsbgAccount {
  return vpsbgProvider.account(config);
}
