import type { Call } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import { type ProviderError, isProviderError } from '../contract/provider-error.ts';
import type {
  AbsentVerdict,
  AcceptedVerdict,
  CancelVerdict,
  ConfirmationRequiredVerdict,
  DuplicateVerdict,
} from '../contract/verdict.ts';
import { type ExchangeResult, runExchange } from '../sending/run-exchange.ts';
import type { AnyWhen, EffectiveAt, Warning } from '../contract/vocabulary.ts';
import type { Cancellation, CancelFacts } from './cancellation.ts';
import { compareTiming } from './compare.ts';
import { FAULTY, adapterFault } from '../sending/adapter-fault.ts';
import { judgeWrite, type AcceptedWrite, type WriteInDoubt, rawOf, textBefore } from './judge-write.ts';
import { hasPassed } from './past-date.ts';
import { readFailure } from './read-status.ts';
import { reconcileDuplicate, reconcileUnknown, verifyAccepted } from './read-back.ts';

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
  const accepted = factsOf(sent, cancellation);
  return verify ? verifyAccepted(cancellation, accepted) : accepted;
}

/** @throws ProviderError for a definite no. */
function judge(
  exchanged: ExchangeResult<CancelVerdict>,
  call: Call,
): AcceptedWrite<AcceptedVerdict> | WriteInDoubt | Duplicate {
  const { verdict, lastResponse } = exchanged;
  if (verdict.verdict === 'confirmation_required') throw confirmationRequired(verdict, lastResponse, call);
  if (verdict.verdict === 'absent') return absentAfterWrite({ ...exchanged, verdict }, call);
  if (verdict.verdict === 'accepted' && !ACCEPTED.has(verdict.outcome)) throw call.error(NO_OUTCOME);
  if (verdict.verdict !== 'duplicate' || lastResponse === undefined) {
    return judgeWrite<AcceptedVerdict>({ verdict, lastResponse }, call);
  }
  if (lastResponse.effect === 'write') call.writeHadNoEffect();
  return { duplicate: verdict, response: lastResponse.response };
}

/** The error for a cancellation that a person has to confirm. Nothing is cancelled yet. */
function confirmationRequired(
  { sentTo, expiresAt }: ConfirmationRequiredVerdict,
  last: LastResponse,
  call: Call,
): ProviderError {
  if (last === undefined || last.effect === 'read' || last.response.status >= 400) return call.error(FAULTY);
  if (!WAYS.has(sentTo)) return call.error(adapterFault('it does not say how the token reaches a person'));
  call.writeHadNoEffect();
  return call.error({
    code: 'confirmation_required',
    providerStatus: last.response.status,
    confirmation: { sentTo, ...(expiresAt === undefined ? {} : { expiresAt }) },
    message:
      `nothing is cancelled yet: the provider sent a token by ${sentTo}. Pass it to confirm() (on the command line: ` +
      'cancelkit confirm).',
  });
}

/**
 * A service that is gone after this call's own write is over: the write was accepted, or it may have taken effect and
 * this call has read the service before it.
 *
 * @throws ProviderError `not_found` anywhere else, because a wrong id looks the same; `outcome_unknown` if the write may
 * have taken effect all the same
 */
function absentAfterWrite(
  { verdict, lastResponse: last, lastWrite }: ExchangeResult<AbsentVerdict>,
  call: Call,
): AcceptedWrite<AcceptedVerdict> {
  if (last === undefined) throw call.error(FAULTY);
  const { effect, response } = last;
  // The provider's "no such service" to the write itself says that it did nothing.
  if (effect === 'write' && response.status < 500) call.writeHadNoEffect();
  const wasAccepted = effect === 'read' && lastWrite !== undefined && lastWrite.status >= 200 && lastWrite.status < 300;
  if (response.status < 500 && call.mayHaveHappened && (wasAccepted || call.serviceSeen)) {
    return { accepted: { verdict: 'accepted', outcome: 'completed' }, response };
  }
  throw call.error({ ...readFailure(verdict, response), lastSeen: 'absent' });
}

// Adapters in JavaScript can return anything, and an outcome has to be one that was seen.
const ACCEPTED: ReadonlySet<string | undefined> = new Set(['requested', 'scheduled', 'completed']);
const NO_OUTCOME = adapterFault('what it calls accepted has no outcome');
const WAYS: ReadonlySet<string | undefined> = new Set(['email', 'sms', 'panel']);

type LastResponse = ExchangeResult<unknown>['lastResponse'];

interface Duplicate {
  readonly duplicate: DuplicateVerdict;
  readonly response: ProviderResponse;
}

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
