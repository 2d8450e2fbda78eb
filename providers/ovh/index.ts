import type { Account, ConfigSource, Provider } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { OvhConfig } from './config.ts';
import type { OvhExtras } from './extras.ts';
import { ovhCheck, ovhProfile, type OvhOperation } from './profile.ts';
import type { OvhTiming } from './request.ts';
import type { OvhService } from './service.ts';

export type { OvhConfig, OvhEndpoint } from './config.ts';
export type { OvhExtras } from './extras.ts';
export type { OvhTiming } from './request.ts';
export type { OvhProduct, OvhService } from './service.ts';

/** OVHcloud's API. Its facts, their sources and the table of answers are in this folder's README. */
export const ovhProvider: Provider<'ovh', OvhConfig, OvhService, OvhTiming, OvhOperation, OvhExtras | undefined> =
  defineLazyProvider({ ...ovhProfile, check: ovhCheck }, async () => {
    return (await import('./definition.ts')).ovhDefinition;
  });

/** What {@link ovh} returns. */
export type OvhAccount = Account<'ovh', OvhService, OvhTiming, OvhOperation, OvhExtras | undefined>;

/**
 * An account at OVHcloud.
 *
 * @param config the three keys, an (async) function that returns them, or nothing for `OVH_APPLICATION_KEY` and the
 * others. Read at each call.
 */
export function ovh(config?: ConfigSource<OvhConfig>): OvhAccount {
  return ovhProvider.account(config);
}
