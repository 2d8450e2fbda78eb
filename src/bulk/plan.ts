import type { AccountEntry } from '../accounts/account-entry.ts';
import { accountNameOf } from '../accounts/open-call.ts';
import { Call, type ErrorFacts } from '../call/call.ts';
import { DEFAULTS, MAX_MILLISECONDS, concurrencyOf } from '../call/check-options.ts';
import { runCall, safely } from '../call/run-call.ts';
import type { CancelManyOptions } from '../contract/bulk.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { CancelResult, SafeResult } from '../contract/result.ts';
import type { LaneLimits } from './lane.ts';
import { MAX_PAUSE_MS, batchOptionsOf, batchKeyOf } from './options.ts';
import type { AnyProgress } from './progress.ts';

/** The outcome of one request, before the types of the accounts are known. */
export type ManyItem = { readonly index: number; readonly request: unknown } & SafeResult<CancelResult>;

/** How a run sorts, limits and executes its requests. */
export interface ManyPlan {
  /** The name of the account, or `''` for a request that names none. */
  readonly laneOf: (request: unknown) => string;
  readonly limitsOf: (lane: string) => LaneLimits;
  /** A key that a request shares with those that may go into one batch with it; `undefined` if it goes alone. */
  readonly batchKeyOf: (lane: string, request: unknown) => string | undefined;
  /**
   * Carries out what goes into one call; as many results as requests, in their order. Never rejects.
   *
   * @param isBatch whether they have a batch key (see `batchKeyOf`), even if it is only one request.
   */
  readonly cancel: (requests: readonly unknown[], isBatch: boolean) => Promise<readonly SafeResult<CancelResult>[]>;
  /** The result of a request that is not started. Never rejects. */
  readonly unsent: (request: unknown, failure: ErrorFacts) => Promise<SafeResult<CancelResult>>;
  readonly signal: AbortSignal | undefined;
  readonly total: number | undefined;
  readonly onProgress: ((progress: AnyProgress) => unknown) | undefined;
}

/** What a run needs of the service that it belongs to. */
export interface BulkDependencies {
  readonly accounts: ReadonlyMap<string, AccountEntry>;
  readonly options: ServiceOptions;
  readonly cancel: (request: unknown, options: CallOptions) => Promise<SafeResult<CancelResult>>;
  readonly cancelBatch: (
    requests: readonly unknown[],
    options: CallOptions,
  ) => Promise<readonly SafeResult<CancelResult>[]>;
}

/** The plan of a run, from checked options. */
export function planMany(service: BulkDependencies, own: CancelManyOptions): ManyPlan {
  const { accounts, options } = service;
  const { batch, concurrency, maxPauseMs = MAX_PAUSE_MS, signal, total, onProgress, ...callOptions } = own;
  /** Requests that name no account fail without sending, and share a lane. */
  const laneOf = (request: unknown): string => {
    const named = accountNameOf(request);
    return named !== undefined && accounts.has(named) ? named : '';
  };
  return {
    laneOf,
    limitsOf: (lane) => ({
      concurrency:
        concurrencyOf(lane, concurrency, options.concurrency) ??
        accounts.get(lane)?.account.capabilities.concurrency ??
        DEFAULTS.concurrency,
      batchSize: batchOptionsOf(lane, batch)?.size ?? 1,
      maxPauseMs,
    }),
    batchKeyOf: (lane, request) => {
      const own = batchOptionsOf(lane, batch);
      return own === undefined ? undefined : batchKeyOf(request, own);
    },
    cancel: async (requests, isBatch) => {
      if (!isBatch) return await Promise.all(requests.map((request) => service.cancel(request, callOptions)));
      const deadlineMs = callOptions.deadlineMs ?? options.deadlineMs ?? DEFAULTS.deadlineMs;
      // A batch reads its members back one after another.
      const batchOptions = { ...callOptions, deadlineMs: Math.min(deadlineMs * requests.length, MAX_MILLISECONDS) };
      return await service.cancelBatch(requests, batchOptions);
    },
    unsent: (request, failure) => {
      const call = new Call('cancel', options.onEvent);
      if (callOptions.onEvent !== undefined) call.listen(callOptions.onEvent);
      return endUnsent(call, accounts.get(laneOf(request)), failure);
    },
    signal,
    total,
    onProgress,
  };
}

/** The same as for a call that fails before it sends: an error of its own, with its event. */
async function endUnsent(
  call: Call,
  entry: AccountEntry | undefined,
  failure: ErrorFacts,
): Promise<SafeResult<CancelResult>> {
  call.account = entry?.name;
  call.provider = entry?.account.provider;
  const fail = (): Promise<never> => Promise.reject(call.error(failure));
  return safely(() => runCall<never>(call, fail, () => undefined));
}
