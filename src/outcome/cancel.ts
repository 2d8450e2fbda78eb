import type { ReadyCall } from '../accounts/ready-call.ts';
import type { Call } from '../call/call.ts';
import type { CheckedCancelRequest, CheckedConfirmRequest } from '../call/check-request.ts';
import { partsOf, composeReason } from '../call/reason.ts';
import { isProviderError } from '../contract/provider-error.ts';
import type { CancelResult } from '../contract/result.ts';
import type { AcceptedVerdict } from '../contract/verdict.ts';
import type { AnyWhen, EffectiveAt, Warning } from '../contract/vocabulary.ts';
import { runExchange } from '../sending/run-exchange.ts';
import type { Cancellation, CancelFacts } from './cancellation.ts';
import { compareTiming } from './compare.ts';
import { type AcceptedWrite, judgeCancel, rawOf, textBefore } from './judge-write.ts';
import { hasPassed } from './past-date.ts';
import { reconcileDuplicate, reconcileUnknown, verifyAccepted } from './read-back.ts';

/**
 * Cancels.
 *
 * @param send what sends it. Default: a request of its own.
 * @throws ProviderError
 */
export function cancel(
  ready: ReadyCall<CheckedCancelRequest>,
  send: typeof cancelOnce = cancelOnce,
): Promise<CancelResult> {
  return send(cancellationOf(ready, ready.request.when, 'cancel'), ready.options.verify === true);
}

/**
 * Confirms a cancellation with the token that a person received. It is judged as the cancellation itself would be.
 *
 * @throws ProviderError `unsupported` if no cancellation of the provider needs that, and others
 */
export async function confirm(ready: ReadyCall<CheckedConfirmRequest>): Promise<CancelResult> {
  const { call, entry, request, adapter, options } = ready;
  const { confirm: when } = entry.account.capabilities;
  const { confirm } = adapter;
  if (confirm === undefined || when === undefined || when === 'on_date') {
    const message = 'no cancellation of this provider needs a confirmation. Use cancel(). Nothing was sent.';
    throw call.error({ code: 'unsupported', message });
  }
  const cancellation = cancellationOf(ready, when, 'confirm');
  const { when: _, ...order } = cancellation.details;
  const confirming = { ...adapter, cancel: () => confirm({ ...order, token: request.token }) };
  return await cancelOnce({ ...cancellation, adapter: confirming }, options.verify === true);
}

/**
 * Sends one cancellation, judges what came back, and reads back what that does not tell.
 *
 * @throws ProviderError
 */
export async function cancelOnce(cancellation: Cancellation, verify: boolean): Promise<CancelResult> {
  let sent;
  try {
    const { adapter, details, call, context } = cancellation;
    sent = judgeCancel(await runExchange(adapter.cancel(details), call, context, 'write'), call);
  } catch (error) {
    if (!isProviderError(error, 'outcome_unknown')) throw error;
    sent = { error, ifAbsent: undefined };
  }
  let facts: CancelFacts;
  if ('duplicate' in sent) facts = await reconcileDuplicate(cancellation, sent.duplicate, sent.response);
  else if ('error' in sent) facts = await reconcileUnknown(cancellation, sent);
  else facts = factsOf(sent, cancellation);
  if (verify && 'accepted' in sent) facts = await verifyAccepted(cancellation, facts);
  return resultOf(cancellation, facts);
}

/** The facts about a cancellation, with those of its call. */
export function resultOf({ entry, request, details, warnings, call }: Cancellation, facts: CancelFacts): CancelResult {
  return {
    account: entry.name,
    provider: entry.account.provider,
    service: request.service,
    when: details.when,
    ...facts,
    warnings: [...warnings, ...facts.warnings],
    ...call.facts,
  };
}

/** A checked request as the cancellation that is sent: with its reason in the form that the provider takes. */
export function cancellationOf(
  ready: ReadyCall<Omit<CheckedCancelRequest, 'when'>>,
  when: AnyWhen,
  operation: 'cancel' | 'confirm',
): Cancellation {
  const { call, entry, request, details, adapter, context } = ready;
  if (typeof when === 'object') call.asksFor = when.on;
  const { reason, reference } = request;
  const { reason: field, detailsWith = 'cancel' } = entry.account.capabilities;
  const isCarried = operation === detailsWith || detailsWith === 'cancel';
  const reasonCode = isCarried ? details.reasonCode : undefined;
  const { text, warnings } = composeReason(reason, reference, isCarried ? field : NOT_CARRIED, reasonCode);
  const { extras } = details;
  const order = { when, reasonText: text, reason: partsOf(reason), reasonCode, reference, extras };
  return { call, entry, request, adapter, context, details: order, warnings };
}

/** For a cancellation whose reason goes with its confirmation alone. */
const NOT_CARRIED = { field: 'no' } as const;

function factsOf(
  { accepted: verdict, response }: AcceptedWrite<AcceptedVerdict>,
  { call, details: { when } }: Cancellation,
): CancelFacts {
  const { effectiveAt, providerReference } = verdict;
  const { redactor } = call;
  const isScheduled = effectiveAt !== undefined && !hasPassed(effectiveAt, response);
  return {
    outcome: verdict.outcome === 'scheduled' && !isScheduled ? 'requested' : verdict.outcome,
    ...(effectiveAt === undefined ? {} : { effectiveAt: redactor.date(effectiveAt) }),
    ...(providerReference === undefined ? {} : { providerReference: redactor.text(providerReference) }),
    reconciled: false,
    warnings: [...(verdict.warnings ?? []), ...otherDate(effectiveAt, when, call), ...textBefore(response)].map(
      ({ code, message }) => ({
        code,
        message: redactor.text(message),
      }),
    ),
    raw: rawOf(response, call),
  };
}

/** The warning for a provider that accepted the cancellation for another date than was asked for. */
function otherDate(effectiveAt: EffectiveAt | undefined, when: AnyWhen, call: Call): readonly Warning[] {
  if (effectiveAt === undefined || compareTiming({ effectiveAt }, when, call.asksFor) !== 'other_timing') return [];
  const asked = typeof when === 'object' ? when.on : call.asksFor;
  const message = `The provider accepted the cancellation, but for ${effectiveAt.value} instead of ${asked}.`;
  return [{ code: 'not_verified', message }];
}
