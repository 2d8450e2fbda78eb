import type { OrderDetails } from '../accounts/account-driver.ts';
import { cancelOnce } from '../outcome/cancel.ts';
import type { CheckedCancelRequest, CheckedRevokeRequest, CheckedStatusRequest } from '../call/check-request.ts';
import { composeReason } from '../outcome/compose-reason.ts';
import type { ReadyCall } from '../accounts/run-checked.ts';
import { previewOf } from '../outcome/preview.ts';
import { requestIdOf } from '../outcome/raw-answer.ts';
import { readStatus } from '../outcome/read-status.ts';
import type { CancelResult, PreviewedRequest, RevokeResult } from '../contract/result.ts';
import { revokeOnce } from '../outcome/revoke.ts';
import type { CancellationStatus, Warning } from '../contract/vocabulary.ts';

/**
 * Cancels, and returns the result with the call's own facts.
 *
 * @param carryOut what sends it; by itself where nothing else is said.
 * @throws ProviderError
 */
export async function cancelPrepared(
  prepared: ReadyCall<CheckedCancelRequest>,
  carryOut: typeof cancelOnce = cancelOnce,
): Promise<CancelResult> {
  const { call, entry, request, service, route, options } = prepared;
  const { details, warnings } = orderOf(prepared);
  const cancelled = await carryOut({ service, details, call, route }, options.verify === true);
  return {
    account: entry.name,
    provider: entry.account.provider,
    service: request.service,
    when: request.when,
    ...cancelled,
    ...requestIdOf(call),
    warnings: [...warnings, ...cancelled.warnings],
    attempts: call.attempts,
    operationId: call.operationId,
  };
}

/**
 * The request that cancels, as it would be sent.
 *
 * @throws ProviderError
 */
export async function previewPrepared(prepared: ReadyCall<CheckedCancelRequest>): Promise<PreviewedRequest> {
  const { details } = orderOf(prepared);
  return previewOf(prepared.service.cancel(details), prepared.call, prepared.route);
}

/**
 * The state of a cancellation.
 *
 * @throws ProviderError `unsupported` where this service cannot be read back, and others
 */
export async function statusPrepared(prepared: ReadyCall<CheckedStatusRequest>): Promise<CancellationStatus> {
  const { call, request, service, route } = prepared;
  const reading = service.status?.(request.providerReference);
  if (reading !== undefined) return await readStatus(reading, call, route);
  const message = 'the API cannot read a cancellation of this service back. Look it up in the provider’s client area.';
  throw call.error({ code: 'unsupported', message });
}

/**
 * Undoes a cancellation, and returns the result with the call's own facts.
 *
 * @throws ProviderError
 */
export async function revokePrepared(prepared: ReadyCall<CheckedRevokeRequest>): Promise<RevokeResult> {
  const { call, entry, request, service, route } = prepared;
  const revoked = await revokeOnce(service, call, route);
  return {
    account: entry.name,
    provider: entry.account.provider,
    service: request.service,
    ...revoked,
    ...requestIdOf(call),
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
