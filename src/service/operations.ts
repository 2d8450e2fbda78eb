import type { ReadyCall } from '../accounts/ready-call.ts';
import type { CheckedCancelRequest, CheckedRevokeRequest, CheckedStatusRequest } from '../call/check-request.ts';
import type { PreviewedRequest, RevokeResult } from '../contract/result.ts';
import type { CancellationOptions, CancellationStatus } from '../contract/vocabulary.ts';
import { cancellationOf } from '../outcome/cancel.ts';
import { previewOf } from '../outcome/preview.ts';
import { readOptions } from '../outcome/read-options.ts';
import { readStatus } from '../outcome/read-status.ts';
import { revokeOnce } from '../outcome/revoke.ts';

// All operations are loaded in one step, so that they share one copy of what they are made of.
export { cancel, confirm } from '../outcome/cancel.ts';

/**
 * What one service allows now.
 *
 * @throws ProviderError
 */
export function options(ready: ReadyCall<CheckedRevokeRequest>): Promise<CancellationOptions> {
  const { call, entry, adapter, context } = ready;
  return readOptions(adapter, entry.account.capabilities.timings, call, context);
}

/**
 * The request that cancels, as it would be sent.
 *
 * @throws ProviderError
 */
export async function preview(ready: ReadyCall<CheckedCancelRequest>): Promise<PreviewedRequest> {
  const { adapter, details, call, context } = cancellationOf(ready, ready.request.when, 'cancel');
  return previewOf(adapter.cancel(details), call, context);
}

/**
 * The state of a cancellation.
 *
 * @throws ProviderError `unsupported` if this service cannot be read back, and others
 */
export async function status(ready: ReadyCall<CheckedStatusRequest>): Promise<CancellationStatus> {
  const { call, request, adapter, context } = ready;
  const reading = adapter.status?.(request.providerReference);
  if (reading !== undefined) return await readStatus(reading, call, context);
  const message = 'the API cannot read a cancellation of this service back. Look it up in the provider’s client area.';
  throw call.error({ code: 'unsupported', message });
}

/**
 * Undoes a cancellation, and returns the result with the call's own facts.
 *
 * @throws ProviderError
 */
export async function revoke(ready: ReadyCall<CheckedRevokeRequest>): Promise<RevokeResult> {
  const { call, entry, request, adapter, context } = ready;
  const facts = await revokeOnce(adapter, call, context);
  return {
    account: entry.name,
    provider: entry.account.provider,
    service: request.service,
    ...facts,
    ...call.facts,
  };
}
