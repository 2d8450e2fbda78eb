import type { ConfiguredService } from './account-driver.ts';
import type { Call, Failure } from './call.ts';
import type { Exchange } from './exchange.ts';
import { judgeUnrecognised, rateLimited } from './judge-answer.ts';
import { isProviderError } from './provider-error.ts';
import type { Redactor } from './redactor.ts';
import type { Route } from './route.ts';
import { runExchange } from './run-exchange.ts';
import type { StatusVerdict } from './verdict.ts';
import type { CancellationStatus } from './vocabulary.ts';

/**
 * Reads the state of a cancellation.
 *
 * @throws ProviderError
 */
export async function readStatus(
  exchange: Exchange<StatusVerdict>,
  call: Call,
  route: Route,
): Promise<CancellationStatus> {
  const { verdict, last } = await runExchange(exchange, call, route, 'read');
  if (verdict.verdict === 'found') return scrubbed(verdict.status, call.redactor);
  if (last === undefined) throw call.error({ code: 'unexpected_response', message: 'the adapter asked nothing' });
  throw call.error(readFailure(verdict, last.response));
}

/** The state, or `undefined` where the provider has no read-back or it failed: the caller is told so in its own way. */
export async function readIfPossible(
  service: ConfiguredService,
  call: Call,
  route: Route,
  providerReference?: string,
): Promise<CancellationStatus | undefined> {
  const exchange = service.status?.(providerReference);
  if (exchange === undefined) return undefined;
  try {
    return await readStatus(exchange, call, route);
  } catch (error) {
    if (isProviderError(error)) return undefined;
    throw error;
  }
}

function scrubbed(status: CancellationStatus, redactor: Redactor): CancellationStatus {
  const { effectiveAt, requestedAt, reason, raw } = status;
  return {
    ...status,
    ...(effectiveAt === undefined ? {} : { effectiveAt: { ...effectiveAt, value: redactor.text(effectiveAt.value) } }),
    ...(requestedAt === undefined ? {} : { requestedAt: redactor.text(requestedAt) }),
    ...(reason === undefined ? {} : { reason: redactor.text(reason) }),
    raw: redactor.data(raw),
  };
}

/** What a provider's "no" to a read means while nothing has been written. */
export function readFailure(
  verdict: Exclude<StatusVerdict, { verdict: 'found' }>,
  response: Parameters<typeof judgeUnrecognised>[0],
): Failure {
  if (verdict.verdict === 'unrecognised') return judgeUnrecognised(response, 'read');
  const providerStatus = response.status;
  if (verdict.verdict === 'unclear') {
    return { ...verdict, code: providerStatus >= 500 ? 'unavailable' : 'unexpected_response', providerStatus };
  }
  return verdict.code === 'rate_limited' ? { ...rateLimited(response), ...verdict } : { ...verdict, providerStatus };
}
