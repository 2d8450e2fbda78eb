import { edisProvider } from '../../../providers/edis/index.ts';
import { hostingProvider } from '../../../providers/hosting/index.ts';
import { vpsbgProvider } from '../../../providers/vpsbg/index.ts';
import { whmcsProvider } from '../../../providers/whmcs/index.ts';
import type { Account, Accounts } from '../../contract/account.ts';

/** A provider of the package: the same name is its sub-path, its factory and its account in the environment. */
export interface BuiltInProvider {
  readonly id: string;
  /** Environment variable of each option. */
  readonly env: Readonly<Record<string, string>>;
  account(): Account;
}

/** The providers that the package brings along. */
export const builtInProviders: readonly BuiltInProvider[] = [
  edisProvider,
  vpsbgProvider,
  hostingProvider,
  whmcsProvider,
];

/** Whether a variable of the provider is set. An empty one counts as missing. */
export function isInEnvironment({ env }: BuiltInProvider): boolean {
  return Object.values(env).some((name) => (process.env[name] ?? '') !== '');
}

/** An account for each provider of which a variable is set. */
export function environmentAccounts(): Accounts {
  return Object.fromEntries(
    builtInProviders.filter(isInEnvironment).map((provider) => [provider.id, provider.account()]),
  );
}
