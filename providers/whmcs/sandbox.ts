import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { WhmcsControls } from './emulator.ts';
import { whmcs, whmcsProvider, type WhmcsAccount } from './index.ts';

export type {
  WhmcsCancelError,
  WhmcsCancellationRequest,
  WhmcsControls,
  WhmcsOptions,
  WhmcsService,
  WhmcsServiceId,
  WhmcsServiceInit,
  WhmcsServiceStatus,
} from './emulator.ts';

/** The emulated WHMCS: what it holds, what it saw, and what shall go wrong. */
export interface WhmcsSandbox extends WhmcsControls, SandboxServer {}

/** With what the emulated WHMCS is reached. */
export interface WhmcsSettings {
  /** The root of WHMCS, without `includes/api.php`. */
  readonly url: string;
  readonly identifier: string;
  readonly secret: string;
}

/** With what the emulated WHMCS is reached by an administrator's name. */
export interface WhmcsAdministratorSettings {
  readonly url: string;
  readonly username: string;
  /** As the administrator types it. */
  readonly password: string;
}

/** The settings of WHMCS in the sandbox. */
export interface WhmcsSandboxSettings {
  /** At the root of the server, with a role that allows every action. */
  readonly whmcs: WhmcsSettings;
  /** The same WHMCS in a sub-directory. */
  readonly whmcsInDirectory: WhmcsSettings;
  /** An administrator's name and password in place of identifier and secret. */
  readonly whmcsAdministrator: WhmcsAdministratorSettings;
  /** A role that may read, but lacks `AddCancelRequest`. */
  readonly whmcsReadOnly: WhmcsSettings;
  /** The administrator behind it is disabled. */
  readonly whmcsDisabled: WhmcsSettings;
  /** The administrator behind it has no access to the API. */
  readonly whmcsWithoutApiAccess: WhmcsSettings;
}

/** The accounts at WHMCS in the sandbox. */
export interface WhmcsSandboxAccounts {
  readonly whmcs: WhmcsAccount;
  /** The same WHMCS in a sub-directory. */
  readonly whmcsInDirectory: WhmcsAccount;
  /** Signs in with an administrator's name and password. */
  readonly whmcsAdministrator: WhmcsAccount;
  /** Its role lacks `AddCancelRequest`: a cancellation is `forbidden`. */
  readonly whmcsReadOnly: WhmcsAccount;
}

/** WHMCS for the sandbox and the command line. */
export const whmcsSandbox: ProviderSandbox<
  typeof whmcsProvider,
  WhmcsControls,
  WhmcsSandboxSettings,
  WhmcsSandboxAccounts
> = {
  provider: whmcsProvider,
  portOffset: 3,
  load: async () => {
    const { createWhmcsEmulator, whmcsSandboxAdministrator, whmcsSandboxDirectory, whmcsSandboxLogins } =
      await import('./emulator.ts');
    const { username, password } = whmcsSandboxAdministrator;
    return {
      create: createWhmcsEmulator,
      reach(origin) {
        const login = (name: keyof typeof whmcsSandboxLogins, directory = ''): WhmcsSettings => {
          const { identifier, secret } = whmcsSandboxLogins[name];
          return { url: `${origin}${directory}`, identifier, secret };
        };
        const settings: WhmcsSandboxSettings = {
          whmcs: login('full'),
          whmcsInDirectory: login('full', whmcsSandboxDirectory),
          whmcsAdministrator: { url: origin, username, password },
          whmcsReadOnly: login('readOnly'),
          whmcsDisabled: login('disabled'),
          whmcsWithoutApiAccess: login('withoutApiAccess'),
        };
        const accounts: WhmcsSandboxAccounts = {
          whmcs: whmcs(settings.whmcs),
          whmcsInDirectory: whmcs(settings.whmcsInDirectory),
          whmcsAdministrator: whmcs(settings.whmcsAdministrator),
          whmcsReadOnly: whmcs(settings.whmcsReadOnly),
        };
        return { settings, accounts };
      },
    };
  },
};
