import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { LeasewebControls } from './emulator.ts';
import { leaseweb, leasewebProvider, type LeasewebAccount } from './index.ts';

export type {
  LeasewebControls,
  LeasewebInit,
  LeasewebInstance,
  LeasewebInstanceId,
  LeasewebOptions,
  LeasewebProduct,
  LeasewebServiceId,
  LeasewebThing,
} from './emulator.ts';

/** The emulated Leaseweb: what it holds, what it saw, and what shall go wrong. */
export interface LeasewebSandbox extends LeasewebControls, SandboxServer {}

/** With what the emulated Leaseweb is reached. */
export interface LeasewebSettings {
  readonly baseUrl: string;
  readonly apiKey: string;
}

/** The settings of Leaseweb in the sandbox. */
export interface LeasewebSandboxSettings {
  readonly leaseweb: LeasewebSettings;
}

/** The accounts at Leaseweb in the sandbox. */
export interface LeasewebSandboxAccounts {
  readonly leaseweb: LeasewebAccount;
}

/** Leaseweb for the sandbox and the command line. */
export const leasewebSandbox: ProviderSandbox<
  typeof leasewebProvider,
  LeasewebControls,
  LeasewebSandboxSettings,
  LeasewebSandboxAccounts
> = {
  provider: leasewebProvider,
  portOffset: 7,
  load: async () => {
    const { createLeasewebEmulator, leasewebSandboxKey } = await import('./emulator.ts');
    return {
      create: createLeasewebEmulator,
      reach(origin) {
        const settings = { baseUrl: origin, apiKey: leasewebSandboxKey };
        return { settings: { leaseweb: settings }, accounts: { leaseweb: leaseweb(settings) } };
      },
    };
  },
};
