import type { When } from '../../src/provider/index.ts';
import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { HostbillConfig, ResolvedHostbillConfig } from './config.ts';
import type { HostbillService, ResolvedHostbillService } from './service.ts';

/** What the adapter can be asked. */
export type HostbillOperation = 'cancel' | 'status' | 'options' | 'find';

/** The types of this adapter. */
export interface HostbillTypes extends TypesWith<HostbillOperation> {
  readonly id: 'hostbill';
  readonly configInput: HostbillConfig;
  readonly config: ResolvedHostbillConfig;
  readonly serviceInput: HostbillService;
  readonly service: ResolvedHostbillService;
  readonly timing: When;
}

/** How the credentials are checked. */
export const hostbillCheck: CheckProfile = {
  reads: 'the list of services',
  basis: 'inferred',
  leavesOpen: 'whether the host allows cancelling over the API',
};

/** What is known before anything is asked of the provider. */
export const hostbillProfile: ProviderProfile<HostbillTypes> = {
  specVersion: 2,
  id: 'hostbill',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'required' },
    readBack: true,
    revoke: false,
    options: true,
    find: true,
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'inferred',
    // Each host sets a rate limit of its own.
    concurrency: 2,
  },
  env: {
    baseUrl: 'HOSTBILL_BASE_URL',
    email: 'HOSTBILL_EMAIL',
    password: 'HOSTBILL_PASSWORD',
    signIn: 'HOSTBILL_SIGN_IN',
    token: 'HOSTBILL_TOKEN',
    acceptedText: 'HOSTBILL_ACCEPTED_TEXT',
  },
  serviceForms: [{ example: { serviceId: 4711 }, plainId: /^\d+$/ }],
};
