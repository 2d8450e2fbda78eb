import { edisSandboxLogin } from '../../providers/edis/emulator.ts';
import { hostingSandboxPath, hostingSandboxToken } from '../../providers/hosting/emulator.ts';
import { vpsbgSandboxTokens } from '../../providers/vpsbg/emulator.ts';
import {
  whmcsSandboxAdministrator,
  whmcsSandboxDirectory,
  whmcsSandboxLogins,
} from '../../providers/whmcs/emulator.ts';

/** With what the emulators are reached. Plain data: addresses on loopback and credentials that open nothing else. */
export interface SandboxSettings {
  readonly edis: EdisSettings;
  /** With the token that allows every call. */
  readonly vpsbg: VpsbgSettings;
  /** With the token that allows GET only. */
  readonly vpsbgReadOnly: VpsbgSettings;
  readonly hosting: HostingSettings;
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

/** With what the emulated EDIS is reached. */
export interface EdisSettings {
  readonly baseUrl: string;
  readonly email: string;
  readonly password: string;
}

/** With what the emulated VPSBG is reached. */
export interface VpsbgSettings {
  readonly baseUrl: string;
  readonly token: string;
}

/** With what the emulated Hosting API is reached; the token goes into the header `token`. */
export interface HostingSettings {
  readonly baseUrl: string;
  readonly token: string;
}

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

/** The origins of the servers, by provider. */
export type SandboxOrigins = Readonly<Record<'edis' | 'vpsbg' | 'hosting' | 'whmcs', string>>;

/** The settings for servers at these origins. */
export function createSettings(origins: SandboxOrigins): SandboxSettings {
  const { username, password } = whmcsSandboxAdministrator;
  const whmcs = (name: keyof typeof whmcsSandboxLogins, directory = ''): WhmcsSettings => {
    const { identifier, secret } = whmcsSandboxLogins[name];
    return { url: `${origins.whmcs}${directory}`, identifier, secret };
  };
  return {
    edis: { baseUrl: origins.edis, ...edisSandboxLogin },
    vpsbg: { baseUrl: origins.vpsbg, token: vpsbgSandboxTokens.write },
    vpsbgReadOnly: { baseUrl: origins.vpsbg, token: vpsbgSandboxTokens.read },
    hosting: { baseUrl: `${origins.hosting}${hostingSandboxPath}`, token: hostingSandboxToken },
    whmcs: whmcs('full'),
    whmcsInDirectory: whmcs('full', whmcsSandboxDirectory),
    whmcsAdministrator: {
      url: origins.whmcs,
      username,
      password,
    },
    whmcsReadOnly: whmcs('readOnly'),
    whmcsDisabled: whmcs('disabled'),
    whmcsWithoutApiAccess: whmcs('withoutApiAccess'),
  };
}
