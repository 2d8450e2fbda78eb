import type { Call } from './call.ts';
import type { ProviderResponse } from './exchange.ts';
import { judgeUnrecognised, turnsAway } from './judge-answer.ts';
import type { ProviderError } from './provider-error.ts';
import { providerWords } from './provider-words.ts';
import type { RefusedVerdict, UnclearVerdict, UnrecognisedVerdict } from './verdict.ts';

/** The error for an answer to a write that is no yes; tells the call where the write is known to have had no effect. */
export function writeFailure(
  verdict: RefusedVerdict | UnclearVerdict | UnrecognisedVerdict,
  response: ProviderResponse,
  call: Call,
): ProviderError {
  const providerStatus = response.status;
  const judged = judgeUnrecognised(response, 'write');
  if (verdict.verdict !== 'unrecognised' && turnsAway(verdict, response)) {
    call.writeHadNoEffect();
    return call.error({ ...judged, ...providerWords(verdict) });
  }
  if (verdict.verdict === 'unclear') return call.error({ ...verdict, code: 'outcome_unknown', providerStatus });
  const failure = verdict.verdict === 'refused' ? { providerStatus, ...verdict } : judged;
  if (failure.code !== 'outcome_unknown') call.writeHadNoEffect();
  return call.error(failure);
}
