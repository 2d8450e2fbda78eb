import type { CancellationStatus, LastSeen } from '../../contract/vocabulary.ts';
import type { Claimed, Followed, Following } from '../model/claimed.ts';

/** What a reading found that contradicts the cancellation, in words for an operator. */
export function findingOf(
  { claimed, followed }: Following,
  doubt: 'lapsed' | 'overdue',
  { state, effectiveAt }: CancellationStatus,
): string {
  const { provider } = claimed;
  const { value: promised } = followed.result.effectiveAt ?? {};
  if (doubt === 'overdue') return `${overdueWords(claimed, state, followed)} ${DECIDE}`;
  if (state === 'none' || state === 'failed') {
    const shown = state === 'none' ? 'shows no cancellation of this service any more' : 'says that it failed';
    return `${provider}: the provider accepted this cancellation, and ${shown}. The service goes on. ${DECIDE}`;
  }
  // The cancellation that the provider shows may be another one, which a person has made there for a later date.
  const why =
    state === 'scheduled' || state === 'requested'
      ? 'it was renewed, or cancelled anew for that date'
      : 'it was renewed';
  return `${provider}: the service was to end on ${promised ?? '?'}, and ends on ${effectiveAt?.value ?? '?'} now: ${why}. ${DECIDE}`;
}

/** The same as the last finding, after which the provider could not be read any more. */
export function lastFinding({ claimed, followed }: Following, seen: LastSeen): string {
  return `${overdueWords(claimed, seen, followed)} Since that was read, the provider has not answered. ${DECIDE}`;
}

/** The finding if two kinds of readings keep contradicting each other: they must not be read for ever. */
export const TORN =
  'Its date has passed, and the readings contradict each other: look at the history, and look it up at the provider.';

/** That the service runs on after its date. */
function overdueWords({ provider }: Claimed, seen: LastSeen, { result }: Followed): string {
  const { value: promised } = result.effectiveAt ?? {};
  const date = promised === undefined ? 'It should have ended by now' : `It should have ended on ${promised}`;
  return `${provider}: ${date}, and the provider does not say that the service is over (its state: ${seen}).`;
}

const DECIDE = 'Look it up at the provider. If the service is still to end, send it again; otherwise resolve it.';
