import type { When } from '../../src/provider/index.ts';
import type { ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { HostingConfig, ResolvedHostingConfig } from './config.ts';
import type { HostingService } from './service.ts';

/** What the adapter can be asked. */
export type HostingOperation = 'cancel' | 'status' | 'revoke';

/** The types of this adapter. */
export interface HostingTypes extends TypesWith<HostingOperation> {
  readonly id: 'hosting';
  readonly configInput: HostingConfig;
  readonly config: ResolvedHostingConfig;
  readonly serviceInput: HostingService;
  readonly service: HostingService;
  readonly timing: When;
}

/** What is known before anything is asked of the provider. */
export const hostingProfile: ProviderProfile<HostingTypes> = {
  specVersion: 1,
  id: 'hosting',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'required', maxLength: 1000 },
    readBack: true,
    revoke: true,
    immediateDestroysData: 'yes',
    recognizesRepeat: 'documented',
  },
  env: {
    baseUrl: 'HOSTING_BASE_URL',
    token: 'HOSTING_TOKEN',
    tokenHeader: 'HOSTING_TOKEN_HEADER',
    tokenScheme: 'HOSTING_TOKEN_SCHEME',
  },
  serviceForms: [{ example: { hostingId: '1_aed1f0', domain: 'example.com' } }],
};
