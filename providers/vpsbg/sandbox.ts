import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { VpsbgControls } from './emulator.ts';
import { vpsbg, vpsbgProvider, type VpsbgAccount } from './index.ts';

export type {
  VpsbgAddon,
  VpsbgControls,
  VpsbgFloatingIp,
  VpsbgOptions,
  VpsbgServer,
  VpsbgServerId,
  VpsbgServerInit,
} from './emulator.ts';

/** The emulated VPSBG: what it holds, what it saw, and what shall go wrong. */
export interface VpsbgSandbox extends VpsbgControls, SandboxServer {}

/** With what the emulated VPSBG is reached. */
export interface VpsbgSettings {
  readonly baseUrl: string;
  readonly token: string;
}

/** The settings of VPSBG in the sandbox. */
export interface VpsbgSandboxSettings {
  /** With the token that allows every call. */
  readonly vpsbg: VpsbgSettings;
  /** With the token that allows GET only. */
  readonly vpsbgReadOnly: VpsbgSettings;
}

/** The accounts at VPSBG in the sandbox. */
export interface VpsbgSandboxAccounts {
  readonly vpsbg: VpsbgAccount;
  /** Its token allows GET only: a cancellation is `forbidden`. */
  readonly vpsbgReadOnly: VpsbgAccount;
}

/** VPSBG for the sandbox and the command line. */
export const vpsbgSandbox: ProviderSandbox<
  typeof vpsbgProvider,
  VpsbgControls,
  VpsbgSandboxSettings,
  VpsbgSandboxAccounts
> = {
  provider: vpsbgProvider,
  portOffset: 1,
  load: async () => {
    const { createVpsbgEmulator, vpsbgSandboxTokens } = await import('./emulator.ts');
    return {
      create: createVpsbgEmulator,
      reach(origin) {
        const settings = { baseUrl: origin, token: vpsbgSandboxTokens.write };
        const readOnly = { baseUrl: origin, token: vpsbgSandboxTokens.read };
        return {
          settings: { vpsbg: settings, vpsbgReadOnly: readOnly },
          accounts: { vpsbg: vpsbg(settings), vpsbgReadOnly: vpsbg(readOnly) },
        };
      },
    };
  },
};
