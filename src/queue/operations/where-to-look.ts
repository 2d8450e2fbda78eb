import type { WhereToLook } from '../../contract/where-to-look.ts';
import type { QueuedCancellation } from '../ledger/record.ts';
import type { QueueServices } from '../model/services.ts';

/**
 * Where a person finds the service of a cancellation. Only if the account leads to the place that the cancellation was
 * enqueued for: elsewhere, the service of that number is another one, and its state would be a wrong answer.
 */
export async function whereToLook(
  { account, provider, request: { service }, place }: QueuedCancellation,
  services: Pick<QueueServices, 'accounts' | 'whereToLook'>,
  deadlineMs: number,
): Promise<WhereToLook | undefined> {
  const isHere = Object.hasOwn(services.accounts, account) && services.accounts[account]?.provider === provider;
  if (!isHere) return undefined;
  return await services.whereToLook?.({ account, service }, { deadlineMs, ...(place === undefined ? {} : { place }) });
}
