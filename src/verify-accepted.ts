import type { Cancellation, Cancelled } from './cancel-operation.ts';
import { readIfPossible } from './read-status.ts';
import type { Warning } from './vocabulary.ts';

/**
 * Reads an accepted cancellation back. What was accepted stays accepted, whatever becomes of the reading; only the
 * provider's own word that its job failed turns it around.
 *
 * @throws ProviderError `rejected` if the provider's own job failed
 */
export async function verifyAccepted(
  { service, details, call, route }: Cancellation,
  accepted: Cancelled,
): Promise<Cancelled> {
  if (service.status?.() === undefined) return withWarning(accepted, 'it cannot be read back over the API');
  call.emit({ type: 'read_back', because: 'verify' });
  const seen = await readIfPossible(service, call, route, accepted.providerReference);
  if (seen === undefined) return withWarning(accepted, 'it could not be read back');
  if (seen === 'absent') return withWarning(accepted, 'read back, the provider has no such service');
  const { state, effectiveAt } = seen;
  if (state === 'failed') {
    call.writeHadNoEffect();
    const message = 'the cancellation was accepted, and then the provider’s own job failed: nothing was cancelled.';
    throw call.error({ code: 'rejected', message });
  }
  if (state === 'none' || state === 'unknown') return withWarning(accepted, `read back, its state was: ${state}`);
  if (state !== 'completed' && seen.when !== undefined && seen.when !== details.when) {
    return withWarning(accepted, `read back, its timing was: ${seen.when}`);
  }
  return { ...accepted, outcome: state, ...(effectiveAt === undefined ? {} : { effectiveAt }), existing: seen };
}

function withWarning(accepted: Cancelled, what: string): Cancelled {
  const warning: Warning = { code: 'not_verified', message: `The provider accepted the cancellation, but ${what}.` };
  return { ...accepted, warnings: [...accepted.warnings, warning] };
}
