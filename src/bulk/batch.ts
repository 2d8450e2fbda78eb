import { type Member, cancelList } from './batch-send.ts';
import type { Cancellation, CancelFacts } from '../outcome/cancellation.ts';
import { deferred } from '../platform/deferred.ts';

/**
 * Cancellations of one account that were begun together. Once each has been checked or has failed its checks, those that
 * may share a request are sent so, one list after another.
 */
export class CancelBatch {
  readonly #members: Member[] = [];
  #awaited: number;

  /** @param expected how many cancellations there are. */
  constructor(expected: number) {
    this.#awaited = expected;
  }

  /**
   * A cancellation that is ready to be sent. One that may share a request is read back even where it goes alone, so that
   * what is known of it in the end does not hang on its company.
   *
   * @throws ProviderError
   */
  join(cancellation: Cancellation, verify: boolean): Promise<CancelFacts> {
    const { promise, resolve, reject } = deferred<CancelFacts>();
    this.#members.push({ cancellation, verify: verify || isCompanion(cancellation), resolve, reject });
    this.#arrived();
    return promise;
  }

  /** One has failed before it was ready. */
  miss(): void {
    this.#arrived();
  }

  #arrived(): void {
    this.#awaited -= 1;
    if (this.#awaited === 0) void carryOut(listsOf(this.#members));
  }
}

async function carryOut(lists: readonly (readonly Member[])[]): Promise<void> {
  for (const list of lists) {
    try {
      await cancelList(list);
    } catch (error) {
      // A fault of cancelkit or of an adapter; whoever knows its end already does not hear of it.
      for (const { reject } of list) reject(error);
    }
  }
}

/** Those that differ in their service alone, each service once, and the others by themselves. */
function listsOf(members: readonly Member[]): readonly (readonly Member[])[] {
  const lists = new Map<string, Member[]>();
  const alone: Member[] = [];
  for (const member of members) {
    const { service, details } = member.cancellation;
    const { when, reasonText, reasonCode, extras } = details;
    const shared = JSON.stringify([when, reasonText ?? null, reasonCode ?? null, extras ?? null]);
    const list = lists.get(shared) ?? [];
    const isThere = list.some(({ cancellation }) => cancellation.service.key === service.key);
    if (isThere || !isCompanion(member.cancellation)) alone.push(member);
    else lists.set(shared, [...list, member]);
  }
  return [...lists.values(), ...alone.map((member) => [member])];
}

/** Whether it may share a request with others. */
function isCompanion({ service, details }: Cancellation): boolean {
  return service.cancelTogether?.([service], details) !== undefined && service.status?.() !== undefined;
}
