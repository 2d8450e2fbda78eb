import type { AdapterOperations } from '../accounts/account-internals.ts';
import type { Call, ErrorFacts } from '../call/call.ts';
import type { Exchange, ProviderResponse } from '../contract/exchange.ts';
import { isProviderError } from '../contract/provider-error.ts';
import type { StatusQuery } from '../contract/provider.ts';
import type { StatusVerdict } from '../contract/verdict.ts';
import type { CancellationStatus } from '../contract/vocabulary.ts';
import type { Redactor } from '../privacy/redactor.ts';
import { judgeNo, providerWords } from '../sending/judge-no.ts';
import { isLoginStatus } from '../sending/judge-response.ts';
import { runRead } from '../sending/run-exchange.ts';
import type { SendContext } from '../sending/send-context.ts';
import { withoutPastSchedule } from './past-date.ts';

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
 * The state; `gone` if the provider says, as the verdict `absent`, that it has no such service; `absent` if it refuses
 * the read because it has none; `undefined` if there is no read-back or it failed, which the caller reports in its own
 * way.
 */
export async function readIfPossible(
  adapter: AdapterOperations,
  call: Call,
  context: SendContext,
  providerReference?: string,
  query: Pick<StatusQuery, 'afterDuplicate'> = {},
): Promise<ReadBack> {
  const exchange = adapter.status?.(providerReference, query);
  if (exchange === undefined || call.readBackRefusal !== undefined) return undefined;
  try {
    const read = await readOnce(exchange, call, context);
    if (!('code' in read)) return read;
    if (read.code === 'not_found') return read.isGone === true ? 'gone' : 'absent';
    if (isRefusedAccess(read)) call.readBackRefusal = read;
  } catch (error) {
    if (!isProviderError(error)) throw error;
  }
  return undefined;
}

/** What a read-back shows: see {@link readIfPossible}. */
export type ReadBack = CancellationStatus | 'absent' | 'gone' | undefined;

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

/** The state, or why the provider's response does not show it. */
async function readOnce(
  exchange: Exchange<StatusVerdict>,
  call: Call,
  context: SendContext,
): Promise<CancellationStatus | (ErrorFacts & { readonly isGone?: boolean })> {
  const { verdict, response } = await runRead(exchange, call, context);
  if (verdict.verdict === 'found') {
    return scrubbed(withoutPastSchedule(verdict.status, response), call.redactor);
  }
  // Words that come with a failure of the server prove nothing.
  const isGone = verdict.verdict === 'absent' && response.status < 500;
  return { ...readFailure(verdict, response), ...(isGone ? { isGone } : {}) };
}

/** A state without any secret. */
export function scrubbed(status: CancellationStatus, redactor: Redactor): CancellationStatus {
  const { effectiveAt, requestedAt, reason, raw } = status;
  return {
    ...status,
    ...(effectiveAt === undefined ? {} : { effectiveAt: redactor.date(effectiveAt) }),
    ...(requestedAt === undefined ? {} : { requestedAt: redactor.text(requestedAt) }),
    ...(reason === undefined ? {} : { reason: redactor.words(reason) }),
    raw: redactor.data(raw),
  };
}

const NO_SUCH = {
  code: 'not_found',
  message: 'the provider has no such service. Check its id and the account.',
} as const;

/** What a provider's "no" to a read means while nothing has been written. */
export function readFailure(
  verdict: Exclude<StatusVerdict, { verdict: 'found' }>,
  response: ProviderResponse,
): ErrorFacts {
  if (verdict.verdict !== 'absent') return judgeNo(verdict, response);
  return { providerStatus: response.status, ...providerWords(verdict), ...NO_SUCH };
}
