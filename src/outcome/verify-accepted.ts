import type { Cancellation, CancelFacts } from './cancellation.ts';
import { compare, isShown } from './compare.ts';
import { readIfPossible } from './read-status.ts';
import type { CancellationStatus, Warning } from '../contract/vocabulary.ts';
import { whenText } from '../contract/when.ts';

/**
 * Reads an accepted cancellation back. What was accepted stays accepted, even if the reading fails; only the
 * provider's own word that its job failed turns it around.
 *
 * @throws ProviderError `rejected` if the provider's own job failed
 */
export async function verifyAccepted(
  { adapter, details, call, context }: Cancellation,
  accepted: CancelFacts,
): Promise<CancelFacts> {
  if (adapter.status?.() === undefined) return withWarning(accepted, 'it cannot be read back over the API');
  call.emit({ type: 'read_back', because: 'verify' });
  const seen = await readIfPossible(adapter, call, context, accepted.providerReference);
  if (seen === undefined) return withWarning(accepted, 'it could not be read back');
  if (seen === 'absent') return withWarning(accepted, 'read back, the provider has no such service');
  if (seen.state === 'failed') {
    call.writeHadNoEffect();
    const message = 'the cancellation was accepted, and then the provider’s own job failed: nothing was cancelled.';
    throw call.error({ code: 'rejected', message });
  }
  if (!isShown(seen, details.when)) {
    const isOther = compare(seen, details.when) === 'other_timing';
    const what = isOther ? `its timing was: ${shownTiming(seen)}` : `its state was: ${seen.state}`;
    return withWarning(accepted, `read back, ${what}`);
  }
  const { state, effectiveAt } = seen;
  return { ...accepted, outcome: state, ...(effectiveAt === undefined ? {} : { effectiveAt }), existing: seen };
}

function withWarning(accepted: CancelFacts, what: string): CancelFacts {
  const warning: Warning = { code: 'not_verified', message: `The provider accepted the cancellation, but ${what}.` };
  return { ...accepted, warnings: [...accepted.warnings, warning] };
}

function shownTiming({ when, effectiveAt }: CancellationStatus): string {
  return when === undefined ? `${effectiveAt?.value}` : whenText(when);
}
