import * as list from '../../../providers/list.ts';
import type { Account, Accounts } from '../../contract/account.ts';

/** A provider of the package: the same name is its sub-path, its factory and its account in the environment. */
export interface BuiltInProvider {
  readonly id: string;
  /** Environment variable of each option. */
  readonly env: Readonly<Record<string, string>>;
  account(): Account;
}

/** The providers that the package brings along. */
export const builtInProviders: readonly BuiltInProvider[] = Object.values(list)
  .toSorted((one, other) => one.portOffset - other.portOffset)
  .map(({ provider }) => provider);

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
