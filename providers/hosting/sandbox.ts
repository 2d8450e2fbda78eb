import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { HostingControls } from './emulator.ts';
import { hosting, hostingProvider, type HostingAccount } from './index.ts';

export type {
  HostingControls,
  HostingJob,
  HostingOptions,
  HostingService,
  HostingServiceId,
  HostingServiceInit,
} from './emulator.ts';

/** The emulated Hosting API: what it holds, what it saw, and what shall go wrong. */
export interface HostingSandbox extends HostingControls, SandboxServer {}

/** With what the emulated Hosting API is reached; the token goes into the header `token`. */
export interface HostingSettings {
  readonly baseUrl: string;
  readonly token: string;
}

/** The settings of the Hosting API in the sandbox. */
export interface HostingSandboxSettings {
  readonly hosting: HostingSettings;
}

/** The accounts at the Hosting API in the sandbox. */
export interface HostingSandboxAccounts {
  readonly hosting: HostingAccount;
}

/** The Hosting API for the sandbox and the command line. */
export const hostingSandbox: ProviderSandbox<
  typeof hostingProvider,
  HostingControls,
  HostingSandboxSettings,
  HostingSandboxAccounts
> = {
  provider: hostingProvider,
  portOffset: 2,
  load: async () => {
    const { createHostingEmulator, hostingSandboxPath, hostingSandboxToken } = await import('./emulator.ts');
    return {
      create: createHostingEmulator,
      reach(origin) {
        const settings = { baseUrl: `${origin}${hostingSandboxPath}`, token: hostingSandboxToken };
        return { settings: { hosting: settings }, accounts: { hosting: hosting(settings) } };
      },
    };
  },
};
