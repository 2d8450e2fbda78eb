import type { Call, ErrorFacts } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import type { ProviderError } from '../contract/provider-error.ts';
import type {
  AbsentVerdict,
  AcceptedVerdict,
  CancelVerdict,
  ConfirmationRequiredVerdict,
  DuplicateVerdict,
  RefusedVerdict,
  UnclearVerdict,
  UnrecognizedVerdict,
} from '../contract/verdict.ts';
import type { Warning } from '../contract/vocabulary.ts';
import { FAULTY, adapterFault } from '../sending/adapter-fault.ts';
import { providerWords, refusalFacts } from '../sending/judge-no.ts';
import { judgeUnrecognized, refusalIn, refusedUnprocessed } from '../sending/judge-response.ts';
import type { ExchangeResult } from '../sending/run-exchange.ts';
import { readFailure } from './read-status.ts';

/** The provider accepted a write. */
export interface AcceptedWrite<Accepted> {
  readonly accepted: Accepted;
  readonly response: ProviderResponse;
}

/** A write that may or may not have taken effect. */
export interface WriteInDoubt {
  /** Always `outcome_unknown`. */
  readonly error: ProviderError;
  /** The failure if a read-back shows no effect; set only if the provider is known to be done with the request. */
  readonly ifAbsent: ErrorFacts | undefined;
}

/**
 * Judges the response to a write, for every operation that writes. Tells the call if the write is known to have had no
 * effect.
 *
 * @throws ProviderError for a definite no.
 */
export function judgeWrite<Accepted extends { readonly verdict: 'accepted' }>(
  { verdict, lastResponse }: Pick<ExchangeResult<Accepted | NotJudgedHere | RejectedWrite>, 'verdict' | 'lastResponse'>,
  call: Call,
): AcceptedWrite<Accepted> | WriteInDoubt {
  if (lastResponse === undefined || !isWriteVerdict(verdict) || (!call.wrote && verdict.verdict === 'accepted')) {
    throw call.error(FAULTY);
  }
  const { response, effect } = lastResponse;
  if (verdict.verdict === 'accepted') {
    return response.status < 500
      ? { accepted: verdict, response }
      : { error: contradicted(response, call), ...NO_MORE };
  }
  // A login or a look-up before the write failed: the provider was not asked for anything yet.
  if (!call.wrote) throw call.error(readFailure(verdict, response));
  // A "no" to a read that follows the write says nothing about the write.
  const answersTheWrite = effect === 'write';
  const definite = (failure: ErrorFacts): ProviderError => {
    if (answersTheWrite) call.writeHadNoEffect();
    return call.error(failure);
  };
  if (verdict.verdict !== 'unrecognized' && answersTheWrite && refusedUnprocessed(verdict, response)) {
    throw definite({ ...judgeUnrecognized(response, effect), ...providerWords(verdict) });
  }
  if (verdict.verdict === 'refused') throw definite(refusalFacts(verdict, response));
  if (verdict.verdict === 'unrecognized') {
    const failure = judgeUnrecognized(response, effect);
    if (failure.code !== 'outcome_unknown') throw definite(failure);
    call.readBackRefusal ??= refusalIn(response);
    return { error: call.error({ ...failure, readBackRefusal: call.readBackRefusal?.code }), ...NO_MORE };
  }
  const { message, reason } = verdict;
  const words = { message, ...providerWords(verdict), providerStatus: response.status };
  const absent = `${message} Read back afterwards: nothing was stored.`;
  return {
    error: call.error({ ...words, code: 'outcome_unknown', reason }),
    ifAbsent: verdict.settled && answersTheWrite ? { ...words, code: 'rejected', message: absent } : undefined,
  };
}

/**
 * Judges the response to a cancellation.
 *
 * @throws ProviderError for a definite no.
 */
export function judgeCancel(
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
 * Returns `completed` for a service that is gone after this call's own write, if the write was accepted, or if it may
 * have taken effect and this call has read the service before it.
 *
 * @throws ProviderError `not_found` anywhere else, because a wrong id looks the same; `outcome_unknown` if the write
 * may have taken effect all the same
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

/**
 * The write, if the provider accepted it, for an operation that cannot clear up a doubt by itself.
 *
 * @throws ProviderError `outcome_unknown`
 */
export function believed<Accepted>(judged: AcceptedWrite<Accepted> | WriteInDoubt): AcceptedWrite<Accepted> {
  if ('error' in judged) throw judged.error;
  return judged;
}

/** Only a cancellation can end in one of these, and judges it itself. */
type NotJudgedHere = DuplicateVerdict | AbsentVerdict | ConfirmationRequiredVerdict;

type RejectedWrite = RefusedVerdict | UnclearVerdict | UnrecognizedVerdict;

const NO_MORE = { ifAbsent: undefined } as const;

const VERDICTS: ReadonlySet<string> = new Set(['accepted', 'refused', 'unclear', 'unrecognized']);

/** Adapters in JavaScript can return anything. */
function isWriteVerdict<Verdict extends { readonly verdict: string }>(
  verdict: Verdict,
): verdict is Exclude<Verdict, NotJudgedHere> {
  return VERDICTS.has(verdict.verdict);
}

function contradicted({ status: providerStatus }: ProviderResponse, call: Call): ProviderError {
  const message = `the server said yes and failed with ${providerStatus}. Check the state before anything is sent again.`;
  return call.error({ code: 'outcome_unknown', reason: 'server_error', providerStatus, message });
}

/** The part of a response that may be shown: status and JSON body, redacted. Text that is not JSON is withheld. */
export function rawOf({ status, body }: ProviderResponse, call: Call): unknown {
  return { status, body: body.kind === 'json' ? call.redactor.data(body.value) : null };
}

/** The warning for a response whose JSON had other text before it. The text itself may hold anything. */
export function textBefore({ body }: ProviderResponse): readonly Warning[] {
  if (body.kind !== 'json' || body.before === undefined) return [];
  const length = body.before.length;
  const message = `The response had ${length} characters of other text before its JSON, such as a PHP notice. Tell the owner of the address.`;
  return [{ code: 'text_before_answer', message }];
}
