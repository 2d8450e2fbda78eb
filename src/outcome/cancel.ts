import type { Call } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import { isProviderError } from '../contract/provider-error.ts';
import type { AcceptedVerdict, CancelVerdict, DuplicateVerdict } from '../contract/verdict.ts';
import { type ExchangeResult, runExchange } from '../sending/run-exchange.ts';
import type { Cancellation, CancelFacts } from './cancellation.ts';
import { judgeWrite, type AcceptedWrite, type WriteInDoubt } from './judge-write.ts';
import { hasPassed } from './past-date.ts';
import { rawOf, textBefore } from './raw-response.ts';
import { reconcileDuplicate } from './reconcile-duplicate.ts';
import { reconcileUnknown } from './reconcile-unknown.ts';
import { verifyAccepted } from './verify-accepted.ts';

/**
 * Sends one cancellation, judges what came back, and reads back what that does not tell.
 *
 * @throws ProviderError
 */
export async function cancelOnce(cancellation: Cancellation, verify: boolean): Promise<CancelFacts> {
  let sent;
  try {
    const { adapter, details, call, context } = cancellation;
    sent = judge(await runExchange(adapter.cancel(details), call, context, 'write'), call);
  } catch (error) {
    if (!isProviderError(error, 'outcome_unknown')) throw error;
    sent = { error, ifAbsent: undefined };
  }
  if ('duplicate' in sent) return reconcileDuplicate(cancellation, sent.duplicate, sent.response);
  if ('error' in sent) return reconcileUnknown(cancellation, sent);
  const accepted = factsOf(sent, cancellation.call);
  return verify ? verifyAccepted(cancellation, accepted) : accepted;
}

/** @throws ProviderError for a definite no. */
function judge(
  exchanged: ExchangeResult<CancelVerdict>,
  call: Call,
): AcceptedWrite<AcceptedVerdict> | WriteInDoubt | Duplicate {
  const { verdict, lastResponse } = exchanged;
  if (verdict.verdict !== 'duplicate' || lastResponse === undefined) return judgeWrite(exchanged, call);
  if (lastResponse.effect === 'write') call.writeHadNoEffect();
  return { duplicate: verdict, response: lastResponse.response };
}

interface Duplicate {
  readonly duplicate: DuplicateVerdict;
  readonly response: ProviderResponse;
}

function factsOf({ accepted: verdict, response }: AcceptedWrite<AcceptedVerdict>, call: Call): CancelFacts {
  const { effectiveAt, providerReference } = verdict;
  const { redactor } = call;
  const isScheduled = effectiveAt !== undefined && !hasPassed(effectiveAt, response);
  return {
    outcome: verdict.outcome === 'scheduled' && !isScheduled ? 'requested' : verdict.outcome,
    ...(effectiveAt === undefined ? {} : { effectiveAt: { ...effectiveAt, value: redactor.text(effectiveAt.value) } }),
    ...(providerReference === undefined ? {} : { providerReference: redactor.text(providerReference) }),
    reconciled: false,
    warnings: [...(verdict.warnings ?? []), ...textBefore(response)].map(({ code, message }) => ({
      code,
      message: redactor.text(message),
    })),
    raw: rawOf(response, call),
  };
}
