import { ProviderError, type CancelResult } from 'cancelkit';
import { acceptedResult } from '../support/result.ts';

/** An error of a provider whom no customer may learn of. */
export const thrown: ProviderError = new ProviderError('unauthorized', {
  message: 'upstream: https://api.upstream.example refused the token.',
  account: 'upstream',
  provider: 'upstream',
  providerStatus: 401,
  operationId: 'operation-1',
});

/** A result of the same provider. */
export const accepted: CancelResult = acceptedResult({
  account: 'upstream',
  provider: 'upstream',
  service: { upstreamId: 1 },
  when: 'immediate',
  raw: { upstream: true },
});
