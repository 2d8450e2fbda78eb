import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { OvhControls, OvhCredentials } from './emulator.ts';
import { ovh, ovhProvider, type OvhAccount } from './index.ts';

export type {
  OvhControls,
  OvhCredentials,
  OvhEmulatedService,
  OvhOptions,
  OvhPendingAction,
  OvhServiceIds,
  OvhServiceInit,
} from './emulator.ts';

/** The emulated OVHcloud: what it holds, what it saw, and what shall go wrong. */
export interface OvhSandbox extends OvhControls, SandboxServer {}

/** With what the emulated OVHcloud is reached. */
export interface OvhSettings extends OvhCredentials {
  readonly baseUrl: string;
}

/** The settings of OVHcloud in the sandbox. */
export interface OvhSandboxSettings {
  readonly ovh: OvhSettings;
}

/** The accounts at OVHcloud in the sandbox. */
export interface OvhSandboxAccounts {
  readonly ovh: OvhAccount;
}

/** OVHcloud for the sandbox and the command line. */
export const ovhSandbox: ProviderSandbox<typeof ovhProvider, OvhControls, OvhSandboxSettings, OvhSandboxAccounts> = {
  provider: ovhProvider,
  portOffset: 9,
  load: async () => {
    const { createOvhEmulator, ovhSandboxCredentials } = await import('./emulator.ts');
    return {
      create: createOvhEmulator,
      reach(origin) {
        const settings = { baseUrl: origin, ...ovhSandboxCredentials };
        return { settings: { ovh: settings }, accounts: { ovh: ovh(settings) } };
      },
    };
  },
};
