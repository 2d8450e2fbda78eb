import { defineProvider, type Account, type ConfigSource, type Provider, type When } from '../../src/provider/index.ts';
import { whmcsCheck } from './check.ts';
import { listServices } from './find.ts';
import { whmcsConfigSchema, whmcsEnv, type WhmcsConfig } from './config.ts';
import { toCancelRequest } from './request.ts';
import { fromCancelResponse } from './response.ts';
import { whmcsServiceSchema, type WhmcsService } from './service.ts';
import { readState } from './status.ts';
import { whereToLook } from './where-to-look.ts';

export type { WhmcsAdminCredentials, WhmcsApiCredentials, WhmcsConfig, WhmcsHashedCredentials } from './config.ts';
export type { WhmcsService } from './service.ts';

/** WHMCS's API action AddCancelRequest. Its facts, their sources and the table of answers are in this folder's README. */
export const whmcsProvider: Provider<'whmcs', WhmcsConfig, WhmcsService, When, 'cancel' | 'status' | 'find'> =
  defineProvider({
    specVersion: 2,
    id: 'whmcs',
    capabilities: {
      timings: ['immediate', 'end_of_period'],
      reason: { field: 'optional', maxLength: 1000 },
      readBack: true,
      revoke: false,
      find: true,
      immediateDestroysData: 'unknown',
      recognizesRepeat: 'documented',
      concurrency: 2,
    },
    config: whmcsConfigSchema,
    env: whmcsEnv,
    service: whmcsServiceSchema,
    serviceForms: [{ example: { serviceId: 4711 }, plainId: /^\d+$/ }],
    baseUrl: (config) => config.baseUrl,
    whereToLook,
    secrets: (config) => config.secrets,
    escapesHtml: true,
    *cancel(order, config) {
      return fromCancelResponse(yield toCancelRequest(order, config), order);
    },
    status: readState,
    find: listServices,
    check: whmcsCheck,
  });

/** What {@link whmcs} returns. */
export type WhmcsAccount = Account<'whmcs', WhmcsService, When, 'cancel' | 'status' | 'find'>;

/**
 * An account at an installation of WHMCS.
 *
 * @param config address and credentials, an (async) function that returns them, or nothing for `WHMCS_URL`,
 * `WHMCS_IDENTIFIER` and `WHMCS_SECRET`. Read at each call.
 */
export function whmcs(config?: ConfigSource<WhmcsConfig>): WhmcsAccount {
  return whmcsProvider.account(config);
}
