import type { ConfiguredService, OrderDetails } from './account.ts';
import type { Call } from './call.ts';
import type { ProviderResponse } from './exchange.ts';
import { judgeUnrecognised, rateLimited } from './judge-answer.ts';
import { isProviderError } from './provider-error.ts';
import { readFailure, readStatus } from './read-status.ts';
import type { CancelOutcome } from './result.ts';
import { runExchange, type Route } from './run-exchange.ts';
import type { AcceptedVerdict, CancelVerdict, DuplicateVerdict } from './verdict.ts';
import type { CancellationStatus, EffectiveAt, Warning, When } from './vocabulary.ts';

/** What a cancellation came to, before the call's own facts are added. */
export interface Cancelled {
  readonly outcome: CancelOutcome;
  readonly effectiveAt?: EffectiveAt;
  readonly providerReference?: string;
  readonly existing?: CancellationStatus;
  readonly warnings: readonly Warning[];
  readonly raw: unknown;
}

const VERDICTS: ReadonlySet<string> = new Set<CancelVerdict['verdict']>([
  'accepted',
  'duplicate',
  'refused',
  'unclear',
  'unrecognised',
]);

/**
 * Sends one cancellation and judges what came back.
 *
 * @throws ProviderError
 */
export async function cancelOnce(
  service: ConfiguredService,
  details: OrderDetails,
  call: Call,
  route: Route,
): Promise<Cancelled> {
  const { verdict, last } = await runExchange(service.cancel(details), call, route, 'write');
  if (last === undefined || !VERDICTS.has(verdict.verdict) || (!call.wrote && verdict.verdict === 'accepted')) {
    const message = 'the adapter is faulty: its verdict does not follow from a cancellation. Please report it.';
    throw call.error({ code: 'unexpected_response', reason: 'provider_error', message });
  }
  const { response, effect } = last;
  if (verdict.verdict === 'accepted') return accept(verdict, response, call);
  // A login or a look-up before the cancellation has failed: nothing was asked of the provider yet.
  if (!call.wrote && verdict.verdict !== 'duplicate') throw call.error(readFailure(verdict, response));
  if (verdict.verdict === 'unclear') throw call.error({ ...verdict, code: 'outcome_unknown', status: response.status });
  // A "no" to a read that followed the write says nothing of the write.
  const answersTheWrite = effect === 'write';
  if (verdict.verdict === 'unrecognised') {
    const failure = judgeUnrecognised(response, effect);
    if (failure.code !== 'outcome_unknown' && answersTheWrite) call.writeHadNoEffect();
    throw call.error(failure);
  }
  if (answersTheWrite) call.writeHadNoEffect();
  if (verdict.verdict === 'duplicate') return reconcileDuplicate(verdict, service, details.when, response, call, route);
  const limits = verdict.code === 'rate_limited' ? rateLimited(response) : { status: response.status };
  throw call.error({ ...limits, ...verdict });
}

function accept(verdict: AcceptedVerdict, response: ProviderResponse, call: Call): Cancelled {
  if (response.status >= 500) {
    throw call.error({
      code: 'outcome_unknown',
      reason: 'server_error',
      status: response.status,
      message: `the server said yes and failed with ${response.status}. Check the state before anything is sent again.`,
    });
  }
  const { effectiveAt, providerReference } = verdict;
  const undated = verdict.outcome === 'scheduled' && effectiveAt === undefined;
  return {
    outcome: undated ? 'requested' : verdict.outcome,
    ...(effectiveAt === undefined
      ? {}
      : { effectiveAt: { ...effectiveAt, value: call.redactor.text(effectiveAt.value) } }),
    ...(providerReference === undefined ? {} : { providerReference: call.redactor.text(providerReference) }),
    warnings: (verdict.warnings ?? []).map(({ code, message }) => ({ code, message: call.redactor.text(message) })),
    raw: rawOf(response, call),
  };
}

/** The provider has a cancellation of this service already: whether the caller's goal holds depends on which. */
async function reconcileDuplicate(
  verdict: DuplicateVerdict,
  service: ConfiguredService,
  when: When,
  response: ProviderResponse,
  call: Call,
  route: Route,
): Promise<Cancelled> {
  const { message, providerCode, providerMessage } = verdict;
  const words = { status: response.status, providerCode, providerMessage };
  const existing = await readExisting(service, call, route);
  const isThere = existing !== undefined && existing.state !== 'unknown';
  if (isThere && (existing.state === 'none' || existing.state === 'failed')) {
    throw call.error({
      ...words,
      code: 'not_cancellable',
      message: `${message} ${verdict.ambiguous ? NONE_IN_FORCE : NONE_FOUND}`,
    });
  }
  if (!isThere && verdict.ambiguous) {
    throw call.error({ ...words, code: 'not_cancellable', message: `${message} Its state could not be read back.` });
  }
  if (isThere && existing.state !== 'completed' && existing.when !== undefined && existing.when !== when) {
    throw call.error({
      ...words,
      code: 'timing_conflict',
      existing,
      message: `a cancellation of this service exists already, with the timing ${existing.when} instead of ${when}.`,
    });
  }
  const timingKnown = isThere && (existing.state === 'completed' || existing.when !== undefined);
  return {
    outcome: 'already_cancelled',
    ...(existing === undefined ? {} : { existing }),
    ...(existing?.effectiveAt === undefined ? {} : { effectiveAt: existing.effectiveAt }),
    warnings: timingKnown ? [] : [TIMING_UNKNOWN],
    raw: rawOf(response, call),
  };
}

const NONE_IN_FORCE = 'No cancellation is in force.';
const NONE_FOUND = 'But none could be found when it was read back. Look at the service in the provider’s client area.';

const TIMING_UNKNOWN: Warning = {
  code: 'timing_unknown',
  message: 'A cancellation of this service exists already; whether it has the timing asked for could not be read.',
};

async function readExisting(
  service: ConfiguredService,
  call: Call,
  route: Route,
): Promise<CancellationStatus | undefined> {
  if (service.status === undefined) return undefined;
  try {
    return await readStatus(service.status(), call, route);
  } catch (error) {
    // Not readable is an answer of its own here: the caller is told so by a warning or by `not_cancellable`.
    if (isProviderError(error)) return undefined;
    throw error;
  }
}

function rawOf(response: ProviderResponse, call: Call): unknown {
  const { status, body } = response;
  return { status, body: body.kind === 'json' ? call.redactor.data(body.value) : null };
}
