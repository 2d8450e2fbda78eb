import type { When } from '../../src/provider/index.ts';
import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { VpsbgConfig, ResolvedVpsbgConfig } from './config.ts';
import type { VpsbgService, ResolvedVpsbgService } from './service.ts';

/** What the adapter can be asked. */
export type VpsbgOperation = 'cancel' | 'status' | 'revoke' | 'find';

/** The types of this adapter. */
export interface VpsbgTypes extends TypesWith<VpsbgOperation> {
  readonly id: 'vpsbg';
  readonly configInput: VpsbgConfig;
  readonly config: ResolvedVpsbgConfig;
  readonly serviceInput: VpsbgService;
  readonly service: ResolvedVpsbgService;
  readonly timing: When;
}

/** How the credentials are checked. */
export const vpsbgCheck: CheckProfile = {
  reads: 'the first server of the list',
  basis: 'documented',
  leavesOpen: 'whether the token has the ability "Write", which cancelling needs',
};

/** What is known before anything is asked of the provider. */
export const vpsbgProfile: ProviderProfile<VpsbgTypes> = {
  specVersion: 2,
  id: 'vpsbg',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'optional', maxLength: 1000 },
    readBack: true,
    revoke: true,
    find: true,
    immediateDestroysData: 'later',
    recognizesRepeat: 'no',
    concurrency: 2,
    batch: { max: 50 },
  },
  env: {
    token: 'VPSBG_TOKEN',
    baseUrl: 'VPSBG_BASE_URL',
    undoPath: 'VPSBG_UNDO_PATH',
    addonUndoPath: 'VPSBG_ADDON_UNDO_PATH',
    floatingIpUndoPath: 'VPSBG_FLOATING_IP_UNDO_PATH',
  },
  serviceForms: [
    { example: { serverId: 7301 }, plainId: /^\d+$/ },
    { example: { serverId: 7301, addonId: 12 } },
    { example: { floatingIpId: 608 } },
  ],
};
