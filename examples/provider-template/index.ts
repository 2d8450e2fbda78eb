import { defineProvider, type Account, type ConfigSource, type Provider } from 'cancelkit/provider';
import { configSchema, env, type Config } from './config.ts';
import { toCancelRequest, toRevokeRequest, toStatusRequest } from './request.ts';
import { fromCancelResponse, fromRevokeResponse, fromStatusResponse } from './response.ts';
import { serviceSchema, type Service } from './service.ts';

type Timing = 'immediate' | 'end_of_period';
type Operations = 'cancel' | 'status' | 'revoke';

/** The provider of an invented REST API: what to copy for a new one. */
export const exampleHostProvider: Provider<'example-host', Config, Service, Timing, Operations> = defineProvider({
  specVersion: 1,
  id: 'example-host',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'optional', maxLength: 500 },
    readBack: true,
    revoke: true,
    immediateDestroysData: 'later',
    recognizesRepeat: 'documented',
  },
  config: configSchema,
  env,
  service: serviceSchema,
  serviceForms: [{ example: { subscriptionId: 'sub_8f2k' }, plainId: /^sub_/ }],
  baseUrl: ({ baseUrl }: Config) => baseUrl,
  secrets: ({ token }: Config) => [token],
  *cancel(order, config) {
    return fromCancelResponse(yield toCancelRequest(order, config));
  },
  *status(service, config, { providerReference }) {
    return fromStatusResponse(yield toStatusRequest(service, config, providerReference));
  },
  *revoke(service, config) {
    return fromRevokeResponse(yield toRevokeRequest(service, config));
  },
});

/**
 * An account at the example host.
 *
 * @param config its options, an (async) function that returns them, or nothing for the environment variables.
 */
export function exampleHost(config?: ConfigSource<Config>): Account<'example-host', Service, Timing, Operations> {
  return exampleHostProvider.account(config);
}
