import type { Account, ConfigSource, Provider, When } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { EdisConfig } from './config.ts';
import { edisCheck, edisProfile, type EdisOperation } from './profile.ts';
import type { EdisService } from './service.ts';

export type { EdisConfig } from './config.ts';
export type { EdisOrder, EdisOrderItem } from './order.ts';
export type { EdisOrderResult, EdisOrderWarning } from './order-response.ts';
export { type OrderVpsOptions, type OrderVpsResult, orderVps } from './order-vps.ts';
export type { EdisService } from './service.ts';

/** EDIS Global's ORDER API. Its facts, their sources and the table of answers are in this folder's README. */
export const edisProvider: Provider<'edis', EdisConfig, EdisService, When, EdisOperation> = defineLazyProvider(
  { ...edisProfile, check: edisCheck },
  async () => {
    return (await import('./definition.ts')).edisDefinition;
  },
);

/** What {@link edis} returns. */
export type EdisAccount = Account<'edis', EdisService, When, EdisOperation>;

/**
 * An account at EDIS Global.
 *
 * @param config the credentials, an (async) function that returns them, or nothing for `EDIS_EMAIL` and
 * `EDIS_PASSWORD`. Read at each call.
 */
export function edis(config?: ConfigSource<EdisConfig>): EdisAccount {
  return edisProvider.account(config);
}
