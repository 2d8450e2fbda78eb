import type { AdapterOperations } from '../accounts/account-internals.ts';
import type { Call, ErrorFacts } from '../call/call.ts';
import type { Exchange } from '../contract/exchange.ts';
import { isLoginStatus, judgeUnrecognized, rateLimited } from '../sending/judge-status.ts';
import { retryWaitOf } from '../sending/retry-after.ts';
import { withoutPastSchedule } from './past-date.ts';
import type { StatusQuery } from '../contract/provider.ts';
import { isProviderError } from '../contract/provider-error.ts';
import type { Redactor } from '../privacy/redactor.ts';
import type { SendContext } from '../sending/send-context.ts';
import { runExchange } from '../sending/run-exchange.ts';
import type { StatusVerdict } from '../contract/verdict.ts';
import type { CancellationStatus } from '../contract/vocabulary.ts';

/**
 * Reads the state of a cancellation.
 *
 * @throws ProviderError
 */
export async function readStatus(
  exchange: Exchange<StatusVerdict>,
  call: Call,
  context: SendContext,
): Promise<CancellationStatus> {
  const read = await readOnce(exchange, call, context);
  if ('code' in read) throw call.error(read);
  return read;
}

/**
 * The state; `absent` if the provider says that it has no such service; `undefined` if there is no read-back or it
 * failed, which the caller reports in its own way.
 */
export async function readIfPossible(
  adapter: AdapterOperations,
  call: Call,
  context: SendContext,
  providerReference?: string,
  query: Pick<StatusQuery, 'afterDuplicate'> = {},
): Promise<CancellationStatus | 'absent' | undefined> {
  const exchange = adapter.status?.(providerReference, query);
  if (exchange === undefined || call.readBackRefusal !== undefined) return undefined;
  try {
    const read = await readOnce(exchange, call, context);
    if (!('code' in read)) return read;
    if (read.code === 'not_found') return 'absent';
    if (isRefusedAccess(read)) call.readBackRefusal = read;
  } catch (error) {
    if (!isProviderError(error)) throw error;
  }
  return undefined;
}

/** Whether a read was refused in a way that every further one of the account would be, too. */
function isRefusedAccess({ code, providerStatus }: ErrorFacts): boolean {
  return code === 'unauthorized' || code === 'forbidden' || isLoginStatus(providerStatus);
}

/** What is said of a call whose read-back showed nothing: with the reason only if someone has to change something. */
export function unreadWords({ readBackRefusal, redactor }: Call): string {
  return readBackRefusal === undefined || readBackRefusal.code === 'unexpected_response'
    ? 'It could not be read back.'
    : `It could not be read back: ${redactor.message(readBackRefusal.message)}`;
}

/** The state, or why the provider's answer does not show it. */
async function readOnce(
  exchange: Exchange<StatusVerdict>,
  call: Call,
  context: SendContext,
): Promise<CancellationStatus | ErrorFacts> {
  const { verdict, lastResponse } = await runExchange(exchange, call, context, 'read');
  if (lastResponse === undefined) return { code: 'unexpected_response', message: 'the adapter asked nothing' };
  if (verdict.verdict === 'found') {
    return scrubbed(withoutPastSchedule(verdict.status, lastResponse.response), call.redactor);
  }
  return readFailure(verdict, lastResponse.response);
}

function scrubbed(status: CancellationStatus, redactor: Redactor): CancellationStatus {
  const { effectiveAt, requestedAt, reason, raw } = status;
  return {
    ...status,
    ...(effectiveAt === undefined ? {} : { effectiveAt: { ...effectiveAt, value: redactor.text(effectiveAt.value) } }),
    ...(requestedAt === undefined ? {} : { requestedAt: redactor.text(requestedAt) }),
    ...(reason === undefined ? {} : { reason: redactor.words(reason) }),
    raw: redactor.data(raw),
  };
}

/** What a provider's "no" to a read means while nothing has been written. */
export function readFailure(
  verdict: Exclude<StatusVerdict, { verdict: 'found' }>,
  response: Parameters<typeof judgeUnrecognized>[0],
): ErrorFacts {
  if (verdict.verdict === 'unrecognized') return judgeUnrecognized(response, 'read');
  const providerStatus = response.status;
  if (verdict.verdict === 'unclear') {
    const isDown = providerStatus >= 500;
    const code = isDown ? 'unavailable' : 'unexpected_response';
    return { ...verdict, code, providerStatus, retryInMs: isDown ? retryWaitOf(response) : undefined };
  }
  return verdict.code === 'rate_limited' ? { ...rateLimited(response), ...verdict } : { providerStatus, ...verdict };
}
