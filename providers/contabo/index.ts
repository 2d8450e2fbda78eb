import type { Account, ConfigSource, Provider } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { ContaboConfig } from './config.ts';
import { contaboCheck, contaboProfile, type ContaboOperation } from './profile.ts';
import type { ContaboTiming } from './request.ts';
import type { ContaboService } from './service.ts';

export type { ContaboConfig } from './config.ts';
export type { ContaboTiming } from './request.ts';
export type { ContaboService } from './service.ts';

/** Contabo's API. Its facts, their sources and the table of answers are in this folder's README. */
export const contaboProvider: Provider<'contabo', ContaboConfig, ContaboService, ContaboTiming, ContaboOperation> =
  defineLazyProvider({ ...contaboProfile, check: contaboCheck }, async () => {
    return (await import('./definition.ts')).contaboDefinition;
  });

/** What {@link contabo} returns. */
export type ContaboAccount = Account<'contabo', ContaboService, ContaboTiming, ContaboOperation>;

/**
 * An account at Contabo.
 *
 * @param config the credentials of the API user, an (async) function that returns them, or nothing for the variables
 * `CONTABO_*`. Read at each call.
 */
export function contabo(config?: ConfigSource<ContaboConfig>): ContaboAccount {
  return contaboProvider.account(config);
}
