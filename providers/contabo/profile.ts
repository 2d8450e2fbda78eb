import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { ContaboConfig, ResolvedContaboConfig } from './config.ts';
import type { ContaboTiming } from './request.ts';
import type { ResolvedContaboService, ContaboService } from './service.ts';

/** What the adapter can be asked. */
export type ContaboOperation = 'cancel' | 'status' | 'options' | 'find';

/** The types of this adapter. */
export interface ContaboTypes extends TypesWith<ContaboOperation> {
  readonly id: 'contabo';
  readonly configInput: ContaboConfig;
  readonly config: ResolvedContaboConfig;
  readonly serviceInput: ContaboService;
  readonly service: ResolvedContaboService;
  readonly timing: ContaboTiming;
}

/** How the credentials are checked. */
export const contaboCheck: CheckProfile = {
  reads: 'one instance of the list, after the login',
  basis: 'documented',
  leavesOpen: 'whether the roles of the API user allow cancelling',
};

/** What is known before anything is asked of the provider. */
export const contaboProfile: ProviderProfile<ContaboTypes> = {
  specVersion: 2,
  id: 'contabo',
  capabilities: {
    timings: ['earliest', 'on_date'],
    reason: { field: 'no' },
    readBack: true,
    revoke: false,
    options: true,
    find: true,
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'no',
  },
  env: {
    clientId: 'CONTABO_CLIENT_ID',
    clientSecret: 'CONTABO_CLIENT_SECRET',
    username: 'CONTABO_USERNAME',
    password: 'CONTABO_PASSWORD',
    baseUrl: 'CONTABO_BASE_URL',
    authUrl: 'CONTABO_AUTH_URL',
  },
  serviceForms: [{ example: { instanceId: 12345 }, plainId: /^\d+$/ }],
};
