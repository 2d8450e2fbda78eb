/** The number of rows by how they ended, in total and for each account. */
export class RowCounts<Outcome extends string> {
  readonly #outcomes: readonly Outcome[];
  readonly #accounts: Map<string, Map<Outcome, number>>;

  /**
   * @param outcomes in the order in which they are shown
   * @param accounts in the order in which they are shown
   */
  constructor(outcomes: readonly Outcome[], accounts: Iterable<string>) {
    this.#outcomes = outcomes;
    this.#accounts = new Map([...accounts].map((account) => [account, new Map<Outcome, number>()]));
  }

  add(account: string, outcome: Outcome, count: number = 1): void {
    const counts = this.#accounts.get(account) ?? new Map<Outcome, number>();
    counts.set(outcome, (counts.get(outcome) ?? 0) + count);
    this.#accounts.set(account, counts);
  }

  /** The accounts that have rows. */
  get accounts(): readonly string[] {
    return [...this.#accounts.keys()];
  }

  /** The outcomes that occurred. */
  get occurred(): readonly Outcome[] {
    return this.#outcomes.filter((outcome) => this.of(outcome) > 0);
  }

  /** The number of rows of an account with an outcome; without an account, of all accounts. */
  of(outcome: Outcome, account?: string): number {
    const counted = account === undefined ? [...this.#accounts.values()] : [this.#accounts.get(account)];
    return counted.reduce((sum, counts) => sum + (counts?.get(outcome) ?? 0), 0);
  }

  /** How many rows have an outcome. */
  total(account?: string): number {
    return this.#outcomes.reduce((sum, outcome) => sum + this.of(outcome, account), 0);
  }

  /** The outcomes that occurred, in a few words: `12 requested, 1 refused`. */
  words(account?: string): string {
    return this.#outcomes
      .flatMap((outcome) => {
        const count = this.of(outcome, account);
        return count === 0 ? [] : [`${count} ${outcome}`];
      })
      .join(', ');
  }

  /** The counts as lines of a table: a row for each account, and one for all of them if there are several. */
  table(): { readonly head: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] } {
    const { occurred, accounts } = this;
    const rows = accounts.map((account) => [account, ...occurred.map((outcome) => this.of(outcome, account))]);
    const sums = ['all', ...occurred.map((outcome) => this.of(outcome))];
    return { head: ['account', ...occurred], rows: accounts.length > 1 ? [...rows, sums] : rows };
  }
}
