import type { Call, ErrorFacts } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import type { ProviderError } from '../contract/provider-error.ts';
import type {
  AbsentVerdict,
  ConfirmationRequiredVerdict,
  DuplicateVerdict,
  RefusedVerdict,
  UnclearVerdict,
  UnrecognizedVerdict,
} from '../contract/verdict.ts';
import { judgeUnrecognized, refusalIn, refusedUnprocessed } from '../sending/judge-status.ts';
import type { ExchangeResult } from '../sending/run-exchange.ts';
import { FAULTY } from '../sending/adapter-fault.ts';
import { providerWords } from './provider-words.ts';
import { refusalFacts } from '../sending/judge-no.ts';
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
