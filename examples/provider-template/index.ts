import { defineProvider, type Account, type ConfigSource, type Provider } from 'cancelkit';
import { configSchema, env, type Config } from './config.ts';
import { fromCancelResponse, fromStatusResponse } from './response.ts';
import { toCancelRequest, toStatusRequest } from './request.ts';
import { serviceSchema, type Service } from './service.ts';

type Timing = 'immediate' | 'end_of_period';

/** The provider of an invented REST API: what to copy for a new one. */
export const exampleHostProvider: Provider<'example-host', Config, Service, Timing, 'cancel' | 'status'> =
  defineProvider({
    specVersion: 1,
    id: 'example-host',
    capabilities: {
      timings: ['immediate', 'end_of_period'],
      reason: { field: 'optional', maxLength: 500 },
      readBack: true,
      revoke: false,
      immediateDestroysData: 'later',
      recognisesRepeat: 'documented',
    },
    config: configSchema,
    env,
    service: serviceSchema,
    baseUrl: ({ baseUrl }: Config) => baseUrl,
    secrets: ({ token }: Config) => [token],
    *cancel(order, config) {
      return fromCancelResponse(yield toCancelRequest(order, config));
    },
    *status(service, config) {
      return fromStatusResponse(yield toStatusRequest(service, config));
    },
  });

/**
 * An account at the example host.
 *
 * @param config its options, an (async) function that returns them, or nothing for the environment variables.
 */
export function exampleHost(
  config?: ConfigSource<Config>,
): Account<'example-host', Service, Timing, 'cancel' | 'status'> {
  return exampleHostProvider.account(config);
}
