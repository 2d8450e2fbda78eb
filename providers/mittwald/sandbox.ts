import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { MittwaldControls } from './emulator.ts';
import { mittwald, mittwaldProvider, type MittwaldAccount } from './index.ts';

export type {
  MittwaldContract,
  MittwaldContractInit,
  MittwaldControls,
  MittwaldItem,
  MittwaldOptions,
  MittwaldServiceId,
} from './emulator.ts';

/** The emulated mittwald: what it holds, what it saw, and what shall go wrong. */
export interface MittwaldSandbox extends MittwaldControls, SandboxServer {}

/** With what the emulated mittwald is reached. */
export interface MittwaldSettings {
  readonly baseUrl: string;
  readonly token: string;
}

/** The settings of mittwald in the sandbox. */
export interface MittwaldSandboxSettings {
  readonly mittwald: MittwaldSettings;
}

/** The accounts at mittwald in the sandbox. */
export interface MittwaldSandboxAccounts {
  readonly mittwald: MittwaldAccount;
}

/** mittwald for the sandbox and the command line. */
export const mittwaldSandbox: ProviderSandbox<
  typeof mittwaldProvider,
  MittwaldControls,
  MittwaldSandboxSettings,
  MittwaldSandboxAccounts
> = {
  provider: mittwaldProvider,
  portOffset: 4,
  load: async () => {
    const { createMittwaldEmulator, mittwaldSandboxToken } = await import('./emulator.ts');
    return {
      create: createMittwaldEmulator,
      reach(origin) {
        const settings = { baseUrl: origin, token: mittwaldSandboxToken };
        return { settings: { mittwald: settings }, accounts: { mittwald: mittwald(settings) } };
      },
    };
  },
};
