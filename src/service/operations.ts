import type { OrderDetails } from '../accounts/account-internals.ts';
import { cancelOnce } from '../outcome/cancel.ts';
import type { CheckedCancelRequest, CheckedRevokeRequest, CheckedStatusRequest } from '../call/check-request.ts';
import { composeReason } from '../outcome/compose-reason.ts';
import type { ReadyCall } from '../accounts/ready-call.ts';
import { previewOf } from '../outcome/preview.ts';
import { readStatus } from '../outcome/read-status.ts';
import type { CancelResult, PreviewedRequest, RevokeResult } from '../contract/result.ts';
import { revokeOnce } from '../outcome/revoke.ts';
import type { CancellationStatus, Warning } from '../contract/vocabulary.ts';

/**
 * Cancels, and returns the result with the call's own facts.
 *
 * @param send what sends it. Default: a request of its own.
 * @throws ProviderError
 */
export async function cancel(
  ready: ReadyCall<CheckedCancelRequest>,
  send: typeof cancelOnce = cancelOnce,
): Promise<CancelResult> {
  const { call, entry, request, adapter, context, options } = ready;
  const { details, warnings } = orderOf(ready);
  const facts = await send({ adapter, details, call, context }, options.verify === true);
  return {
    account: entry.name,
    provider: entry.account.provider,
    service: request.service,
    when: request.when,
    ...facts,
    warnings: [...warnings, ...facts.warnings],
    attempts: call.attempts,
    operationId: call.operationId,
  };
}

/**
 * The request that cancels, as it would be sent.
 *
 * @throws ProviderError
 */
export async function preview(ready: ReadyCall<CheckedCancelRequest>): Promise<PreviewedRequest> {
  const { details } = orderOf(ready);
  return previewOf(ready.adapter.cancel(details), ready.call, ready.context.baseUrl);
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
    attempts: call.attempts,
    operationId: call.operationId,
  };
}

function orderOf({ entry, request }: ReadyCall<CheckedCancelRequest>): {
  readonly details: OrderDetails;
  readonly warnings: readonly Warning[];
} {
  const { reason, reference, when } = request;
  const { text, warnings } = composeReason(reason, reference, entry.account.capabilities.reason);
  const parts = typeof reason === 'string' ? { text: reason } : (reason ?? {});
  return { details: { when, reasonText: text, reason: parts, reference }, warnings };
}
