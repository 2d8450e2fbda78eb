import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { HetznerConfig, ResolvedHetznerConfig } from './config.ts';
import type { HetznerExtras } from './extras.ts';
import type { HetznerTiming } from './request.ts';
import type { HetznerService, ResolvedHetznerService } from './service.ts';

/** What the adapter can be asked. */
export type HetznerOperation = 'cancel' | 'status' | 'revoke' | 'options' | 'find';

/** The types of this adapter. */
export interface HetznerTypes extends TypesWith<HetznerOperation> {
  readonly id: 'hetzner';
  readonly configInput: HetznerConfig;
  readonly config: ResolvedHetznerConfig;
  readonly serviceInput: HetznerService;
  readonly service: ResolvedHetznerService;
  readonly timing: HetznerTiming;
  readonly extrasInput: HetznerExtras | undefined;
  readonly extras: HetznerExtras;
}

/** How the credentials are checked. */
export const hetznerCheck: CheckProfile = {
  reads: 'the list of servers',
  basis: 'documented',
  leavesOpen: 'whether the user may cancel',
};

/** What is known before anything is asked of the provider. */
export const hetznerProfile: ProviderProfile<HetznerTypes> = {
  specVersion: 2,
  id: 'hetzner',
  capabilities: {
    timings: ['immediate', 'earliest', 'on_date'],
    // The field takes one of the reasons that the API lists for the server; whether it takes others is not documented.
    reason: { field: 'no', codes: 'listed' },
    readBack: true,
    revoke: true,
    options: true,
    find: true,
    extras: {
      reserveLocation: {
        type: 'boolean',
        description: 'Keeps the location in the data centre reserved. Required if options() says so.',
      },
    },
    immediateDestroysData: 'yes',
    recognizesRepeat: 'documented',
    concurrency: 1,
  },
  env: { user: 'HETZNER_USER', password: 'HETZNER_PASSWORD', baseUrl: 'HETZNER_BASE_URL' },
  serviceForms: [{ example: { serverNumber: 2041001 }, plainId: /^[1-9]\d{0,14}$/ }],
};
