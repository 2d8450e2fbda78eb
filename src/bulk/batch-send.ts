import type { ErrorCode } from '../contract/error-code.ts';
import { noteWait, waitOf } from '../call/retry-wait.ts';
import { ProviderError, isProviderError } from '../contract/provider-error.ts';
import { REPORT_IT } from '../contract/report-it.ts';
import type { CancellationStatus } from '../contract/vocabulary.ts';
import { cancelOnce } from '../outcome/cancel.ts';
import type { Cancellation, CancelFacts } from '../outcome/cancellation.ts';
import { compare } from '../outcome/compare.ts';
import { type ReadBack, readIfPossible, unreadWords } from '../outcome/read-status.ts';
import { conflict } from '../outcome/reconcile-duplicate.ts';
import { confirmsCancellation, reconcileUnknown } from '../outcome/reconcile-unknown.ts';

/** A cancellation of a list, and where its end is reported. */
export interface Member {
  readonly cancellation: Cancellation;
  /** Whether it is read back although it was sent alone. */
  readonly verify: boolean;
  readonly resolve: (cancelled: CancelFacts) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The codes with which the provider refuses a list because of something in it. Whether the rest of it was carried out
 * is not told. Every other code is of the whole request, which nothing happened of.
 */
const ABOUT_ITS_CONTENTS: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'unsupported',
  'date_too_early',
  'not_found',
  'not_cancellable',
  'rejected',
]);

/**
 * Cancels by one request what differs in its service alone, and tells each member its own end. One member is an ordinary
 * cancellation.
 *
 * - Accepted: each is read back, and only what is seen is a success. What is not seen is `outcome_unknown`.
 * - The answer is lost or not readable: each is read back in the same way, and none is sent again.
 * - Refused because of its contents: each is read back. What is there is a success, or a `timing_conflict`; what does
 *   not exist is `not_found`; what is seen not to be cancelled is sent again in lists of half the length, so that the
 *   bad one ends up alone; the rest is `outcome_unknown`.
 * - Refused as a whole (credentials, too many requests, not sent at all): that is the end of each.
 */
export async function cancelList(members: readonly Member[]): Promise<void> {
  const [first] = members;
  if (first === undefined) return;
  if (members.length === 1) {
    await tell(first, () => cancelOnce(first.cancellation, first.verify));
    return;
  }
  const sentAt = new Date().toISOString();
  const end = await send(members, first);
  if (end.ok && end.accepted.outcome !== 'already_cancelled') {
    await confirmEach(members, end.accepted);
  } else if (end.ok || ABOUT_ITS_CONTENTS.has(end.error.code)) {
    const left = await sortOutRefused(members, sentAt);
    const middle = Math.ceil(left.length / 2);
    await cancelList(left.slice(0, middle));
    await cancelList(left.slice(middle));
  } else {
    for (const [place, member] of members.entries()) {
      inheritFailure(member.cancellation, members[place - 1]);
      await tell(member, () => endOfEach(member.cancellation, end.error));
    }
  }
}

type ListEnd =
  { readonly ok: true; readonly accepted: CancelFacts } | { readonly ok: false; readonly error: ProviderError };

/** Sends the list by the first one's call; what is true of its write is true of every member's. */
async function send(members: readonly Member[], first: Member): Promise<ListEnd> {
  const { service, details, call, route } = first.cancellation;
  const others = members.slice(1).map(({ cancellation }) => cancellation.call);
  const services = members.map(({ cancellation }) => cancellation.service);
  const exchange = service.cancelTogether?.(services, details);
  if (exchange === undefined) {
    const message = `the adapter is faulty: it does not take together what it takes one by one. ${REPORT_IT}`;
    return { ok: false, error: call.error({ code: 'unexpected_response', reason: 'provider_error', message }) };
  }
  const attempts = call.attempts;
  for (const other of others) other.writeLeaves();
  try {
    // Without a read-back of its own: that is done for each member afterwards.
    const list = { ...service, cancel: () => exchange, status: undefined, revoke: undefined };
    return { ok: true, accepted: await cancelOnce({ service: list, details, call, route }, false) };
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return { ok: false, error };
  } finally {
    for (const other of others) {
      other.attempts += call.attempts - attempts;
      other.asksFor = call.asksFor;
      other.serviceSeen = call.serviceSeen;
      if (!call.mayHaveHappened) other.writeHadNoEffect();
    }
  }
}

async function confirmEach(members: readonly Member[], accepted: CancelFacts): Promise<void> {
  const message = `the provider accepted a list of ${members.length} that this one was part of, without a word on each. Check the state before anything is sent again.`;
  for (const [place, member] of members.entries()) {
    const { cancellation } = member;
    inheritFailure(cancellation, members[place - 1]);
    await tell(member, async () => {
      const doubt = cancellation.call.error({ code: 'outcome_unknown', reason: 'provider_error', message });
      const found = await reconcileUnknown(cancellation, { error: doubt, ifAbsent: undefined });
      return { ...found, reconciled: false, warnings: [...accepted.warnings, ...found.warnings] };
    });
  }
}

/** A read-back that was refused for one is not sent for the next: the account is the same. */
function inheritFailure({ call }: Cancellation, previous: Member | undefined): void {
  call.readBackRefusal = previous?.cancellation.call.readBackRefusal;
}

/** The same error for each, as its own; where it is in doubt what happened, each is read back. */
function endOfEach(cancellation: Cancellation, error: ProviderError): Promise<CancelFacts> {
  const { attempts, operationId } = cancellation.call;
  const own = new ProviderError(error.code, { ...error, message: error.message, attempts, operationId });
  const waitMs = waitOf(error);
  if (waitMs !== undefined) noteWait(own, waitMs);
  return own.code === 'outcome_unknown'
    ? reconcileUnknown(cancellation, { error: own, ifAbsent: undefined })
    : Promise.reject(own);
}

async function tell({ resolve, reject }: Member, work: () => Promise<CancelFacts>): Promise<void> {
  try {
    resolve(await work());
  } catch (error) {
    reject(error);
  }
}

/**
 * Reads back each member of a list that was refused because of something in it, and tells those their end that need not,
 * or must not, be sent again. The refusal is the provider's last word on the list, so that what is seen not to be there
 * now does not come later.
 *
 * @param sentAt when the list was handed to the network.
 * @returns those that are seen not to be cancelled.
 */
export async function sortOutRefused(members: readonly Member[], sentAt: string): Promise<readonly Member[]> {
  const left: Member[] = [];
  for (const [place, member] of members.entries()) {
    const { cancellation, resolve, reject } = member;
    inheritFailure(cancellation, members[place - 1]);
    const seen = await readBack(cancellation);
    if (typeof seen === 'string') {
      const message = `${refused(members)}, and has no such service. Check the id.`;
      reject(cancellation.call.error({ code: 'not_found', message }));
    } else if (seen?.state === 'none') {
      left.push(member);
    } else {
      const { call, details } = cancellation;
      const found = seen === undefined ? undefined : confirmsCancellation(seen, details.when, call.asksFor);
      if (found !== undefined) resolve(found);
      else reject(conflictOrDoubt(cancellation, seen, refused(members), sentAt));
    }
  }
  return left;
}

async function readBack({ service, call, route }: Cancellation): Promise<ReadBack> {
  call.emit({ type: 'read_back', because: 'provider_error' });
  try {
    return await readIfPossible(service, call, route);
  } catch (error) {
    // Whatever failed, the list may have been carried out for this one.
    call.writeLeaves();
    throw error;
  }
}

function conflictOrDoubt(
  { call, details }: Cancellation,
  seen: CancellationStatus | undefined,
  what: string,
  sentAt: string,
): ProviderError {
  if (seen !== undefined && compare(seen, details.when, call.asksFor) === 'other_timing') {
    return call.error(conflict(seen, details.when, call.asksFor));
  }
  const error = call.error({
    code: 'outcome_unknown',
    reason: 'provider_error',
    message: `${what}, and does not say whether it carried out the rest. ${seen === undefined ? unreadWords(call) : `Read back afterwards: ${seen.state}.`}`,
    lastSeen: seen?.state,
    readBackRefusal: seen === undefined ? call.readBackRefusal?.code : undefined,
    existing: seen,
  });
  return new ProviderError(error.code, { ...error, message: error.message, sentAt });
}

function refused(members: readonly Member[]): string {
  return `the provider refused a list of ${members.length} that this one was part of`;
}
