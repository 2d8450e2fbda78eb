import type { OrderDetails } from '../accounts/account-driver.ts';
import { cancelOnce } from '../outcome/cancel.ts';
import type { CancelFacts } from '../outcome/cancellation.ts';
import type {
  CheckedCancelRequest,
  CheckedConfirmRequest,
  CheckedRevokeRequest,
  CheckedStatusRequest,
} from '../call/check-request.ts';
import { partsOf } from '../call/reason-code.ts';
import { composeReason } from '../outcome/compose-reason.ts';
import type { ReadyCall } from '../accounts/run-checked.ts';
import { previewOf } from '../outcome/preview.ts';
import { readOptions } from '../outcome/read-options.ts';
import { readStatus } from '../outcome/read-status.ts';
import type { CancelResult, PreviewedRequest, RevokeResult } from '../contract/result.ts';
import { revokeOnce } from '../outcome/revoke.ts';
import type { AnyWhen, CancellationOptions, CancellationStatus, Warning } from '../contract/vocabulary.ts';

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
  const { call, request, service, route, options } = prepared;
  const { details, warnings } = orderOf(prepared, request.when);
  const cancelled = await carryOut({ service, details, call, route }, options.verify === true);
  return resultOf(prepared, request.when, warnings, cancelled);
}

/**
 * Confirms a cancellation with the token that a person received. It is judged as the cancellation itself would be.
 *
 * @throws ProviderError `unsupported` if no cancellation of the provider needs that, and others
 */
export async function confirmPrepared(prepared: ReadyCall<CheckedConfirmRequest>): Promise<CancelResult> {
  const { call, entry, request, service, route, options } = prepared;
  const { confirm: when } = entry.account.capabilities;
  const { confirm } = service;
  if (confirm === undefined || when === undefined || when === 'on_date') {
    const message = 'no cancellation of this provider needs a confirmation. Use cancel(). Nothing was sent.';
    throw call.error({ code: 'unsupported', message });
  }
  const { details, warnings } = orderOf(prepared, when);
  const { when: _, ...order } = details;
  const confirming = { ...service, cancel: () => confirm({ ...order, token: request.token }) };
  const confirmed = await cancelOnce({ service: confirming, details, call, route }, options.verify === true);
  return resultOf(prepared, when, warnings, confirmed);
}

/**
 * What one service allows now.
 *
 * @throws ProviderError
 */
export function optionsPrepared(prepared: ReadyCall<CheckedRevokeRequest>): Promise<CancellationOptions> {
  const { call, entry, service, route } = prepared;
  return readOptions(service, entry.account.capabilities.timings, call, route);
}

/**
 * The request that cancels, as it would be sent.
 *
 * @throws ProviderError
 */
export async function previewPrepared(prepared: ReadyCall<CheckedCancelRequest>): Promise<PreviewedRequest> {
  const { details } = orderOf(prepared, prepared.request.when);
  return previewOf(prepared.service.cancel(details), prepared.call, prepared.route.baseUrl);
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
    attempts: call.attempts,
    operationId: call.operationId,
  };
}

function orderOf(
  { call, entry, request, details: { reasonCode, extras } }: ReadyCall<Omit<CheckedCancelRequest, 'when'>>,
  when: AnyWhen,
): {
  readonly details: OrderDetails;
  readonly warnings: readonly Warning[];
} {
  if (typeof when === 'object') call.asksFor = when.on;
  const { reason, reference } = request;
  const { text, warnings } = composeReason(reason, reference, entry.account.capabilities.reason, reasonCode);
  return {
    details: { when, reasonText: text, reason: partsOf(reason), reasonCode, reference, extras },
    warnings,
  };
}

function resultOf(
  { call, entry, request }: ReadyCall<Omit<CheckedCancelRequest, 'when'>>,
  when: AnyWhen,
  warnings: readonly Warning[],
  cancelled: CancelFacts,
): CancelResult {
  return {
    account: entry.name,
    provider: entry.account.provider,
    service: request.service,
    when,
    ...cancelled,
    warnings: [...warnings, ...cancelled.warnings],
    attempts: call.attempts,
    operationId: call.operationId,
  };
}
