import { ProviderError } from '../../contract/provider-error.ts';

/** The error for a command that cannot be carried out as it was given. Nothing was sent. */
export function wrongUse(message: string): ProviderError {
  return new ProviderError('invalid_request', { message });
}

/** The error for a configuration that cannot be used. Nothing was sent. */
export function notConfigured(message: string): ProviderError {
  return new ProviderError('not_configured', { message });
}
