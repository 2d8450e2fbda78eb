import type { ConfiguredService, OrderDetails } from './account-driver.ts';
import type { Call, Failure } from './call.ts';
import { judgeUnrecognised, turnsAway } from './judge-answer.ts';
import { hasPassed } from './past-date.ts';
import { isProviderError, type ProviderError } from './provider-error.ts';
import { providerWords } from './provider-words.ts';
import { rawOf, textBefore } from './raw-answer.ts';
import { readFailure } from './read-status.ts';
import { reconcileDuplicate } from './reconcile-duplicate.ts';
import { reconcileUnknown } from './reconcile-unknown.ts';
import { REPORT_IT } from './report-it.ts';
import type { CancelOutcome } from './result.ts';
import type { Route } from './route.ts';
import { runExchange, type Ran } from './run-exchange.ts';
import type { AcceptedVerdict, CancelVerdict, DuplicateVerdict } from './verdict.ts';
import { verifyAccepted } from './verify-accepted.ts';
import type { CancellationStatus, EffectiveAt, Warning } from './vocabulary.ts';

/** What a cancellation came to, before the call's own facts are added. */
export interface Cancelled {
  readonly outcome: CancelOutcome;
  readonly effectiveAt?: EffectiveAt;
  readonly providerReference?: string;
  readonly existing?: CancellationStatus;
  readonly reconciled: boolean;
  readonly warnings: readonly Warning[];
  readonly raw: unknown;
}

/** A cancellation of which it is not known whether it took effect. */
interface InDoubt {
  readonly error: ProviderError;
  /** The failure that it is if a read-back shows no cancellation, where the provider is known to be done with it. */
  readonly ifAbsent: Failure | undefined;
}

/** A cancellation on its way: what it is sent with, and what may be asked about it. */
export interface Cancellation {
  readonly service: ConfiguredService;
  readonly details: OrderDetails;
  readonly call: Call;
  readonly route: Route;
}

/**
 * Sends one cancellation, judges what came back, and reads back what that does not tell.
 *
 * @throws ProviderError
 */
export async function cancelOnce(cancellation: Cancellation, verify: boolean): Promise<Cancelled> {
  const { service, details, call, route } = cancellation;
  let ran: Ran<CancelVerdict>;
  let judged: ReturnType<typeof judge>;
  try {
    ran = await runExchange(service.cancel(details), call, route, 'write');
    judged = judge(ran, call);
  } catch (error) {
    if (!isProviderError(error, 'outcome_unknown')) throw error;
    return reconcileUnknown(cancellation, error, undefined);
  }
  if ('error' in judged) return reconcileUnknown(cancellation, judged.error, judged.ifAbsent);
  if ('duplicate' in judged) return reconcileDuplicate(cancellation, judged.duplicate, ran.last?.response);
  return verify ? verifyAccepted(cancellation, judged) : judged;
}

const VERDICTS: ReadonlySet<string> = new Set(['accepted', 'duplicate', 'refused', 'unclear', 'unrecognised']);

/** @throws ProviderError for a definite no. */
function judge(
  { verdict, last }: Ran<CancelVerdict>,
  call: Call,
): Cancelled | InDoubt | { readonly duplicate: DuplicateVerdict } {
  if (last === undefined || !VERDICTS.has(verdict.verdict) || (!call.wrote && verdict.verdict === 'accepted')) {
    const message = `the adapter is faulty: its verdict does not follow from a cancellation. ${REPORT_IT}`;
    throw call.error({ code: 'unexpected_response', reason: 'provider_error', message });
  }
  const { response, effect } = last;
  if (verdict.verdict === 'accepted') return accept(verdict, response, call);
  // A login or a look-up before the cancellation has failed: nothing was asked of the provider yet.
  if (!call.wrote && verdict.verdict !== 'duplicate') throw call.error(readFailure(verdict, response));
  // A "no" to a read that followed the write says nothing of the write.
  const answersTheWrite = effect === 'write';
  if (answersTheWrite && verdict.verdict !== 'duplicate' && turnsAway(verdict, response)) {
    call.writeHadNoEffect();
    throw call.error({ ...judgeUnrecognised(response, effect), ...providerWords(verdict) });
  }
  if (verdict.verdict === 'unclear') {
    const { message } = verdict;
    const words = { message, ...providerWords(verdict), providerStatus: response.status };
    const error = call.error({ ...words, code: 'outcome_unknown', reason: verdict.reason });
    const absent = `${message} Read back afterwards: nothing was stored.`;
    return {
      error,
      ifAbsent: verdict.settled && answersTheWrite ? { ...words, code: 'rejected', message: absent } : undefined,
    };
  }
  if (verdict.verdict === 'unrecognised') {
    const failure = judgeUnrecognised(response, effect);
    if (failure.code === 'outcome_unknown') return { error: call.error(failure), ifAbsent: undefined };
    if (answersTheWrite) call.writeHadNoEffect();
    throw call.error(failure);
  }
  if (answersTheWrite) call.writeHadNoEffect();
  if (verdict.verdict === 'duplicate') return { duplicate: verdict };
  throw call.error({ providerStatus: response.status, ...verdict });
}

function accept(verdict: AcceptedVerdict, response: Parameters<typeof rawOf>[0], call: Call): Cancelled | InDoubt {
  if (response.status >= 500) {
    const message = `the server said yes and failed with ${response.status}. Check the state before anything is sent again.`;
    const failure: Failure = {
      code: 'outcome_unknown',
      reason: 'server_error',
      providerStatus: response.status,
      message,
    };
    return { error: call.error(failure), ifAbsent: undefined };
  }
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
