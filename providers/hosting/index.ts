import type { Account, ConfigSource, Provider, When } from '../../src/provider/index.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import type { HostingConfig } from './config.ts';
import { hostingProfile, type HostingOperation } from './profile.ts';
import type { HostingService } from './service.ts';

export type { HostingConfig } from './config.ts';
export type { HostingService } from './service.ts';

/** Metaregistrar's Hosting API. Its facts, their sources and the table of answers are in this folder's README. */
export const hostingProvider: Provider<'hosting', HostingConfig, HostingService, When, HostingOperation> =
  defineLazyProvider(hostingProfile, async () => {
    return (await import('./definition.ts')).hostingDefinition;
  });

/** What {@link hosting} returns. */
export type HostingAccount = Account<'hosting', HostingService, When, HostingOperation>;

/**
 * An account at a Hosting API.
 *
 * @param config address and token, an (async) function that returns them, or nothing for `HOSTING_BASE_URL` and
 * `HOSTING_TOKEN`. Read at each call.
 */
export function hosting(config?: ConfigSource<HostingConfig>): HostingAccount {
  return hostingProvider.account(config);
}
