import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { ContaboControls } from './emulator.ts';
import { contabo, contaboProvider, type ContaboAccount } from './index.ts';

export type {
  ContaboControls,
  ContaboInstance,
  ContaboInstanceInit,
  ContaboOptions,
  ContaboServiceId,
} from './emulator.ts';

/** The emulated Contabo: what it holds, what it saw, and what shall go wrong. */
export interface ContaboSandbox extends ContaboControls, SandboxServer {}

/** With what the emulated Contabo is reached. */
export interface ContaboSettings {
  readonly baseUrl: string;
  /** The same address: the emulator also answers the login. */
  readonly authUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
}

/** The settings of Contabo in the sandbox. */
export interface ContaboSandboxSettings {
  readonly contabo: ContaboSettings;
}

/** The accounts at Contabo in the sandbox. */
export interface ContaboSandboxAccounts {
  readonly contabo: ContaboAccount;
}

/** Contabo for the sandbox and the command line. */
export const contaboSandbox: ProviderSandbox<
  typeof contaboProvider,
  ContaboControls,
  ContaboSandboxSettings,
  ContaboSandboxAccounts
> = {
  provider: contaboProvider,
  portOffset: 5,
  load: async () => {
    const { contaboSandboxLogin, createContaboEmulator } = await import('./emulator.ts');
    return {
      create: createContaboEmulator,
      reach(origin) {
        const settings = { baseUrl: origin, authUrl: origin, ...contaboSandboxLogin };
        return { settings: { contabo: settings }, accounts: { contabo: contabo(settings) } };
      },
    };
  },
};
