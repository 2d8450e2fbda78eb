import type { Failure } from './call.ts';
import type { LaneLimits } from './lane.ts';
import type { AnyProgress } from './many-progress.ts';
import type { CancelResult, SafeResult } from './result.ts';

/** What became of one request, before the types of the accounts are known. */
export type ManyItem = { readonly index: number; readonly request: unknown } & SafeResult<CancelResult>;

/** How a run sorts, bounds and carries out its requests. */
export interface ManyPlan {
  /** The name of the account, or `''` for a request that names none. */
  readonly laneOf: (request: unknown) => string;
  readonly limitsOf: (lane: string) => LaneLimits;
  /** What a request shares with those that may go into one call with it; `undefined` if it goes alone. */
  readonly groupOf: (lane: string, request: unknown) => string | undefined;
  /**
   * Carries out what goes into one call; as many results as requests, in their order. Never rejects.
   *
   * @param isGroup whether they have something in common (see `groupOf`), also where it is only one.
   */
  readonly cancel: (requests: readonly unknown[], isGroup: boolean) => Promise<readonly SafeResult<CancelResult>[]>;
  /** The result of a request that is not begun. Never rejects. */
  readonly unsent: (request: unknown, failure: Failure) => Promise<SafeResult<CancelResult>>;
  readonly signal: AbortSignal | undefined;
  readonly total: number | undefined;
  readonly onProgress: ((progress: AnyProgress) => unknown) | undefined;
}
