import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { HetznerControls } from './emulator.ts';
import { hetzner, hetznerProvider, type HetznerAccount } from './index.ts';

export type {
  HetznerControls,
  HetznerOptions,
  HetznerServer,
  HetznerServerInit,
  HetznerServiceId,
} from './emulator.ts';

/** The emulated Hetzner Robot: what it holds, what it saw, and what shall go wrong. */
export interface HetznerSandbox extends HetznerControls, SandboxServer {}

/** With what the emulated Hetzner Robot is reached. */
export interface HetznerSettings {
  readonly baseUrl: string;
  readonly user: string;
  readonly password: string;
}

/** The settings of Hetzner Robot in the sandbox. */
export interface HetznerSandboxSettings {
  readonly hetzner: HetznerSettings;
}

/** The accounts at Hetzner Robot in the sandbox. */
export interface HetznerSandboxAccounts {
  readonly hetzner: HetznerAccount;
}

/** Hetzner Robot for the sandbox and the command line. */
export const hetznerSandbox: ProviderSandbox<
  typeof hetznerProvider,
  HetznerControls,
  HetznerSandboxSettings,
  HetznerSandboxAccounts
> = {
  provider: hetznerProvider,
  portOffset: 6,
  load: async () => {
    const { createHetznerEmulator, hetznerSandboxLogin } = await import('./emulator.ts');
    return {
      create: createHetznerEmulator,
      reach(origin) {
        const settings = { baseUrl: origin, ...hetznerSandboxLogin };
        return { settings: { hetzner: settings }, accounts: { hetzner: hetzner(settings) } };
      },
    };
  },
};
