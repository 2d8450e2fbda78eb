import { ProviderError } from '../provider-error.ts';
import { CONFIG_NAMES } from './find-config.ts';

/** The error for a name that is none of the accounts', of the configuration file at `path` or of the environment. */
export function unknownAccount(names: readonly string[], path: string | undefined): ProviderError {
  const where = path ?? `the environment (there is no ${CONFIG_NAMES[0] ?? ''} here)`;
  const what =
    names.length === 0 ? `no account is configured in ${where}` : `there is no account of that name in ${where}`;
  return new ProviderError('unknown_account', { message: `${what}. ${nextStep(names, path)}` });
}

function nextStep(names: readonly string[], path: string | undefined): string {
  if (names.length > 0) return `The accounts are: ${names.join(', ')}.`;
  return path === undefined
    ? 'Write a configuration with: cancelkit init'
    : 'Add one to its accounts, or uncomment it.';
}
