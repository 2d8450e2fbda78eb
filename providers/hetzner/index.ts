import type { Account, ConfigSource, Provider } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { HetznerConfig } from './config.ts';
import type { HetznerExtras } from './extras.ts';
import { hetznerCheck, hetznerProfile, type HetznerOperation } from './profile.ts';
import type { HetznerTiming } from './request.ts';
import type { HetznerService } from './service.ts';

export type { HetznerConfig } from './config.ts';
export type { HetznerExtras } from './extras.ts';
export type { HetznerTiming } from './request.ts';
export type { HetznerService } from './service.ts';

/** Hetzner Robot's web service. Its facts, their sources and the table of answers are in this folder's README. */
export const hetznerProvider: Provider<
  'hetzner',
  HetznerConfig,
  HetznerService,
  HetznerTiming,
  HetznerOperation,
  HetznerExtras | undefined
> = defineLazyProvider({ ...hetznerProfile, check: hetznerCheck }, async () => {
  return (await import('./definition.ts')).hetznerDefinition;
});

/** What {@link hetzner} returns. */
export type HetznerAccount = Account<
  'hetzner',
  HetznerService,
  HetznerTiming,
  HetznerOperation,
  HetznerExtras | undefined
>;

/**
 * An account at Hetzner Robot.
 *
 * @param config the login, an (async) function that returns it, or nothing for `HETZNER_USER` and `HETZNER_PASSWORD`.
 * Read at each call.
 */
export function hetzner(config?: ConfigSource<HetznerConfig>): HetznerAccount {
  return hetznerProvider.account(config);
}
