import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { HostbillControls } from './emulator.ts';
import { hostbill, hostbillProvider, type HostbillAccount } from './index.ts';

export type {
  HostbillControls,
  HostbillOptions,
  HostbillSandboxService,
  HostbillServiceId,
  HostbillServiceInit,
} from './emulator.ts';

/** The emulated HostBill portal: what it holds, what it saw, and what shall go wrong. */
export interface HostbillSandbox extends HostbillControls, SandboxServer {}

/** With what the emulated portal is entered by e-mail address and password. */
export interface HostbillSettings {
  readonly baseUrl: string;
  readonly email: string;
  readonly password: string;
}

/** The same by a login. */
export interface HostbillLoginSettings extends HostbillSettings {
  readonly signIn: 'login';
}

/** With what the emulated portal is entered by a personal access token. */
export interface HostbillTokenSettings {
  readonly baseUrl: string;
  readonly token: string;
}

/** The settings of HostBill in the sandbox. */
export interface HostbillSandboxSettings {
  readonly hostbill: HostbillSettings;
  readonly hostbillLogin: HostbillLoginSettings;
  readonly hostbillToken: HostbillTokenSettings;
}

/** The accounts at HostBill in the sandbox. */
export interface HostbillSandboxAccounts {
  readonly hostbill: HostbillAccount;
  readonly hostbillLogin: HostbillAccount;
  readonly hostbillToken: HostbillAccount;
}

/** HostBill for the sandbox and the command line. */
export const hostbillSandbox: ProviderSandbox<
  typeof hostbillProvider,
  HostbillControls,
  HostbillSandboxSettings,
  HostbillSandboxAccounts
> = {
  provider: hostbillProvider,
  portOffset: 8,
  load: async () => {
    const { createHostbillEmulator, hostbillSandboxCredentials } = await import('./emulator.ts');
    return {
      create: createHostbillEmulator,
      reach(baseUrl) {
        const { email, password, token } = hostbillSandboxCredentials;
        const settings = {
          hostbill: { baseUrl, email, password },
          hostbillLogin: { baseUrl, email, password, signIn: 'login' },
          hostbillToken: { baseUrl, token },
        } as const;
        const accounts = {
          hostbill: hostbill(settings.hostbill),
          hostbillLogin: hostbill(settings.hostbillLogin),
          hostbillToken: hostbill(settings.hostbillToken),
        };
        return { settings, accounts };
      },
    };
  },
};
