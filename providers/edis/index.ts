import { defineProvider, type Account, type ConfigSource, type Provider, type When } from '../../src/index.ts';
import { edisConfigSchema, edisEnv, type EdisConfig } from './config.ts';
import { toCancelRequest } from './request.ts';
import { fromCancelResponse } from './response.ts';
import { edisServiceSchema, type EdisService } from './service.ts';

export type { EdisConfig } from './config.ts';
export type { EdisService } from './service.ts';

/** EDIS Global's ORDER API. Its facts, their sources and the table of answers are in this folder's README. */
export const edisProvider: Provider<'edis', EdisConfig, EdisService, When, 'cancel'> = defineProvider({
  specVersion: 1,
  id: 'edis',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'no' },
    readBack: false,
    revoke: false,
    immediateDestroysData: 'unknown',
    recognisesRepeat: 'inferred',
  },
  config: edisConfigSchema,
  env: edisEnv,
  service: edisServiceSchema,
  baseUrl: (config) => config.baseUrl,
  secrets: (config) => [config.password],
  *cancel(order, config) {
    return fromCancelResponse(yield toCancelRequest(order, config), order);
  },
});

/** What {@link edis} returns. */
export type EdisAccount = Account<'edis', EdisService, When, 'cancel'>;

/**
 * An account at EDIS Global.
 *
 * @param config the credentials, an (async) function that returns them, or nothing for `EDIS_EMAIL` and
 * `EDIS_PASSWORD`. Read at each call.
 */
export function edis(config?: ConfigSource<EdisConfig>): EdisAccount {
  return edisProvider.account(config);
}
