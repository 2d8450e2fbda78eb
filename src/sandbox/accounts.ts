import { edis, type EdisAccount } from '../../providers/edis/index.ts';
import { hosting, type HostingAccount } from '../../providers/hosting/index.ts';
import { vpsbg, type VpsbgAccount } from '../../providers/vpsbg/index.ts';
import { whmcs, type WhmcsAccount } from '../../providers/whmcs/index.ts';
import type { SandboxSettings } from './settings.ts';

/** Accounts at the emulators, ready for `createCancelService`. */
export interface SandboxAccounts {
  readonly edis: EdisAccount;
  readonly vpsbg: VpsbgAccount;
  /** Its token allows GET only: a cancellation is `forbidden`. */
  readonly vpsbgReadOnly: VpsbgAccount;
  readonly hosting: HostingAccount;
  readonly whmcs: WhmcsAccount;
  /** The same WHMCS in a sub-directory. */
  readonly whmcsInDirectory: WhmcsAccount;
  /** Signs in with an administrator's name and password. */
  readonly whmcsAdministrator: WhmcsAccount;
  /** Its role lacks `AddCancelRequest`: a cancellation is `forbidden`. */
  readonly whmcsReadOnly: WhmcsAccount;
}

/** Makes an account of each of the settings. */
export function createAccounts(settings: SandboxSettings): SandboxAccounts {
  return {
    edis: edis(settings.edis),
    vpsbg: vpsbg(settings.vpsbg),
    vpsbgReadOnly: vpsbg(settings.vpsbgReadOnly),
    hosting: hosting(settings.hosting),
    whmcs: whmcs(settings.whmcs),
    whmcsInDirectory: whmcs(settings.whmcsInDirectory),
    whmcsAdministrator: whmcs(settings.whmcsAdministrator),
    whmcsReadOnly: whmcs(settings.whmcsReadOnly),
  };
}
