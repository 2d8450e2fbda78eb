import type { AccountsOf } from './account.ts';
import type { AccountKey } from './cancel-request.ts';
import type { ErrorCode } from './error-code.ts';
import type { Lane } from './lane.ts';
import type { CancelOutcome } from './result.ts';
import { timeAfter } from './retry-after.ts';

/** How far a run of `cancelMany` is. */
export interface CancelManyProgress<A extends AccountsOf<A>> {
  /** Requests that have come to an end, whatever end. */
  readonly done: number;
  /** Requests that were begun; those that fail without being begun (see {@link CancelManyProgress.outcomes}) are not. */
  readonly started: number;
  /** Requests in all: the option `total`, else the length of a list or set, else known once the source has ended. */
  readonly total: number | undefined;
  /** How many ended how: each outcome and each error code that has occurred. */
  readonly outcomes: { readonly [Outcome in CancelOutcome | ErrorCode]?: number };
  /** The accounts that requests have been taken for so far. */
  readonly accounts: { readonly [K in AccountKey<A>]?: AccountProgress };
  /**
   * Milliseconds until the end, estimated: of all accounts the longest of requests left × recent time of one ÷
   * concurrency, and what is left of a pause. What has not been taken from the source is shared out as what has been.
   * `undefined` while the total, or how long an account takes, is not known.
   */
  readonly remainingMs: number | undefined;
}

/** How far an account is within a run. */
export interface AccountProgress {
  readonly done: number;
  readonly running: number;
  /** Taken from the source and not begun. */
  readonly waiting: number;
  /** The provider has asked for a pause; nothing is begun before this time (ISO 8601). */
  readonly pausedUntil?: string;
}

/** The same before the accounts' names are known as types. */
export type AnyProgress = CancelManyProgress<Readonly<Record<string, never>>>;

/** What is counted in a run, its lanes aside. */
export interface RunCounts {
  readonly taken: number;
  readonly started: number;
  readonly total: number | undefined;
  readonly outcomes: ReadonlyMap<CancelOutcome | ErrorCode, number>;
}

/** How far a run is. The lane without a name is that of requests that name no account. */
export function progressOf(lanes: ReadonlyMap<string, Lane>, counts: RunCounts): AnyProgress {
  const { started, outcomes, total } = counts;
  const known = [...lanes].filter(([name]) => name !== '');
  return {
    done: sum(lanes, ({ done }) => done),
    started,
    total,
    outcomes: Object.fromEntries(outcomes),
    accounts: Object.fromEntries(known.map(([name, lane]) => [name, accountProgress(lane)])),
    remainingMs: remainingMs(lanes, counts),
  };
}

function accountProgress({ done, running, waiting, pauseMs }: Lane): AccountProgress {
  return {
    done,
    running,
    waiting,
    ...(pauseMs === undefined ? {} : { pausedUntil: timeAfter(pauseMs) }),
  };
}

function remainingMs(lanes: ReadonlyMap<string, Lane>, { taken, total }: RunCounts): number | undefined {
  if (total === undefined) return undefined;
  const toCome = total - taken;
  if (toCome > 0 && taken === 0) return undefined;
  let longest = 0;
  for (const lane of lanes.values()) {
    const { done, running, waiting, pauseMs = 0, limits } = lane;
    const own = running + waiting;
    const share = toCome === 0 ? 0 : (toCome * (done + own)) / taken;
    const estimate = lane.pace.estimate(own + share, limits.concurrency);
    if (estimate === undefined) return undefined;
    longest = Math.max(longest, estimate + pauseMs);
  }
  return Math.round(longest);
}

function sum(lanes: ReadonlyMap<string, Lane>, of: (lane: Lane) => number): number {
  let total = 0;
  for (const lane of lanes.values()) total += of(lane);
  return total;
}
