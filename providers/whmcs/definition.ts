import type { ProviderDefinition } from '../../src/provider/index.ts';
import { checkCredentials } from './check.ts';
import { whmcsConfigSchema } from './config.ts';
import { listServices } from './find.ts';
import { whmcsProfile, type WhmcsTypes } from './profile.ts';
import { toCancelRequest } from './request.ts';
import { fromCancelResponse } from './response.ts';
import { whmcsServiceSchema } from './service.ts';
import { readState } from './status.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const whmcsDefinition: ProviderDefinition<WhmcsTypes> = {
  ...whmcsProfile,
  config: whmcsConfigSchema,
  service: whmcsServiceSchema,
  baseUrl: (config) => config.baseUrl,
  whereToLook,
  secrets: (config) => config.secrets,
  escapesHtml: true,
  *cancel(order, config) {
    return fromCancelResponse(yield toCancelRequest(order, config), order);
  },
  status: readState,
  find: listServices,
  check: checkCredentials,
};
