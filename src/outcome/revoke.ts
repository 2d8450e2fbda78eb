import type { AdapterOperations } from '../accounts/account-internals.ts';
import type { Call, ErrorFacts } from '../call/call.ts';
import { type ProviderError, isProviderError } from '../contract/provider-error.ts';
import type { RevokeResult } from '../contract/result.ts';
import type { RevokedVerdict } from '../contract/verdict.ts';
import type { CancellationStatus } from '../contract/vocabulary.ts';
import { runExchange } from '../sending/run-exchange.ts';
import type { SendContext } from '../sending/send-context.ts';
import { rawOf, believed, judgeWrite, type AcceptedWrite } from './judge-write.ts';
import { type ReadBack, readIfPossible, readStatus } from './read-status.ts';

/** The facts about an undone cancellation, before the call's own facts are added. */
export type RevokeFacts = Pick<RevokeResult, 'outcome' | 'providerReference' | 'before' | 'reconciled' | 'raw'>;

/**
 * Undoes a cancellation: reads the state, undoes what is there, and believes that it is gone only once it has
 * been read to be gone.
 *
 * @throws ProviderError
 */
export async function revokeOnce(adapter: AdapterOperations, call: Call, context: SendContext): Promise<RevokeFacts> {
  const reading = adapter.status?.();
  const undoing = adapter.revoke?.();
  if (reading === undefined || undoing === undefined) throw call.error(notOffered());
  call.emit({ type: 'read_back', because: 'before_revoke' });
  const before = await readStatus(reading, call, context);
  if (before.state === 'none' || before.state === 'failed') {
    return { outcome: 'nothing_to_revoke', before, reconciled: false, raw: before.raw };
  }
  if (before.state === 'completed') {
    throw call.error({
      code: 'rejected',
      message: 'the cancellation has taken effect: it can no longer be undone.',
    });
  }
  let judged: AcceptedWrite<RevokedVerdict>;
  try {
    judged = believed(judgeWrite(await runExchange(undoing, call, context, 'write'), call));
  } catch (error) {
    if (!isProviderError(error, 'outcome_unknown')) throw error;
    const seen = await confirmGone(adapter, call, context, error);
    return { outcome: 'revoked', before, reconciled: true, raw: seen.raw };
  }
  const { accepted, response } = judged;
  const reference = accepted.providerReference;
  const own = {
    before,
    raw: rawOf(response, call),
    ...(reference === undefined ? {} : { providerReference: call.redactor.text(reference) }),
  };
  if (accepted.outcome === 'requested') return { outcome: 'requested', reconciled: false, ...own };
  await confirmGone(adapter, call, context, undefined);
  return { outcome: 'revoked', reconciled: false, ...own };
}

/** The failure if a cancellation cannot be undone over the API. */
export function notOffered(): ErrorFacts {
  const message =
    'a cancellation of this service cannot be undone over the API. A person can do it in the provider’s client or ' +
    'admin area, or by asking the provider.';
  return { code: 'unsupported', message };
}

/**
 * Reads that no cancellation is left.
 *
 * @throws ProviderError `outcome_unknown` if it cannot be read, or is still there: it may yet be undone.
 */
async function confirmGone(
  adapter: AdapterOperations,
  call: Call,
  context: SendContext,
  doubt: ProviderError | undefined,
): Promise<CancellationStatus> {
  call.emit({ type: 'read_back', because: doubt?.reason ?? 'verify' });
  const isOver = doubt?.reason === 'aborted' || context.limit.end !== undefined;
  const seen = isOver ? undefined : await readIfPossible(adapter, call, context);
  if (typeof seen !== 'string' && seen?.state === 'none') return seen;
  const words = wordsFor(seen);
  throw call.error({
    code: 'outcome_unknown',
    reason: doubt?.reason ?? 'provider_error',
    providerStatus: doubt?.providerStatus,
    providerCode: doubt?.providerCode,
    providerMessage: doubt?.providerMessage,
    providerReference: doubt?.providerReference,
    lastSeen: typeof seen === 'string' ? 'absent' : seen?.state,
    message: `the undo was sent, but the cancellation ${words}. Check its state before anything is sent again.`,
  });
}

function wordsFor(seen: ReadBack): string {
  if (seen === undefined) return 'could not be read back';
  return typeof seen === 'string' ? 'is gone together with its service' : `still reads as ${seen.state}`;
}
