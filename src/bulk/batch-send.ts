import { isForeign, isForeignAfterWrite, noteForeign, noteWait, waitOf } from '../call/error-notes.ts';
import type { ErrorCode } from '../contract/error-code.ts';
import { ProviderError, isProviderError } from '../contract/provider-error.ts';
import type { CancelResult } from '../contract/result.ts';
import type { CancellationStatus } from '../contract/vocabulary.ts';
import { cancelOnce, resultOf } from '../outcome/cancel.ts';
import type { Cancellation, CancelFacts } from '../outcome/cancellation.ts';
import { compare } from '../outcome/compare.ts';
import { conflict, confirmsCancellation, reconcileUnknown } from '../outcome/read-back.ts';
import { type ReadBack, readIfPossible, unreadWords } from '../outcome/read-status.ts';
import { adapterFault } from '../sending/adapter-fault.ts';

/** A cancellation of a batch, and how its result is reported. */
export interface Member {
  readonly cancellation: Cancellation;
  /** Whether it is read back even if it is sent alone. */
  readonly verify: boolean;
  readonly resolve: (result: CancelResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The codes with which the provider refuses a batch because of one of its members. The response does not say whether
 * the rest was carried out. Every other code refuses the whole request, which then had no effect.
 */
const ABOUT_A_MEMBER: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'unsupported',
  'date_too_early',
  'not_found',
  'not_cancellable',
  'rejected',
]);

/**
 * Cancels by one request the members that differ in their service alone, and gives each member its own result. A batch
 * of one is an ordinary cancellation.
 *
 * - Accepted: each member is read back. It succeeds only if its cancellation is seen; otherwise it is
 *   `outcome_unknown`.
 * - The response is lost or unreadable: each member is read back in the same way, and none is sent again.
 * - Refused because of one member: each member is read back. A cancellation that is seen is a success or a
 *   `timing_conflict`; a service that does not exist is `not_found`; members that are seen not to be cancelled are sent
 *   again in two halves, so that the bad one ends up alone; any other member is `outcome_unknown`.
 * - Refused as a whole (credentials, too many requests, not sent at all): every member fails with that error.
 */
export async function cancelMembers(members: readonly Member[]): Promise<void> {
  const [first] = members;
  if (first === undefined) return;
  if (members.length === 1) {
    await cancelOnce(first.cancellation, first.verify).then(first.resolve, first.reject);
    return;
  }
  const sentAt = new Date().toISOString();
  const sent = await send(members, first);
  if (sent.ok && sent.accepted.outcome !== 'already_cancelled') {
    await confirmEach(members, sent.accepted);
  } else if (sent.ok || ABOUT_A_MEMBER.has(sent.error.code)) {
    const left = await sortOutRefused(members, sentAt);
    const middle = Math.ceil(left.length / 2);
    await cancelMembers(left.slice(0, middle));
    await cancelMembers(left.slice(middle));
  } else {
    for (const [place, member] of members.entries()) {
      inheritFailure(member.cancellation, members[place - 1]);
      await settle(member, () => failEach(member.cancellation, sent.error));
    }
  }
}

type BatchSent =
  { readonly ok: true; readonly accepted: CancelResult } | { readonly ok: false; readonly error: ProviderError };

/** Sends the batch by the first member's call. What is true of that call's write is true of every member's. */
async function send(members: readonly Member[], first: Member): Promise<BatchSent> {
  const { adapter, details, call } = first.cancellation;
  const others = members.slice(1).map(({ cancellation }) => cancellation.call);
  const adapters = members.map(({ cancellation }) => cancellation.adapter);
  const exchange = adapter.cancelBatch?.(adapters, details);
  if (exchange === undefined) {
    const fault = adapterFault('it refuses a batch of services that it takes one by one');
    return { ok: false, error: call.error(fault) };
  }
  const attempts = call.attempts;
  for (const other of others) other.writeLeaves();
  try {
    // Without a read-back of its own: each member is read back afterwards.
    const batch = { ...adapter, cancel: () => exchange, status: undefined, revoke: undefined };
    const accepted = await cancelOnce({ ...first.cancellation, adapter: batch, warnings: [] }, false);
    return { ok: true, accepted };
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

async function confirmEach(members: readonly Member[], accepted: CancelResult): Promise<void> {
  const message = `the provider accepted a batch of ${members.length} with this service in it, and does not report on each service. Check the state before anything is sent again.`;
  for (const [place, member] of members.entries()) {
    const { cancellation } = member;
    inheritFailure(cancellation, members[place - 1]);
    await settle(member, async () => {
      const doubt = cancellation.call.error({ code: 'outcome_unknown', reason: 'provider_error', message });
      const found = await reconcileUnknown(cancellation, { error: doubt, ifAbsent: undefined });
      return { ...found, reconciled: false, warnings: [...accepted.warnings, ...found.warnings] };
    });
  }
}

/** If the read-back of one member was refused, the next is not sent: the account is the same. */
function inheritFailure({ call }: Cancellation, previous: Member | undefined): void {
  call.readBackRefusal = previous?.cancellation.call.readBackRefusal;
}

/** Fails a member with its own copy of the batch's error. If the outcome is in doubt, the member is read back. */
function failEach(cancellation: Cancellation, error: ProviderError): Promise<CancelFacts> {
  const { attempts, operationId } = cancellation.call;
  const own = new ProviderError(error.code, { ...error, message: error.message, attempts, operationId });
  const waitMs = waitOf(error);
  if (waitMs !== undefined) noteWait(own, waitMs);
  if (isForeign(error)) noteForeign(own, isForeignAfterWrite(error));
  return own.code === 'outcome_unknown'
    ? reconcileUnknown(cancellation, { error: own, ifAbsent: undefined })
    : Promise.reject(own);
}

async function settle({ cancellation, resolve, reject }: Member, work: () => Promise<CancelFacts>): Promise<void> {
  try {
    resolve(resultOf(cancellation, await work()));
  } catch (error) {
    reject(error);
  }
}

/**
 * Reads back each member of a batch that was refused because of one of them, and gives a result to each that need not
 * or must not be sent again. The provider is done with the batch, so a cancellation that is not seen now does not
 * appear later.
 *
 * @param sentAt when the batch was handed to the network.
 * @returns the members that are seen not to be cancelled.
 */
async function sortOutRefused(members: readonly Member[], sentAt: string): Promise<readonly Member[]> {
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
      if (found !== undefined) resolve(resultOf(cancellation, found));
      else reject(conflictOrDoubt(cancellation, seen, refused(members), sentAt));
    }
  }
  return left;
}

async function readBack({ adapter, call, context }: Cancellation): Promise<ReadBack> {
  call.emit({ type: 'read_back', because: 'provider_error' });
  try {
    return await readIfPossible(adapter, call, context);
  } catch (error) {
    // Whatever failed, this member may have been cancelled by the batch.
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
  return `the provider refused a batch of ${members.length} with this service in it`;
}
