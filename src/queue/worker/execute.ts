import type { AccountAccess } from '../../bulk/account-access.ts';
import type { OperationEvent } from '../../contract/event.ts';
import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import { REPORT_IT } from '../../contract/report-it.ts';
import type { Claimed } from '../model/claimed.ts';
import { DatabaseFailure } from '../database/database.ts';
import { otherPlaceIn, otherProvidersPlace, pinnedPlace } from '../ledger/pinned-place.ts';
import { readAgain, sendAgain } from '../ledger/recovery.ts';
import {
  type NextState,
  afterFailedReadBack,
  afterOtherPlace,
  afterReadBack,
  afterSend,
  seenOf,
} from '../ledger/next-state.ts';
import type { WorkerContext } from './worker-context.ts';

/** How one call is bounded. */
export interface ExecuteOptions {
  readonly deadlineMs: number;
  /** Stops the call before it sends anything more. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: OperationEvent) => void;
  /** What is known of the account, which learns from the outcome. */
  readonly access: Pick<AccountAccess, 'learn'>;
  /** Called with the error of a call that failed, which the state that follows from it does not hold. */
  readonly onFailure?: (error: ProviderError) => void;
}

type Context = Pick<WorkerContext, 'database' | 'schema' | 'services' | 'policy' | 'readable'>;

/** Sends a cancellation or reads it back, and returns what follows from that. */
export async function execute(
  claimed: Claimed,
  { access, onFailure, ...options }: ExecuteOptions,
  context: Context,
): Promise<NextState> {
  const startedAt = performance.now();
  // Durations of the row are as of the claim, and a call takes time.
  const aged = (): Claimed => {
    const { failingForMs, unknownForMs } = claimed;
    const passed = performance.now() - startedAt;
    return { ...claimed, failingForMs: failingForMs && failingForMs + passed, unknownForMs: unknownForMs + passed };
  };
  try {
    const other = await otherProvidersPlace(claimed, options, context.services);
    if (other !== undefined) return afterOtherPlace(claimed, other);
    const place = await pinnedPlace(claimed, options, context);
    // Another worker has recovered it: this one may send nothing.
    if (place === undefined) return notBegun(claimed);
    const deadlineMs = Math.max(1, options.deadlineMs - (performance.now() - startedAt));
    const now = claimed.claimedAtMs && claimed.claimedAtMs + performance.now() - startedAt;
    return await call({ ...claimed, place }, { ...options, access, deadlineMs, now }, context, aged);
  } catch (error) {
    if (error instanceof DatabaseFailure) return notBegun(claimed);
    const failure = isProviderError(error) ? error : new ProviderError('unexpected_response', FAULT);
    onFailure?.(failure);
    return afterFailure(aged(), failure, context, access);
  }
}

async function call(
  { task, request, place, traceparent }: Claimed,
  { access, now, ...options }: Omit<ExecuteOptions, 'onFailure'> & { readonly now: number | undefined },
  { services, policy, readable }: Context,
  aged: () => Claimed,
): Promise<NextState> {
  const { account, service } = request;
  if (task === 'read') {
    const seen = await services.status({ account, service }, { ...options, place, traceparent });
    access.learn(undefined);
    return { ...afterReadBack(aged(), seen, policy), seen: seenOf(seen) };
  }
  const sent = await services.safeCancel(request, { ...options, place, traceparent, now });
  if (!sent.ok && otherPlaceIn(sent.error) !== undefined) throw sent.error;
  const isShut = access.learn(sent.ok ? undefined : sent.error);
  const next = afterSend(aged(), sent, readable.get(account) === true, policy, isShut);
  return place === undefined ? next : { ...next, sentTo: place };
}

function afterFailure(
  claimed: Claimed,
  error: ProviderError,
  { policy, readable }: Context,
  access: Pick<AccountAccess, 'learn'>,
): NextState {
  const otherPlace = otherPlaceIn(error);
  if (otherPlace !== undefined) return afterOtherPlace(claimed, otherPlace);
  const isShut = access.learn(error);
  if (claimed.task === 'read') {
    const seen = error.code === 'not_found' ? { state: 'absent' as const } : { failed: error.code };
    return { ...afterFailedReadBack(claimed, error, policy, isShut), seen };
  }
  return afterSend(claimed, { ok: false, error }, readable.get(claimed.request.account) === true, policy, isShut);
}

/** A call that was not started: it is claimed again. */
export function notBegun(claimed: Claimed): NextState {
  return claimed.task === 'read' ? readAgain(claimed) : sendAgain(claimed);
}

const FAULT = {
  operation: 'status',
  message: `queue: an internal fault while reading back. ${REPORT_IT}`,
} as const;
