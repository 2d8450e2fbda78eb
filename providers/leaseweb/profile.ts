import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { LeasewebConfig, ResolvedLeasewebConfig } from './config.ts';
import type { LeasewebTiming } from './request.ts';
import type { LeasewebService, ResolvedLeasewebService } from './service.ts';

/** What the adapter can be asked. */
export type LeasewebOperation = 'cancel' | 'status' | 'revoke' | 'options' | 'find';

/** The types of this adapter. */
export interface LeasewebTypes extends TypesWith<LeasewebOperation> {
  readonly id: 'leaseweb';
  readonly configInput: LeasewebConfig;
  readonly config: ResolvedLeasewebConfig;
  readonly serviceInput: LeasewebService;
  readonly service: ResolvedLeasewebService;
  readonly timing: LeasewebTiming;
}

/** How the credentials are checked. */
export const leasewebCheck: CheckProfile = {
  reads: 'the list of cancellation reasons',
  basis: 'documented',
  leavesOpen: 'whether the key may cancel, and whether it may use Public Cloud',
};

/** What is known before anything is asked of the provider. */
export const leasewebProfile: ProviderProfile<LeasewebTypes> = {
  specVersion: 2,
  id: 'leaseweb',
  capabilities: {
    timings: ['immediate', 'end_of_period', 'end_of_term'],
    // For services. An instance takes neither, and its result says so.
    reason: { field: 'optional', codes: 'listed' },
    readBack: true,
    revoke: true,
    options: true,
    find: true,
    immediateDestroysData: 'yes',
    recognizesRepeat: 'no',
  },
  env: { apiKey: 'LEASEWEB_API_KEY', baseUrl: 'LEASEWEB_BASE_URL' },
  serviceForms: [
    { example: { serviceId: '10000000000010' }, plainId: /^\d+$/ },
    {
      example: { instanceId: 'ace712e9-a166-47f1-9065-4af0f7e7fce1' },
      plainId: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
    },
  ],
};
