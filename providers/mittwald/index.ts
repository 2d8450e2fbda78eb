import type { Account, ConfigSource, Provider } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { MittwaldConfig } from './config.ts';
import { mittwaldCheck, mittwaldProfile, type MittwaldOperation } from './profile.ts';
import type { MittwaldTiming } from './request.ts';
import type { MittwaldService } from './service.ts';

export type { MittwaldConfig } from './config.ts';
export type { MittwaldTiming } from './request.ts';
export type { MittwaldService } from './service.ts';

/** mittwald's API. Its facts, their sources and the table of answers are in this folder's README. */
export const mittwaldProvider: Provider<
  'mittwald',
  MittwaldConfig,
  MittwaldService,
  MittwaldTiming,
  MittwaldOperation
> = defineLazyProvider({ ...mittwaldProfile, check: mittwaldCheck }, async () => {
  return (await import('./definition.ts')).mittwaldDefinition;
});

/** What {@link mittwald} returns. */
export type MittwaldAccount = Account<'mittwald', MittwaldService, MittwaldTiming, MittwaldOperation>;

/**
 * An account at mittwald.
 *
 * @param config the token, an (async) function that returns it, or nothing for `MITTWALD_TOKEN`. Read at each call.
 */
export function mittwald(config?: ConfigSource<MittwaldConfig>): MittwaldAccount {
  return mittwaldProvider.account(config);
}
