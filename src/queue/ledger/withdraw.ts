import { ProviderError } from '../../contract/provider-error.ts';
import type { QueryClient, Row } from '../database/database.ts';
import type { Choice } from '../input/decision-input.ts';
import { toClaimed } from './claimed-row.ts';
import { type DecisionContext, hasBeenInDoubt, locked, note, write } from './decision.ts';

/**
 * Takes a proposed or planned cancellation out of the queue: it is `refused`, and is not sent. The code is `aborted`,
 * or `rejected` if it was once sent without a known outcome. Then a late yes of the provider still replaces the
 * refusal.
 *
 * @throws ProviderError `invalid_request` if it is neither any more
 */
export async function withdraw(
  client: QueryClient,
  context: DecisionContext,
  id: string,
  decision: Choice,
): Promise<void> {
  const row = await locked(client, context, id, decision, ['proposed', 'planned'], 'is still proposed or planned');
  const { provider, request } = toClaimed(row);
  const wasInDoubt = row['sent_again'] === true || (await hasBeenInDoubt(client, context, id));
  const error = new ProviderError(wasInDoubt ? 'rejected' : 'aborted', {
    message: `${provider}: withdrawn from the queue. ${wasInDoubt ? SENT_BEFORE : notTaken(row)}`,
    account: request.account,
    provider,
    operation: 'cancel',
    retryable: false,
  });
  // With `readings` above 0, it is a refusal that is based on an absence, as after the last read-back.
  await write(client, context, id, { state: 'refused', error: error.toJSON(), readings: wasInDoubt ? 1 : 0 });
  await note(client, context, id, 'withdrawn', decision);
}

/** What applies to a cancellation all of whose requests, if any, were refused. */
function notTaken({ tries }: Row): string {
  return Number(tries) === 0 ? 'Nothing was sent.' : 'Nothing happened at the provider.';
}

const SENT_BEFORE =
  'It was sent once before, and nothing shows that it took effect: look it up at the provider if it must not.';
