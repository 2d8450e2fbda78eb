import { isProviderError, type ProviderError } from 'cancelkit';

/**
 * The error that a promise rejects with.
 *
 * @throws Error if it resolves, or rejects with anything but a ProviderError.
 */
export async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
  try {
    await promise;
  } catch (error) {
    if (isProviderError(error)) return error;
    throw new Error(`rejected with something that is no ProviderError: ${String(error)}`, { cause: error });
  }
  throw new Error('expected a rejection');
}
