import type { ProviderDefinition, When } from '../../src/provider/index.ts';
import { edisCheck } from './check.ts';
import { edisConfigSchema, edisEnv, type EdisConfig, type ResolvedEdisConfig } from './config.ts';
import { toCancelRequest } from './request.ts';
import { fromCancelResponse } from './response.ts';
import { edisServiceSchema, type EdisService, type EdisServiceField } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What EDIS Global's ORDER API can do, and how. */
export const edisDefinition: ProviderDefinition<{
  id: 'edis';
  configInput: EdisConfig;
  config: ResolvedEdisConfig;
  serviceInput: EdisService;
  service: EdisServiceField;
  timing: When;
  readBack: false;
  revoke: false;
}> = {
  specVersion: 1,
  id: 'edis',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'no' },
    readBack: false,
    revoke: false,
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'inferred',
    concurrency: 1,
  },
  config: edisConfigSchema,
  env: edisEnv,
  service: edisServiceSchema,
  serviceForms: [
    { example: { kvmId: 'kvm_abcde_fghij' }, plainId: /^kvm_/ },
    { example: { serviceId: 4711 }, plainId: /^\d+$/ },
  ],
  baseUrl: (config) => config.baseUrl,
  whereToLook,
  secrets: (config) => [config.password],
  // A front for WHMCS.
  escapesHtml: true,
  *cancel(order, config) {
    return fromCancelResponse(yield toCancelRequest(order, config), order);
  },
  check: edisCheck,
};
