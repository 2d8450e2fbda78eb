// Enough to find work for a second account behind a run of rows for the first, and a bound on memory.
const LOOKAHEAD = 256;

/**
 * Lets rows through as soon as their account has room, so that no more of them are handed over than can be under way.
 * What has not been handed over is not begun after a Ctrl-C.
 */
export class AccountGate<Row> {
  readonly #accountOf: (row: Row) => string;
  readonly #roomOf: (account: string) => number;
  readonly #inside = new Map<string, number>();
  #isClosed = false;
  #changed = Promise.withResolvers<void>();

  constructor(accountOf: (row: Row) => string, roomOf: (account: string) => number) {
    this.#accountOf = accountOf;
    this.#roomOf = roomOf;
  }

  /** The rows of the source, those of each account in their order. Ends early once the gate is closed. */
  async *through(source: AsyncGenerator<Row, void, undefined>): AsyncGenerator<Row, void, undefined> {
    const waiting: Row[] = [];
    let isOver = false;
    try {
      while (!this.#isClosed) {
        this.#changed = Promise.withResolvers<void>();
        const at = waiting.findIndex((row) => this.#hasRoom(this.#accountOf(row)));
        const [next] = at < 0 ? [] : waiting.splice(at, 1);
        if (next !== undefined) {
          this.#count(this.#accountOf(next), 1);
          yield next;
        } else if (!isOver && waiting.length < LOOKAHEAD) {
          const step = await source.next();
          if (step.done === true) isOver = true;
          else waiting.push(step.value);
        } else if (isOver && waiting.length === 0) {
          return;
        } else {
          await this.#changed.promise;
        }
      }
    } finally {
      await source.return();
    }
  }

  /** A row of this account is through. */
  leave(account: string): void {
    this.#count(account, -1);
    this.#changed.resolve();
  }

  /** Lets nothing more through. */
  close(): void {
    this.#isClosed = true;
    this.#changed.resolve();
  }

  #hasRoom(account: string): boolean {
    return (this.#inside.get(account) ?? 0) < this.#roomOf(account);
  }

  #count(account: string, by: number): void {
    this.#inside.set(account, (this.#inside.get(account) ?? 0) + by);
  }
}
