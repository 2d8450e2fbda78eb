import type { NewEntry } from './history.ts';
import type { Settled } from './ledger.ts';

/** That a request has been handed to the network. */
export interface SentMark {
  readonly id: string;
  readonly claim: number;
  /** ISO 8601. */
  readonly at: string;
}

/** What a worker has to write down. It is kept until a transaction that holds it has been committed. */
export class Outbox {
  readonly settled: Settled[] = [];
  readonly history: NewEntry[] = [];
  readonly marks: SentMark[] = [];

  get isEmpty(): boolean {
    return this.settled.length + this.history.length + this.marks.length === 0;
  }

  /** The two in one, this one first. */
  followedBy(later: Outbox): Outbox {
    this.settled.push(...later.settled);
    this.history.push(...later.history);
    this.marks.push(...later.marks);
    return this;
  }
}
