import { defineProvider, type Account, type ConfigSource, type Provider, type When } from '../../src/provider/index.ts';
import { hostingConfigSchema, hostingEnv, type HostingConfig } from './config.ts';
import { toCancelRequest, toResumeRequest } from './request.ts';
import { fromCancelResponse, fromResumeResponse } from './response.ts';
import { hostingServiceSchema, type HostingService } from './service.ts';
import { readJob, readState } from './status.ts';
import { whereToLook } from './where-to-look.ts';

export type { HostingConfig } from './config.ts';
export type { HostingService } from './service.ts';

/** Metaregistrar's Hosting API. Its facts, their sources and the table of answers are in this folder's README. */
export const hostingProvider: Provider<'hosting', HostingConfig, HostingService, When, 'cancel' | 'status' | 'revoke'> =
  defineProvider({
    specVersion: 1,
    id: 'hosting',
    capabilities: {
      timings: ['immediate', 'end_of_period'],
      reason: { field: 'required', maxLength: 1000 },
      readBack: true,
      revoke: true,
      immediateDestroysData: 'yes',
      recognizesRepeat: 'documented',
    },
    config: hostingConfigSchema,
    env: hostingEnv,
    service: hostingServiceSchema,
    serviceForms: [{ example: { hostingId: '1_aed1f0', domain: 'example.com' } }],
    serviceKey: ({ hostingId }) => hostingId,
    baseUrl: (config) => config.baseUrl,
    whereToLook,
    secrets: (config) => [config.token],
    *cancel(order, config) {
      return fromCancelResponse(yield toCancelRequest(order, config), order);
    },
    status: (service, config, { providerReference, afterDuplicate = false }) =>
      providerReference === undefined
        ? readState(service, config, afterDuplicate)
        : readJob(service, config, providerReference),
    *revoke(service, config) {
      return fromResumeResponse(yield toResumeRequest(service, config));
    },
  });

/** What {@link hosting} returns. */
export type HostingAccount = Account<'hosting', HostingService, When, 'cancel' | 'status' | 'revoke'>;

/**
 * An account at a Hosting API.
 *
 * @param config address and token, an (async) function that returns them, or nothing for `HOSTING_BASE_URL` and
 * `HOSTING_TOKEN`. Read at each call.
 */
export function hosting(config?: ConfigSource<HostingConfig>): HostingAccount {
  return hostingProvider.account(config);
}
