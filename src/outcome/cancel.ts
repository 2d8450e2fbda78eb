import type { Call } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import { type ProviderError, isProviderError } from '../contract/provider-error.ts';
import type {
  AbsentVerdict,
  AcceptedVerdict,
  ConfirmationRequiredVerdict,
  DuplicateVerdict,
} from '../contract/verdict.ts';
import { type ExchangeResult, runExchange } from '../sending/run-exchange.ts';
import type { Cancellation, CancelFacts } from './cancellation.ts';
import { FAULTY, judgeWrite, type AcceptedWrite, type WriteInDoubt } from './judge-write.ts';
import { hasPassed } from './past-date.ts';
import { rawOf, textBefore } from './raw-response.ts';
import { readFailure } from './read-status.ts';
import { reconcileDuplicate } from './reconcile-duplicate.ts';
import { reconcileUnknown } from './reconcile-unknown.ts';
import { verifyAccepted } from './verify-accepted.ts';

/**
 * Sends one cancellation, judges what came back, and reads back what that does not tell.
 *
 * @throws ProviderError
 */
export async function cancelOnce(cancellation: Cancellation, verify: boolean): Promise<CancelFacts> {
  const sent = await send(cancellation);
  if ('duplicate' in sent) return reconcileDuplicate(cancellation, sent.duplicate, sent.response);
  if ('error' in sent) return reconcileUnknown(cancellation, sent);
  const accepted = factsOf(sent, cancellation.call);
  return verify ? verifyAccepted(cancellation, accepted) : accepted;
}

/** @throws ProviderError for a definite no. */
async function send({
  adapter,
  details,
  call,
  context,
}: Cancellation): Promise<AcceptedWrite<AcceptedVerdict> | WriteInDoubt | Duplicate> {
  try {
    const { verdict, lastResponse } = await runExchange(adapter.cancel(details), call, context, 'write');
    if (verdict.verdict === 'confirmation_required') throw confirmationRequired(verdict, lastResponse, call);
    if (verdict.verdict === 'absent') return absentAfterWrite(verdict, lastResponse, call);
    if (verdict.verdict !== 'duplicate' || lastResponse === undefined) {
      return judgeWrite<AcceptedVerdict>({ verdict, lastResponse }, call);
    }
    if (lastResponse.effect === 'write') call.writeHadNoEffect();
    return { duplicate: verdict, response: lastResponse.response };
  } catch (error) {
    if (!isProviderError(error, 'outcome_unknown')) throw error;
    return { error, ifAbsent: undefined };
  }
}

/** The error for a cancellation that a person has to confirm. Nothing is cancelled yet. */
function confirmationRequired(
  { sentTo, expiresAt }: ConfirmationRequiredVerdict,
  last: LastResponse,
  call: Call,
): ProviderError {
  if (last === undefined || last.effect === 'read' || last.response.status >= 400) return call.error(FAULTY);
  call.writeHadNoEffect();
  const { redactor } = call;
  return call.error({
    code: 'confirmation_required',
    providerStatus: last.response.status,
    confirmation: {
      sentTo,
      ...(expiresAt === undefined ? {} : { expiresAt: { ...expiresAt, value: redactor.text(expiresAt.value) } }),
    },
    message:
      `nothing is cancelled yet: the provider sent a token by ${sentTo}. Pass it to confirm() (on the command line: ` +
      'cancelkit confirm).',
  });
}

/**
 * A service that is gone after this call's own write was accepted is over.
 *
 * @throws ProviderError `not_found` anywhere else, because a wrong id looks the same
 */
function absentAfterWrite(
  verdict: AbsentVerdict,
  last: LastResponse,
  call: Call,
): AcceptedWrite<AcceptedVerdict> | WriteInDoubt {
  if (last === undefined) throw call.error(FAULTY);
  if (last.effect === 'read' && call.mayHaveHappened) {
    return { accepted: { verdict: 'accepted', outcome: 'completed' }, response: last.response };
  }
  if (last.effect === 'write') call.writeHadNoEffect();
  throw call.error(readFailure(verdict, last.response));
}

type LastResponse = ExchangeResult<unknown>['lastResponse'];

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
