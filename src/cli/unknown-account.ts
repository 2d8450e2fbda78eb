import { ProviderError } from '../provider-error.ts';

/** The error for a name that is none of the accounts'. */
export function unknownAccount(names: readonly string[], where: string): ProviderError {
  const message =
    names.length === 0
      ? `no account is configured in ${where}. Write a configuration with: cancelkit init`
      : `there is no account of that name in ${where}. The accounts are: ${names.join(', ')}.`;
  return new ProviderError('unknown_account', { message });
}
