import type { CheckProfile, ProviderProfile, TypesWith } from '../../src/provider/lazy.ts';
import type { MittwaldConfig, ResolvedMittwaldConfig } from './config.ts';
import type { MittwaldTiming } from './request.ts';
import type { MittwaldService } from './service.ts';

/** What the adapter can be asked. */
export type MittwaldOperation = 'cancel' | 'status' | 'revoke' | 'options' | 'find';

/** The types of this adapter. */
export interface MittwaldTypes extends TypesWith<MittwaldOperation> {
  readonly id: 'mittwald';
  readonly configInput: MittwaldConfig;
  readonly config: ResolvedMittwaldConfig;
  readonly serviceInput: MittwaldService;
  readonly service: MittwaldService;
  readonly timing: MittwaldTiming;
}

/** How the credentials are checked. */
export const mittwaldCheck: CheckProfile = {
  reads: 'one customer of the list',
  basis: 'inferred',
  leavesOpen: 'whether the token may write, which cancelling needs',
};

/** What is known before anything is asked of the provider. */
export const mittwaldProfile: ProviderProfile<MittwaldTypes> = {
  specVersion: 2,
  id: 'mittwald',
  capabilities: {
    timings: ['earliest', 'on_date'],
    reason: { field: 'optional' },
    readBack: true,
    revoke: true,
    options: true,
    find: true,
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'no',
  },
  env: { token: 'MITTWALD_TOKEN', baseUrl: 'MITTWALD_BASE_URL' },
  serviceForms: [
    { example: { contractId: 'V1000000' }, plainId: /^(?:V\d+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i },
    {
      example: {
        contractId: 'f7a81a3e-6b2c-4d5e-8f90-1a2b3c4d5e6f',
        contractItemId: '0c9d8e7f-1a2b-4c3d-9e4f-5a6b7c8d9e0f',
      },
    },
  ],
};
