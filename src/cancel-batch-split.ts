import type { Member } from './cancel-batch-list.ts';
import type { Cancellation } from './cancel-operation.ts';
import { isProviderError, ProviderError } from './provider-error.ts';
import { readStatus } from './read-status.ts';
import { foundAsWanted } from './reconcile-unknown.ts';
import type { CancellationStatus } from './vocabulary.ts';

/**
 * Reads back each member of a list that was refused because of something in it, and tells those their end that need not,
 * or must not, be sent again. The refusal is the provider's last word on the list, so that what is seen not to be there
 * now does not come later.
 *
 * @param sentAt when the list was handed to the network.
 * @returns those that are seen not to be cancelled.
 */
export async function sortOutRefused(members: readonly Member[], sentAt: string): Promise<readonly Member[]> {
  const left: Member[] = [];
  for (const member of members) {
    const { cancellation, resolve, reject } = member;
    const seen = await readBack(cancellation);
    if (seen === 'not_found') {
      const message = `${refused(members)}, and has no such service. Check the id.`;
      reject(cancellation.call.error({ code: 'not_found', message }));
    } else if (seen?.state === 'none') {
      left.push(member);
    } else {
      const found = seen === undefined ? undefined : foundAsWanted(seen, cancellation.details.when);
      if (found !== undefined) resolve(found);
      else reject(conflictOrDoubt(cancellation, seen, refused(members), sentAt));
    }
  }
  return left;
}

async function readBack({ service, call, route }: Cancellation): Promise<CancellationStatus | 'not_found' | undefined> {
  const exchange = service.status?.();
  if (exchange === undefined) return undefined;
  call.emit({ type: 'read_back', because: 'provider_error' });
  try {
    return await readStatus(exchange, call, route);
  } catch (error) {
    if (isProviderError(error)) return error.code === 'not_found' ? 'not_found' : undefined;
    // Whatever failed, the list may have been carried out for this one.
    call.writeLeaves();
    throw error;
  }
}

function conflictOrDoubt(
  { call, details }: Cancellation,
  seen: CancellationStatus | undefined,
  what: string,
  sentAt: string,
): ProviderError {
  const { state, when } = seen ?? {};
  if ((state === 'requested' || state === 'scheduled') && when !== undefined) {
    const message = `a cancellation of this service exists already, with the timing ${when} instead of ${details.when}.`;
    return call.error({ code: 'timing_conflict', existing: seen, message });
  }
  const error = call.error({
    code: 'outcome_unknown',
    reason: 'provider_error',
    message: `${what}, and does not say whether it carried out the rest. ${seen === undefined ? 'This one could not be read back.' : `Read back afterwards: ${seen.state}.`}`,
    lastSeen: seen?.state,
    existing: seen,
  });
  return new ProviderError(error.code, { ...error, message: error.message, sentAt });
}

function refused(members: readonly Member[]): string {
  return `the provider refused a list of ${members.length} that this one was part of`;
}
