import type { ProviderDefinition } from '../../src/provider/index.ts';
import { checkCredentials } from './check.ts';
import { edisConfigSchema } from './config.ts';
import { edisProfile, type EdisTypes } from './profile.ts';
import { toCancelRequest } from './request.ts';
import { fromCancelResponse } from './response.ts';
import { edisServiceSchema } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const edisDefinition: ProviderDefinition<EdisTypes> = {
  ...edisProfile,
  config: edisConfigSchema,
  service: edisServiceSchema,
  baseUrl: (config) => config.baseUrl,
  whereToLook,
  secrets: (config) => [config.password],
  // A front for WHMCS.
  escapesHtml: true,
  *cancel(order, config) {
    return fromCancelResponse(yield toCancelRequest(order, config), order);
  },
  check: checkCredentials,
};
