import type { Account, ConfigSource, Provider } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { LeasewebConfig } from './config.ts';
import { leasewebCheck, leasewebProfile, type LeasewebOperation } from './profile.ts';
import type { LeasewebTiming } from './request.ts';
import type { LeasewebService } from './service.ts';

export type { LeasewebConfig } from './config.ts';
export type { LeasewebTiming } from './request.ts';
export type { LeasewebService } from './service.ts';

/**
 * Leaseweb's Services API and Public Cloud. Their facts, with sources and the tables of answers, are in this folder's
 * README.
 */
export const leasewebProvider: Provider<
  'leaseweb',
  LeasewebConfig,
  LeasewebService,
  LeasewebTiming,
  LeasewebOperation
> = defineLazyProvider({ ...leasewebProfile, check: leasewebCheck }, async () => {
  return (await import('./definition.ts')).leasewebDefinition;
});

/** What {@link leaseweb} returns. */
export type LeasewebAccount = Account<'leaseweb', LeasewebService, LeasewebTiming, LeasewebOperation>;

/**
 * An account at Leaseweb.
 *
 * @param config the API key, an (async) function that returns it, or nothing for `LEASEWEB_API_KEY`. Read at each call.
 */
export function leaseweb(config?: ConfigSource<LeasewebConfig>): LeasewebAccount {
  return leasewebProvider.account(config);
}
