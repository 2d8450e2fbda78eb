import type { CancelResult } from '../contract/result.ts';
import type { Cancellation } from '../outcome/cancellation.ts';
import { deferred } from '../platform/deferred.ts';
import { type Member, cancelMembers } from './batch-send.ts';

/**
 * Cancellations of one account that were started together. Once each of them has passed or failed its checks, those
 * that may share a request are sent as one batch, and one batch is sent after another.
 */
export class CancelBatch {
  readonly #members: Member[] = [];
  #awaited: number;

  /** @param expected how many cancellations there are. */
  constructor(expected: number) {
    this.#awaited = expected;
  }

  /**
   * Adds a cancellation that is ready to be sent. One that may share a request is read back even if it is sent alone,
   * so that its result does not depend on the size of its batch.
   *
   * @throws ProviderError
   */
  join(cancellation: Cancellation, verify: boolean): Promise<CancelResult> {
    const { promise, resolve, reject } = deferred<CancelResult>();
    this.#members.push({ cancellation, verify: verify || canBatch(cancellation), resolve, reject });
    this.#arrived();
    return promise;
  }

  /** One of the cancellations failed before it was ready. */
  miss(): void {
    this.#arrived();
  }

  #arrived(): void {
    this.#awaited -= 1;
    if (this.#awaited === 0) void sendBatches(batchesOf(this.#members));
  }
}

async function sendBatches(batches: readonly (readonly Member[])[]): Promise<void> {
  for (const batch of batches) {
    try {
      await cancelMembers(batch);
    } catch (error) {
      // A fault of cancelkit or of an adapter. A member that has its result already ignores the rejection.
      for (const { reject } of batch) reject(error);
    }
  }
}

/** Groups the members that differ in their service alone, each service once; every other member is a batch of one. */
function batchesOf(members: readonly Member[]): readonly (readonly Member[])[] {
  const batches = new Map<string, Member[]>();
  const alone: Member[] = [];
  for (const member of members) {
    const { adapter, details } = member.cancellation;
    const { when, reasonText, reasonCode, extras } = details;
    const shared = JSON.stringify([when, reasonText ?? null, reasonCode ?? null, extras ?? null]);
    const batch = batches.get(shared) ?? [];
    const isThere = batch.some(({ cancellation }) => cancellation.adapter.key === adapter.key);
    if (isThere || !canBatch(member.cancellation)) alone.push(member);
    else batches.set(shared, [...batch, member]);
  }
  return [...batches.values(), ...alone.map((member) => [member])];
}

/** Whether a cancellation may share a request with others. */
function canBatch({ adapter, details }: Cancellation): boolean {
  return adapter.cancelBatch?.([adapter], details) !== undefined && adapter.status?.() !== undefined;
}
