import type { When } from '../../src/provider/index.ts';
import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { WhmcsConfig, ResolvedWhmcsConfig } from './config.ts';
import type { WhmcsService, ResolvedWhmcsService } from './service.ts';

/** What the adapter can be asked. */
export type WhmcsOperation = 'cancel' | 'status' | 'find';

/** The types of this adapter. */
export interface WhmcsTypes extends TypesWith<WhmcsOperation> {
  readonly id: 'whmcs';
  readonly configInput: WhmcsConfig;
  readonly config: ResolvedWhmcsConfig;
  readonly serviceInput: WhmcsService;
  readonly service: ResolvedWhmcsService;
  readonly timing: When;
}

/** How the credentials are checked. */
export const whmcsCheck: CheckProfile = {
  reads: 'the first of the cancellation requests',
  basis: 'documented',
  leavesOpen: 'whether the API role allows the action AddCancelRequest',
};

/** What is known before anything is asked of the provider. */
export const whmcsProfile: ProviderProfile<WhmcsTypes> = {
  specVersion: 2,
  id: 'whmcs',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'optional', maxLength: 1000 },
    readBack: true,
    revoke: false,
    find: true,
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'documented',
    concurrency: 2,
  },
  env: {
    url: 'WHMCS_URL',
    identifier: 'WHMCS_IDENTIFIER',
    secret: 'WHMCS_SECRET',
    username: 'WHMCS_USERNAME',
    password: 'WHMCS_PASSWORD',
    passwordHash: 'WHMCS_PASSWORD_HASH',
    accessKey: 'WHMCS_ACCESS_KEY',
  },
  serviceForms: [{ example: { serviceId: 4711 }, plainId: /^\d+$/ }],
};
