import { groupBy } from '../../platform/deferred.ts';
import { roomOf } from '../ledger/claim.ts';
import type { Claimed } from '../model/claimed.ts';
import type { QueryClient } from '../database/database.ts';
import type { TakenJob } from '../ledger/jobs.ts';
import type { Limit } from '../model/limits.ts';
import type { WorkerContext } from './worker-context.ts';

/** The jobs that a worker takes: of which accounts it asks for any, and of which it has found none lately. */
export class JobPicker {
  readonly #context: Pick<WorkerContext, 'schema' | 'jobs' | 'limits' | 'pollMs'>;
  readonly #quietUntil = new Map<string, number>();

  constructor(context: Pick<WorkerContext, 'schema' | 'jobs' | 'limits' | 'pollMs'>) {
    this.#context = context;
  }

  /** Something may be due, at whichever account. */
  expectAny(): void {
    this.#quietUntil.clear();
  }

  /** Something of this account may be due, or may have room now. */
  expect(account: string): void {
    this.#quietUntil.delete(account);
  }

  /** The accounts of which this worker could take more, as far as it knows itself. */
  limitsWithRoom(underWay: Iterable<Claimed>): readonly Limit[] {
    const now = performance.now();
    const running = groupBy(underWay, ({ request }) => request.account);
    return this.#context.limits.filter(
      ({ account, concurrency }) =>
        (running.get(account)?.length ?? 0) < concurrency && now >= (this.#quietUntil.get(account) ?? 0),
    );
  }

  /** Takes up to `most` jobs, of each account as many as it has room for. Needs `lockAccounts`. */
  async take(client: QueryClient, limits: readonly Limit[], most: number): Promise<readonly TakenJob[]> {
    const { schema, jobs, pollMs } = this.#context;
    const all: TakenJob[] = [];
    let free = most;
    // In no fixed order, so that none always comes last if there is not enough for all.
    for (const { account, room } of shuffled(await roomOf(client, schema, limits))) {
      const wanted = Math.min(room, free);
      const taken = wanted === 0 ? [] : await jobs.take(client, account, wanted);
      free -= taken.length;
      all.push(...taken);
      if (room === 0 || taken.length < wanted) this.#quietUntil.set(account, performance.now() + pollMs);
    }
    return all;
  }
}

function shuffled<Value>(values: readonly Value[]): readonly Value[] {
  const keyed = values.map((value) => ({ value, key: Math.random() }));
  return keyed.toSorted((one, other) => one.key - other.key).map(({ value }) => value);
}
