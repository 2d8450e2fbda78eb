import { groupBy } from '../../platform/deferred.ts';
import type { QueryClient } from '../database/database.ts';
import { IS_WAITING, type Room } from '../ledger/claim.ts';
import { type TakenJob, toJobs } from '../ledger/jobs.ts';
import type { Claimed } from '../model/claimed.ts';
import type { Limit } from '../model/limits.ts';
import type { WorkerContext } from './worker-context.ts';

/** The jobs that a worker takes: of which accounts it asks for any, and of which it has found none lately. */
export class JobPicker {
  readonly #context: PickerContext;
  readonly #quietUntil = new Map<string, number>();

  constructor(context: PickerContext) {
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
  limitsWithRoom(inFlight: Iterable<Claimed>): readonly Limit[] {
    const now = performance.now();
    const running = groupBy(inFlight, ({ request }) => request.account);
    return this.#context.limits.filter(
      ({ account, concurrency }) =>
        (running.get(account)?.length ?? 0) < concurrency && now >= (this.#quietUntil.get(account) ?? 0),
    );
  }

  /**
   * Takes up to `most` jobs, of each account as many as it has room for. Needs `lockAccounts`.
   *
   * @returns the jobs, and for how many more each account was asked that had not enough.
   */
  async take(client: QueryClient, rooms: readonly Room[], most: number): Promise<Picked> {
    const { jobs, pollMs } = this.#context;
    const all: TakenJob[] = [];
    const short: Room[] = [];
    // In no fixed order, so that none always comes last if there is not enough for all.
    let waiting = shuffled(rooms);
    while (waiting.length > 0 && all.length < most) {
      let free = most - all.length;
      const asked = waiting.map(({ account, room }) => {
        const wanted = Math.min(room, free);
        free -= wanted;
        return { account, room, wanted };
      });
      const answers = await Promise.all(
        asked.map(async (one) => {
          const taken = one.wanted === 0 ? [] : await jobs.take(client, one.account, one.wanted);
          return { ...one, taken };
        }),
      );
      for (const { account, room, wanted, taken } of answers) {
        all.push(...taken);
        if (room === 0 || taken.length < wanted) this.#quietUntil.set(account, performance.now() + pollMs);
        if (taken.length < wanted) short.push({ account, room: wanted - taken.length });
      }
      // What the others did not need is for those that were not asked.
      waiting = answers.filter(({ room, wanted }) => room > 0 && wanted === 0);
    }
    return { taken: all, short };
  }

  /** A job that came too early, as after the clock was set, is one for later: the ledger knows when. */
  async putOff(client: QueryClient, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { schema, jobs } = this.#context;
    const { rows } = await client.query(
      `SELECT id, account, priority, state, not_before FROM ${schema}.cancellation
       WHERE id = ANY($1::text[]) AND not_before > clock_timestamp() AND lease_until IS NULL AND NOT needs_person
         AND ${IS_WAITING}`,
      [ids],
    );
    await jobs.add(client, toJobs(rows));
  }
}

/** What a picker works with. */
type PickerContext = Pick<WorkerContext, 'jobs' | 'limits' | 'pollMs' | 'schema'>;

/** What was taken. */
export interface Picked {
  readonly taken: readonly TakenJob[];
  readonly short: readonly Room[];
}

/** The values in a random order. */
export function shuffled<Value>(values: readonly Value[]): readonly Value[] {
  const keyed = values.map((value) => ({ value, key: Math.random() }));
  return keyed.toSorted((one, other) => one.key - other.key).map(({ value }) => value);
}
