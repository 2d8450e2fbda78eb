import { nearest } from '../../call/nearest.ts';
import { ProviderError } from '../../contract/provider-error.ts';
import { CONFIG_NAMES } from './find-config.ts';

/** The error for a name that is none of the accounts', of the configuration file at `path` or of the environment. */
export function unknownAccount(names: readonly string[], path: string | undefined, typed: string): ProviderError {
  const where = path ?? `the environment (there is no ${CONFIG_NAMES[0] ?? ''} here)`;
  const what =
    names.length === 0 ? `no account is configured in ${where}` : `there is no account of that name in ${where}`;
  return new ProviderError('unknown_account', { message: `${what}. ${nextStep(names, path, typed)}` });
}

function nextStep(names: readonly string[], path: string | undefined, typed: string): string {
  const suggestion = nearest(typed, names);
  if (names.length > 0)
    return `The accounts are: ${names.join(', ')}.${suggestion === undefined ? '' : ` Did you mean ${suggestion}?`}`;
  return path === undefined
    ? 'Set the variables of a provider, which `cancelkit accounts` lists, or write a configuration with: cancelkit init'
    : 'Add one to its accounts, or uncomment it.';
}
