import type { ProviderDefinition } from '../../src/provider/index.ts';
import { hostingConfigSchema } from './config.ts';
import { hostingProfile, type HostingTypes } from './profile.ts';
import { toCancelRequest, toResumeRequest } from './request.ts';
import { fromCancelResponse, fromResumeResponse } from './response.ts';
import { hostingServiceSchema } from './service.ts';
import { readJob, readState } from './status.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const hostingDefinition: ProviderDefinition<HostingTypes> = {
  ...hostingProfile,
  config: hostingConfigSchema,
  service: hostingServiceSchema,
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
};
