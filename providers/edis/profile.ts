import type { When } from '../../src/provider/index.ts';
import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { EdisConfig, ResolvedEdisConfig } from './config.ts';
import type { EdisService, ResolvedEdisService } from './service.ts';

/** What the adapter can be asked. */
export type EdisOperation = 'cancel';

/** The types of this adapter. */
export interface EdisTypes extends TypesWith<EdisOperation> {
  readonly id: 'edis';
  readonly configInput: EdisConfig;
  readonly config: ResolvedEdisConfig;
  readonly serviceInput: EdisService;
  readonly service: ResolvedEdisService;
  readonly timing: When;
}

/** How the credentials are checked. */
export const edisCheck: CheckProfile = { reads: 'the list of payment methods', basis: 'inferred' };

/** What is known before anything is asked of the provider. */
export const edisProfile: ProviderProfile<EdisTypes> = {
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
  env: { email: 'EDIS_EMAIL', password: 'EDIS_PASSWORD', baseUrl: 'EDIS_BASE_URL' },
  serviceForms: [
    { example: { kvmId: 'kvm_abcde_fghij' }, plainId: /^kvm_/ },
    { example: { serviceId: 4711 }, plainId: /^\d+$/ },
  ],
};
