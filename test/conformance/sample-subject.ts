import type { Capabilities, When } from 'cancelkit';
import { defineProvider, type ProviderDefinition, type ProviderTypes } from 'cancelkit/provider';
import { configSchema, env, type Config } from '../../examples/provider-template/config.ts';
import { fixtures, revokeFixtures, statusFixtures } from '../../examples/provider-template/fixtures.ts';
import { toCancelRequest, toRevokeRequest, toStatusRequest } from '../../examples/provider-template/request.ts';
import {
  fromCancelResponse,
  fromRevokeResponse,
  fromStatusResponse,
} from '../../examples/provider-template/response.ts';
import { serviceSchema, type Service } from '../../examples/provider-template/service.ts';
import type { SampleSubject } from './collect-checks.ts';

/** The definition that the samples vary. */
export type SampleDefinition = ProviderDefinition<
  ProviderTypes & { configInput: Config; config: Config; serviceInput: Service; service: Service; timing: When }
>;

/** The token of every sample: with characters that each encoding writes differently. */
export const token = 'tok_conformance+7/Q&x';

const capabilities: Capabilities<When> = {
  timings: ['immediate', 'end_of_period'],
  reason: { field: 'optional', maxLength: 500 },
  readBack: true,
  revoke: true,
  immediateDestroysData: 'later',
  recognizesRepeat: 'documented',
};

/** A definition without a fault. */
export const sound: SampleDefinition = {
  specVersion: 1,
  id: 'sample',
  capabilities,
  config: configSchema,
  env,
  service: serviceSchema,
  baseUrl: ({ baseUrl }) => baseUrl,
  secrets: (config) => [config.token],
  *cancel(order, config) {
    return fromCancelResponse(yield toCancelRequest(order, config));
  },
  *status(service, config, { providerReference }) {
    return fromStatusResponse(yield toStatusRequest(service, config, providerReference));
  },
  *revoke(service, config) {
    return fromRevokeResponse(yield toRevokeRequest(service, config));
  },
};

/** A subject with parts of the definition, and of the subject itself, replaced. */
export function sample(
  definition: Partial<SampleDefinition> = {},
  subject: Partial<SampleSubject> = {},
): SampleSubject {
  const { status, revoke, ...rest } = { ...sound, ...definition };
  const { capabilities: can } = rest;
  return {
    provider: defineProvider({
      ...rest,
      ...(can.readBack && status !== undefined ? { status } : {}),
      ...(can.revoke && revoke !== undefined ? { revoke } : {}),
    }),
    config: (baseUrl) => ({ baseUrl, token }),
    secrets: [token],
    service: { subscriptionId: 'sub_8f2k' },
    invalidServices: [{ subscriptionId: '8f2k' }],
    fixtures,
    statusFixtures,
    revokeFixtures,
    ...subject,
  };
}

/** The sound capabilities with some replaced. */
export function capable(parts: Partial<typeof capabilities>): typeof capabilities {
  return { ...capabilities, ...parts };
}
