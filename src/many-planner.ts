import type { AccountEntry } from './account-entry.ts';
import { Call, type Failure } from './call.ts';
import { conduct, safely } from './conduct.ts';
import { batchOf, groupOf } from './many-batch.ts';
import { MAX_PAUSE_MS, type CancelManyOptions } from './many-options.ts';
import type { ManyPlan } from './many-plan.ts';
import { concurrencyOf, DEFAULTS, MAX_MILLISECONDS, type CallOptions, type ServiceOptions } from './options.ts';
import { accountNameOf } from './prepare-call.ts';
import type { CancelResult, SafeResult } from './result.ts';

/** What a run needs of the service that it belongs to. */
export interface RunSurroundings {
  readonly accounts: ReadonlyMap<string, AccountEntry>;
  readonly options: ServiceOptions;
  readonly cancel: (request: unknown, options: CallOptions) => Promise<SafeResult<CancelResult>>;
  readonly cancelTogether: (
    requests: readonly unknown[],
    options: CallOptions,
  ) => Promise<readonly SafeResult<CancelResult>[]>;
}

/** The plan of a run, from checked options. */
export function planMany(surroundings: RunSurroundings, own: CancelManyOptions): ManyPlan {
  const { accounts, options } = surroundings;
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
      together: batchOf(lane, batch)?.size ?? 1,
      maxPauseMs,
    }),
    groupOf: (lane, request) => {
      const sharing = batchOf(lane, batch);
      return sharing === undefined ? undefined : groupOf(request, sharing);
    },
    cancel: async (requests, isGroup) => {
      if (!isGroup) return await Promise.all(requests.map((request) => surroundings.cancel(request, callOptions)));
      const deadlineMs = callOptions.deadlineMs ?? options.deadlineMs ?? DEFAULTS.deadlineMs;
      // What is done for one after another takes its time for each.
      const together = { ...callOptions, deadlineMs: Math.min(deadlineMs * requests.length, MAX_MILLISECONDS) };
      return await surroundings.cancelTogether(requests, together);
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
  failure: Failure,
): Promise<SafeResult<CancelResult>> {
  call.account = entry?.name;
  call.provider = entry?.account.provider;
  const fail = (): Promise<never> => Promise.reject(call.error(failure));
  return safely(() => conduct<never>(call, fail, () => undefined));
}
