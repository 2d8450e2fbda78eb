import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { OvhConfig, ResolvedOvhConfig } from './config.ts';
import type { OvhExtras } from './extras.ts';
import { ovhReasons } from './reason.ts';
import type { OvhTiming } from './request.ts';
import type { OvhService, ResolvedOvhService } from './service.ts';

/** What the adapter can be asked. */
export type OvhOperation = 'cancel' | 'status' | 'revoke' | 'options' | 'confirm' | 'find';

/** The types of this adapter. */
export interface OvhTypes extends TypesWith<OvhOperation> {
  readonly id: 'ovh';
  readonly configInput: OvhConfig;
  readonly config: ResolvedOvhConfig;
  readonly serviceInput: OvhService;
  readonly service: ResolvedOvhService;
  readonly timing: OvhTiming;
  readonly confirm: 'immediate';
  readonly extrasInput: OvhExtras | undefined;
  readonly extras: OvhExtras;
}

/** How the credentials are checked. */
export const ovhCheck: CheckProfile = {
  reads: 'the ids of the services',
  basis: 'documented',
  leavesOpen: 'whether the consumer key may cancel and confirm',
};

/** What is known before anything is asked of the provider. */
export const ovhProfile: ProviderProfile<OvhTypes> = {
  specVersion: 2,
  id: 'ovh',
  capabilities: {
    timings: ['end_of_period', 'end_of_term', 'immediate'],
    reason: { field: 'optional', codes: ovhReasons },
    detailsWith: 'confirm',
    readBack: true,
    revoke: true,
    options: true,
    find: true,
    confirm: 'immediate',
    extras: {
      futureUse: { type: 'text', description: 'What comes after the service: NOT_REPLACING_SERVICE and others.' },
    },
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'no',
  },
  env: {
    applicationKey: 'OVH_APPLICATION_KEY',
    applicationSecret: 'OVH_APPLICATION_SECRET',
    consumerKey: 'OVH_CONSUMER_KEY',
    endpoint: 'OVH_ENDPOINT',
    baseUrl: 'OVH_BASE_URL',
  },
  serviceForms: [
    { example: { serviceId: 4242 }, plainId: /^\d+$/ },
    { example: { serviceName: 'vps-1a2b3c4d.vps.ovh.net', product: 'vps' } },
    { example: { serviceId: 4242, serviceName: 'vps-1a2b3c4d.vps.ovh.net', product: 'vps' } },
  ],
};
