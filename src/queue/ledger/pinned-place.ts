import { isProviderError } from '../../contract/provider-error.ts';
import type { QueryClient } from '../database/database.ts';
import type { Claimed } from '../model/claimed.ts';
import type { QueueServices } from '../model/services.ts';

/** How long the configuration of an account may take while a cancellation is enqueued. */
const CONFIGURATION_MS = 5_000;

/** The place that an account leads to, or `undefined` if its configuration cannot be read here. */
export async function placeOrNone(
  account: string,
  services: Pick<QueueServices, 'place'>,
): Promise<string | undefined> {
  try {
    return await services.place(account, { deadlineMs: CONFIGURATION_MS });
  } catch (error) {
    // Processes that only enqueue need no configuration: the worker's first call says where it leads.
    if (isProviderError(error, 'not_configured')) return undefined;
    throw error;
  }
}

/**
 * The place that a cancellation is pinned to. One that is not pinned yet is pinned to the place that its account leads
 * to now, before anything is sent.
 *
 * @returns `undefined` if the claim is over.
 * @throws ProviderError `not_configured`
 * @throws DatabaseFailure
 */
export async function pinnedPlace(
  { id, claim, request, place }: Claimed,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
  {
    database,
    schema,
    services,
  }: { readonly database: QueryClient; readonly schema: string; readonly services: QueueServices },
): Promise<string | undefined> {
  if (place !== undefined) return place;
  const found = await services.place(request.account, { deadlineMs, signal });
  const { rows } = await database.query(
    `UPDATE ${schema}.cancellation SET place = $3 WHERE id = $1 AND claim = $2 AND place IS NULL RETURNING id`,
    [id, claim, found],
  );
  return rows.length === 0 ? undefined : found;
}

/** The place that an account leads to, if a call was refused because it is not the one that was asked for. */
export function otherPlaceIn(error: unknown): string | undefined {
  if (!isProviderError(error, 'not_configured')) return undefined;
  return error.issues?.find(({ path }) => path === 'options.place')?.expected;
}

/** The place that an account leads to, if it is of another provider now than the cancellation was enqueued for. */
export async function otherProvidersPlace(
  { provider, request }: Claimed,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
  services: QueueServices,
): Promise<string | undefined> {
  const found = services.accounts[request.account]?.provider;
  if (found === undefined || found === provider) return undefined;
  return await services.place(request.account, { deadlineMs, signal });
}
