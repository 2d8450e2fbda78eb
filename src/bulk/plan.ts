import type { AccountEntry } from '../accounts/account-entry.ts';
import { accountNameOf } from '../accounts/open-call.ts';
import { Call, type ErrorFacts } from '../call/call.ts';
import { DEFAULTS, concurrencyOf } from '../call/check-options.ts';
import { runCall, safely } from '../call/run-call.ts';
import type { CancelManyOptions, StatusManyOptions } from '../contract/bulk.ts';
import { type CallOptions, type ReadOptions, type ServiceOptions, MAX_MILLISECONDS } from '../contract/options.ts';
import type { CancelResult, SafeResult } from '../contract/result.ts';
import type { CancellationStatus } from '../contract/vocabulary.ts';
import type { LaneLimits } from './lane.ts';
import { MAX_PAUSE_MS, batchOptionsOf, batchKeyOf } from './options.ts';
import type { AnyProgress } from './progress.ts';

/** The outcome of one request, before the types of the accounts are known. */
export type ManyItem<Value> = { readonly index: number; readonly request: unknown } & SafeResult<Value>;

/** How a run sorts, limits and executes its requests. */
export interface ManyPlan<Value> {
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
  readonly execute: (requests: readonly unknown[], isBatch: boolean) => Promise<readonly SafeResult<Value>[]>;
  /** What a result counts as. */
  readonly outcomeOf: (value: Value) => string;
  /** The result of a request that is not started. Never rejects. */
  readonly unsent: (request: unknown, failure: ErrorFacts) => Promise<SafeResult<Value>>;
  readonly signal: AbortSignal | undefined;
  readonly total: number | undefined;
  readonly onProgress: ((progress: AnyProgress) => unknown) | undefined;
}

/** What a run needs of the service that it belongs to. */
export interface BulkDependencies {
  readonly accounts: ReadonlyMap<string, AccountEntry>;
  readonly options: ServiceOptions;
}

/** How a service cancels the requests of a run. */
export interface CancelDependencies extends BulkDependencies {
  readonly cancel: (request: unknown, options: CallOptions) => Promise<SafeResult<CancelResult>>;
  readonly cancelBatch: (
    requests: readonly unknown[],
    options: CallOptions,
  ) => Promise<readonly SafeResult<CancelResult>[]>;
}

/** How a service reads the requests of a run. */
export interface StatusDependencies extends BulkDependencies {
  readonly status: (request: unknown, options: ReadOptions) => Promise<SafeResult<CancellationStatus>>;
}

/** The plan of a run that cancels, from checked options. */
export function planCancels(service: CancelDependencies, own: CancelManyOptions): ManyPlan<CancelResult> {
  const { batch, onProgress, deadlineMs: limitMs, verify, onEvent } = own;
  const callOptions = { deadlineMs: limitMs, verify, onEvent };
  return {
    ...planOf(service, 'cancel', own),
    batchKeyOf: (lane, request) => {
      const batched = batchOptionsOf(lane, batch);
      return batched === undefined ? undefined : batchKeyOf(request, batched);
    },
    execute: async (requests, isBatch) => {
      if (!isBatch) return await Promise.all(requests.map((request) => service.cancel(request, callOptions)));
      const deadlineMs = limitMs ?? service.options.deadlineMs ?? DEFAULTS.deadlineMs;
      // A batch reads its members back one after another.
      const batchOptions = { ...callOptions, deadlineMs: Math.min(deadlineMs * requests.length, MAX_MILLISECONDS) };
      return await service.cancelBatch(requests, batchOptions);
    },
    outcomeOf: ({ outcome }) => outcome,
    onProgress,
  };
}

/** The plan of a run that reads, from checked options. */
export function planReads(service: StatusDependencies, own: StatusManyOptions): ManyPlan<CancellationStatus> {
  const { deadlineMs, onEvent, onProgress } = own;
  return {
    ...planOf(service, 'status', own),
    batchKeyOf: () => undefined,
    execute: async (requests) =>
      await Promise.all(requests.map((request) => service.status(request, { deadlineMs, onEvent }))),
    outcomeOf: ({ state }) => state,
    onProgress,
  };
}

/** What a plan has whatever its requests do. */
function planOf(
  { accounts, options }: BulkDependencies,
  operation: 'cancel' | 'status',
  own: Omit<CancelManyOptions, 'onProgress'>,
): Pick<ManyPlan<never>, 'laneOf' | 'limitsOf' | 'unsent' | 'signal' | 'total'> {
  const { batch, concurrency, maxPauseMs = MAX_PAUSE_MS, signal, total, onEvent } = own;
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
    unsent: (request, failure) => {
      const call = new Call(operation, options.onEvent);
      if (onEvent !== undefined) call.listen(onEvent);
      return endUnsent(call, accounts.get(laneOf(request)), failure);
    },
    signal,
    total,
  };
}

/** The same as for a call that fails before it sends: an error of its own, with its event. */
async function endUnsent(call: Call, entry: AccountEntry | undefined, failure: ErrorFacts): Promise<SafeResult<never>> {
  call.account = entry?.name;
  call.provider = entry?.account.provider;
  const fail = (): Promise<never> => Promise.reject(call.error(failure));
  return safely(() => runCall<never>(call, fail));
}
