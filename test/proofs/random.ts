/** Random choices that can be repeated: the same seed gives the same run. */
export class Random {
  #state: number;

  /** @param seeds whole numbers; those of a case are the run's seed and the case's index. */
  constructor(...seeds: readonly number[]) {
    this.#state = seeds.reduce((state, seed) => Math.imul(state ^ seed, 0x9e3779b1) ^ (state >>> 15), 0x2545f491);
    for (let round = 0; round < 4; round += 1) this.next();
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('there is nothing to pick from');
    // Where there are items, every index below their number is one; an item can be undefined.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return items[this.below(items.length)] as Item;
  }

  /** A text of so many pieces. */
  text(pieces: readonly string[], count: number): string {
    return Array.from({ length: count }, () => this.pick(pieces)).join('');
  }
}
