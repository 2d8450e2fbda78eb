import { type QueryClient, allInOrder } from '../database/database.ts';
import { type Room, lockAccounts, roomOf } from '../ledger/claim.ts';
import type { Limit } from '../model/limits.ts';
import { shuffled } from './job-picker.ts';

/**
 * How a worker shares the accounts with other workers: which ones it locks in a cycle, and how long it keeps out of
 * the way of those that were faster.
 */
export class Competition {
  readonly #schema: string;
  #narrowUntil = 0;
  // How many consecutive attempts found that other workers had every account that was tried.
  #misses = 0;

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** Whether this worker has met others lately that were claiming. */
  get isOn(): boolean {
    return performance.now() < this.#narrowUntil;
  }

  /**
   * After how many milliseconds to try accounts again from which other workers were claiming. A claim is over within
   * milliseconds, or the database is busy: then each attempt that found no account free doubles the time. Each worker
   * waits for another time, so that they do not meet again.
   */
  get retryInMs(): number {
    return CONTENDED_MS * 2 ** Math.min(this.#misses, MOST_DOUBLED) * (0.5 + Math.random());
  }

  /** How much of `concurrency` has to be free for a claim to pay: half of it while workers compete. */
  leastFree(concurrency: number): number {
    return this.isOn ? concurrency / 2 : 1;
  }

  /** Locks accounts for the transaction, and finds out how much room they have. */
  async lock(client: QueryClient, limits: readonly Limit[]): Promise<FoundRoom> {
    if (limits.length === 0) return { limits, rooms: [], isContended: false };
    // Each takes one account, the first free one of a few, so that several claim concurrently.
    const isNarrow = this.isOn;
    const chosen = isNarrow ? shuffled(limits).slice(0, NARROW) : limits;
    const most = isNarrow ? 1 : chosen.length;
    const accounts = chosen.map(({ account }) => account);
    const locking = lockAccounts(client, this.#schema, accounts, most);
    // A statement of its own, after the locks: it sees what those that held them before have claimed.
    const counting = roomOf(client, this.#schema, chosen);
    await allInOrder([locking, counting]);
    const [locked, rooms] = [await locking, await counting];
    if (locked.size < most) this.#keepNarrow();
    this.#misses = locked.size === 0 ? this.#misses + 1 : 0;
    return {
      limits: chosen.filter(({ account }) => locked.has(account)),
      rooms: rooms.filter(({ account }) => locked.has(account)),
      isContended: locked.size < limits.length,
    };
  }

  /** An account filled the room. While workers compete, claiming from more accounts would keep others waiting. */
  foundEnough(): void {
    if (this.isOn) this.#keepNarrow();
  }

  #keepNarrow(): void {
    this.#narrowUntil = performance.now() + NARROW_MS;
  }
}

/** The accounts that a transaction may take from, and how much. */
export interface FoundRoom {
  readonly limits: readonly Limit[];
  readonly rooms: readonly Room[];
  /** Whether an account was left out because other workers were claiming. */
  readonly isContended: boolean;
}

// How long a worker claims from one account a cycle after it met another worker or filled its room in such a cycle, and
// how many accounts it tries for that.
const NARROW_MS = 1_000;
const NARROW = 3;

// How long a worker waits, on average, for an account from which another worker is claiming; up to 160 ms after many
// attempts.
const CONTENDED_MS = 10;
const MOST_DOUBLED = 4;
