import type { Account, ConfigSource, Provider, When } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { HostbillConfig } from './config.ts';
import { hostbillCheck, hostbillProfile, type HostbillOperation } from './profile.ts';
import type { HostbillService } from './service.ts';

export type { HostbillConfig, HostbillPasswordConfig, HostbillTokenConfig } from './config.ts';
export type { HostbillService } from './service.ts';

/** The User API of a HostBill portal. Its facts, their sources and the table of answers are in this folder's README. */
export const hostbillProvider: Provider<'hostbill', HostbillConfig, HostbillService, When, HostbillOperation> =
  defineLazyProvider({ ...hostbillProfile, check: hostbillCheck }, async () => {
    return (await import('./definition.ts')).hostbillDefinition;
  });

/** What {@link hostbill} returns. */
export type HostbillAccount = Account<'hostbill', HostbillService, When, HostbillOperation>;

/**
 * An account at a host with a HostBill portal.
 *
 * @param config address and credentials, an (async) function that returns them, or nothing for `HOSTBILL_BASE_URL`,
 * `HOSTBILL_EMAIL` and `HOSTBILL_PASSWORD`. Read at each call.
 */
export function hostbill(config?: ConfigSource<HostbillConfig>): HostbillAccount {
  return hostbillProvider.account(config);
}
