import type { Cancellation, Cancelled } from './cancel-operation.ts';
import type { ProviderResponse } from './exchange.ts';
import { providerWords } from './provider-words.ts';
import { rawOf, textBefore } from './raw-answer.ts';
import { readIfPossible } from './read-status.ts';
import type { DuplicateVerdict } from './verdict.ts';
import type { CancellationStatus, Warning } from './vocabulary.ts';

/** That a cancellation is there, but not which timing it has. */
export const TIMING_UNKNOWN: Warning = {
  code: 'timing_unknown',
  message: 'A cancellation of this service exists; whether it has the timing asked for could not be read.',
};

const NONE_IN_FORCE = 'No cancellation is in force.';
const NONE_FOUND = 'But none could be found when it was read back. Look at the service in the provider’s client area.';

/**
 * The provider has a cancellation of this service already: whether the caller's goal holds depends on which.
 *
 * @throws ProviderError `timing_conflict` or `not_cancellable`
 */
export async function reconcileDuplicate(
  { service, details, call, route }: Cancellation,
  verdict: DuplicateVerdict,
  response: ProviderResponse | undefined,
): Promise<Cancelled> {
  const { message } = verdict;
  const { when } = details;
  const words = { providerStatus: response?.status, ...providerWords(verdict) };
  call.emit({ type: 'read_back', because: 'duplicate' });
  const read = await readIfPossible(service, call, route, undefined, { afterDuplicate: true });
  const existing = read === 'absent' ? undefined : read;
  const isThere = existing !== undefined && existing.state !== 'unknown';
  if (isThere && (existing.state === 'none' || existing.state === 'failed')) {
    throw call.error({
      ...words,
      code: 'not_cancellable',
      message: `${message} ${verdict.ambiguous ? NONE_IN_FORCE : NONE_FOUND}`,
    });
  }
  if (!isThere && verdict.ambiguous) {
    throw call.error({ ...words, code: 'not_cancellable', message: `${message} ${unshown(read)}` });
  }
  if (isThere && existing.state !== 'completed' && existing.when !== undefined && existing.when !== when) {
    throw call.error({
      ...words,
      code: 'timing_conflict',
      existing,
      message: `a cancellation of this service exists already, with the timing ${existing.when} instead of ${when}.`,
    });
  }
  const timingKnown = isThere && (existing.state === 'completed' || existing.when !== undefined);
  return {
    outcome: 'already_cancelled',
    ...(existing === undefined ? {} : { existing }),
    ...(existing?.effectiveAt === undefined ? {} : { effectiveAt: existing.effectiveAt }),
    reconciled: false,
    warnings: [...(timingKnown ? [] : [TIMING_UNKNOWN]), ...(response === undefined ? [] : textBefore(response))],
    raw: response === undefined ? null : rawOf(response, call),
  };
}

function unshown(read: CancellationStatus | 'absent' | undefined): string {
  if (read === undefined) return 'Its state could not be read back.';
  if (read === 'absent') return 'Read back afterwards, the provider has no such service.';
  return 'Read back afterwards, its state does not show a cancellation. Look at the service in the provider’s client area.';
}
