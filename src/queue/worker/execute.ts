import { isLetIn, type AccountAccess } from '../../bulk/account-access.ts';
import type { OperationEvent } from '../../contract/event.ts';
import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import { REPORT_IT } from '../../contract/report-it.ts';
import { DatabaseFailure } from '../database/database.ts';
import { afterFailedFollow, afterFollowReading, end, followed, planOf, undecided } from '../ledger/follow.ts';
import { newerOf } from '../ledger/newer.ts';
import {
  type NextState,
  afterFailedReadBack,
  afterOtherPlace,
  afterReadBack,
  afterSend,
  seenOf,
} from '../ledger/next-state.ts';
import { otherPlaceIn, otherProvidersPlace, pinnedPlace } from '../ledger/pinned-place.ts';
import { notBegun } from '../ledger/recovery.ts';
import type { Claimed, Following } from '../model/claimed.ts';
import { DEFAULT_FOLLOW } from '../model/follow-plan.ts';
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

type Context = Pick<WorkerContext, 'database' | 'schema' | 'services' | 'policy' | 'readable' | 'follow'>;

/** Sends a cancellation, reads it back or follows it, and returns what follows from that. */
export async function execute(claimed: Claimed, options: ExecuteOptions, context: Context): Promise<NextState> {
  const plan = planOf(claimed, context);
  if (claimed.followed === undefined) return followed(await sendOrRead(claimed, options, context), plan);
  // Where nothing is followed, nothing is read.
  if (plan === false) return end({ claimed, followed: claimed.followed, plan: DEFAULT_FOLLOW }, 'switched_off');
  return await sendOrRead(claimed, options, context);
}

async function sendOrRead(
  claimed: Claimed,
  { access, onFailure, ...options }: ExecuteOptions,
  context: Context,
): Promise<NextState> {
  const startedAt = performance.now();
  // Durations of the row are as of the claim, and a call takes time.
  const aged = (): Claimed => {
    const { failingForMs, unknownForMs, followed: current } = claimed;
    const passed = performance.now() - startedAt;
    return {
      ...claimed,
      failingForMs: failingForMs && failingForMs + passed,
      unknownForMs: unknownForMs + passed,
      followed: current && { ...current, nowMs: current.nowMs + passed, sinceMs: current.sinceMs + passed },
    };
  };
  try {
    const other = await otherProvidersPlace(claimed, options, context.services);
    if (other !== undefined) return await heldAt(claimed, other, context);
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
    return await afterFailure(aged(), failure, context, access);
  }
}

async function call(
  { task, request, place, traceparent }: Claimed,
  { access, now, ...options }: Omit<ExecuteOptions, 'onFailure'> & { readonly now: number | undefined },
  context: Context,
  aged: () => Claimed,
): Promise<NextState> {
  const { services, policy, readable } = context;
  const { account, service } = request;
  if (task !== 'send') {
    const seen = await services.status({ account, service }, { ...options, place, traceparent });
    access.learn(undefined);
    const claimed = aged();
    const following = followingOf(claimed, context);
    const next =
      following === undefined
        ? afterReadBack(claimed, seen, policy)
        : await unlessNewer(following, afterFollowReading(following, seen), context);
    return { ...next, seen: seenOf(seen), isLetIn: true };
  }
  const sent = await services.safeCancel(request, { ...options, place, traceparent, now });
  if (!sent.ok && otherPlaceIn(sent.error) !== undefined) throw sent.error;
  const isShut = access.learn(sent.ok ? undefined : sent.error);
  const next = afterSend(aged(), sent, readable.get(account) === true, policy, isShut);
  const isIn = isLetIn(sent.ok ? undefined : sent.error);
  return { ...next, isLetIn: isIn, ...(place === undefined ? {} : { sentTo: place }) };
}

/** With its plan, if it is followed. */
function followingOf(claimed: Claimed, context: Context): Following | undefined {
  const plan = planOf(claimed, context);
  return claimed.followed === undefined || plan === false ? undefined : { claimed, followed: claimed.followed, plan };
}

/** A newer cancellation of the service explains what contradicts this one: the newer one is followed. */
async function unlessNewer(following: Following, next: NextState, { database, schema }: Context): Promise<NextState> {
  if (!next.needsPerson) return next;
  const newer = await newerOf(database, schema, following.claimed);
  if (newer === undefined) return next;
  return newer === 'open' ? undecided(following, next) : end(following, 'superseded');
}

/** The account leads to another place. Nothing was sent or read there. */
async function heldAt(claimed: Claimed, otherPlace: string, context: Context): Promise<NextState> {
  const following = followingOf(claimed, context);
  if (following === undefined) return afterOtherPlace(claimed, otherPlace);
  const next = await unlessNewer(following, afterFailedFollow(following, ELSEWHERE, context.policy), context);
  return { ...next, otherPlace, seen: { failed: 'not_configured' } };
}

async function afterFailure(
  claimed: Claimed,
  error: ProviderError,
  context: Context,
  access: Pick<AccountAccess, 'learn'>,
): Promise<NextState> {
  const { policy, readable } = context;
  const otherPlace = otherPlaceIn(error);
  if (otherPlace !== undefined) return await heldAt(claimed, otherPlace, context);
  // A reading that proves nothing costs nothing, so it holds up no cancellation of the account.
  const isShut = access.learn(error) && (claimed.task === 'send' || error.code === 'forbidden');
  const seen = error.code === 'not_found' ? { state: 'absent' as const } : { failed: error.code };
  const following = followingOf(claimed, context);
  if (following !== undefined) {
    const next = await unlessNewer(following, afterFailedFollow(following, error, policy, isShut), context);
    return { ...next, seen, isLetIn: isLetIn(error) };
  }
  if (claimed.task === 'read') {
    return { ...afterFailedReadBack(claimed, error, policy, isShut), seen, isLetIn: isLetIn(error) };
  }
  return afterSend(claimed, { ok: false, error }, readable.get(claimed.request.account) === true, policy, isShut);
}

// Not `not_configured`, which would make the whole account rest: its other cancellations may be of the new place.
const ELSEWHERE = new ProviderError('unexpected_response', {
  operation: 'status',
  message: 'queue: the account leads to another place now. Nothing was read there.',
});

const FAULT = {
  operation: 'status',
  message: `queue: an internal fault while reading back. ${REPORT_IT}`,
} as const;
