import type { OrderDetails } from '../accounts/account-internals.ts';
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
import type { ReadyCall } from '../accounts/ready-call.ts';
import { previewOf } from '../outcome/preview.ts';
import { readOptions } from '../outcome/read-options.ts';
import { readStatus } from '../outcome/read-status.ts';
import type { CancelResult, PreviewedRequest, RevokeResult } from '../contract/result.ts';
import { revokeOnce } from '../outcome/revoke.ts';
import type { AnyWhen, CancellationOptions, CancellationStatus, Warning } from '../contract/vocabulary.ts';

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
  const { call, request, adapter, context, options } = ready;
  const { details, warnings } = orderOf(ready, request.when, 'cancel');
  const facts = await send({ adapter, details, call, context }, options.verify === true);
  return resultOf(ready, request.when, warnings, facts);
}

/**
 * Confirms a cancellation with the token that a person received. It is judged as the cancellation itself would be.
 *
 * @throws ProviderError `unsupported` if no cancellation of the provider needs that, and others
 */
export async function confirm(ready: ReadyCall<CheckedConfirmRequest>): Promise<CancelResult> {
  const { call, entry, request, adapter, context, options } = ready;
  const { confirm: when } = entry.account.capabilities;
  const { confirm } = adapter;
  if (confirm === undefined || when === undefined || when === 'on_date') {
    const message = 'no cancellation of this provider needs a confirmation. Use cancel(). Nothing was sent.';
    throw call.error({ code: 'unsupported', message });
  }
  const { details, warnings } = orderOf(ready, when, 'confirm');
  const { when: _, ...order } = details;
  const confirming = { ...adapter, cancel: () => confirm({ ...order, token: request.token }) };
  const confirmed = await cancelOnce({ adapter: confirming, details, call, context }, options.verify === true);
  return resultOf(ready, when, warnings, confirmed);
}

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
  const { details } = orderOf(ready, ready.request.when, 'cancel');
  return previewOf(ready.adapter.cancel(details), ready.call, ready.context);
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

function orderOf(
  { call, entry, request, details: { reasonCode: chosenCode, extras } }: ReadyCall<Omit<CheckedCancelRequest, 'when'>>,
  when: AnyWhen,
  operation: 'cancel' | 'confirm',
): {
  readonly details: OrderDetails;
  readonly warnings: readonly Warning[];
} {
  if (typeof when === 'object') call.asksFor = when.on;
  const { reason, reference } = request;
  const { reason: field, detailsWith = 'cancel' } = entry.account.capabilities;
  const isCarried = operation === detailsWith || detailsWith === 'cancel';
  const reasonCode = isCarried ? chosenCode : undefined;
  const { text, warnings } = composeReason(reason, reference, isCarried ? field : NOT_CARRIED, reasonCode);
  return {
    details: { when, reasonText: text, reason: partsOf(reason), reasonCode, reference, extras },
    warnings,
  };
}

/** For a cancellation whose reason goes with its confirmation alone. */
const NOT_CARRIED = { field: 'no' } as const;

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
    ...call.facts,
  };
}
