import type { NewEntry } from './history.ts';
import type { Settled } from './ledger.ts';

/** What a worker has to write down. It is kept until a transaction that holds it has been committed. */
export class Outbox {
  readonly settled: Settled[] = [];
  readonly history: NewEntry[] = [];

  get isEmpty(): boolean {
    return this.settled.length + this.history.length === 0;
  }

  /** The two in one, this one first. */
  followedBy(later: Outbox): Outbox {
    this.settled.push(...later.settled);
    this.history.push(...later.history);
    return this;
  }
}
