import type { Cancellation, CancelFacts } from './cancellation.ts';
import { compare, isShown } from './compare.ts';
import { readIfPossible } from './read-status.ts';
import { shownTiming } from './shown-timing.ts';
import type { Warning } from '../contract/vocabulary.ts';

/**
 * Reads an accepted cancellation back. What was accepted stays accepted, even if the reading fails; only the
 * provider's own word that its job failed turns it around.
 *
 * @throws ProviderError `rejected` if the provider's own job failed
 */
export async function verifyAccepted(
  { service, details, call, route }: Cancellation,
  accepted: CancelFacts,
): Promise<CancelFacts> {
  if (service.status?.() === undefined) return withWarning(accepted, 'it cannot be read back over the API');
  call.emit({ type: 'read_back', because: 'verify' });
  const seen = await readIfPossible(service, call, route, accepted.providerReference);
  if (seen === undefined) return withWarning(accepted, 'it could not be read back');
  // Its own write was accepted, and the provider has no such service any more.
  if (seen === 'gone') return { ...withoutDate(accepted), outcome: 'completed' };
  if (seen === 'absent') return withWarning(accepted, 'read back, the provider has no such service');
  if (seen.state === 'failed') {
    call.writeHadNoEffect();
    const message = 'the cancellation was accepted, and then the provider’s own job failed: nothing was cancelled.';
    throw call.error({ code: 'rejected', message });
  }
  if (!isShown(seen, details.when, call.asksFor)) {
    const isOther = compare(seen, details.when, call.asksFor) === 'other_timing';
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

function withoutDate(accepted: CancelFacts): CancelFacts {
  const { effectiveAt: _, ...facts } = accepted;
  return facts;
}
