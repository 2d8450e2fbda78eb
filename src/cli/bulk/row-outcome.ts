import { type KeptOutcome, KEPT_OUTCOMES } from '../../contract/outcome.ts';
import { EXIT, worstOf } from '../terminal/exit-code.ts';
import { RowCounts } from './row-counts.ts';

/**
 * The outcome of a row: a {@link KeptOutcome} (a resumed run tries `refused` again), or
 *
 * - `confirmation_required`: nothing is cancelled until a person passes on the token that the provider sent
 * - `bad`: the row was not valid, and was left out
 * - `not_begun`: nothing was sent for it, because the run stopped before its turn or its account cannot be used
 */
export type RowOutcome = KeptOutcome | 'confirmation_required' | 'bad' | 'not_begun';

/** Every {@link RowOutcome}, in the order in which they are shown. */
export const ROW_OUTCOMES: readonly RowOutcome[] = [...KEPT_OUTCOMES, 'confirmation_required', 'bad', 'not_begun'];

/** The number of rows by outcome, in total and for each account, and their warnings. */
export class OutcomeCounts extends RowCounts<RowOutcome> {
  /** @param accounts in the order in which they are shown */
  constructor(accounts: Iterable<string>) {
    super(ROW_OUTCOMES, accounts);
  }

  readonly #warnings = new Map<string, number>();

  warn(code: string): void {
    this.#warnings.set(code, (this.#warnings.get(code) ?? 0) + 1);
  }

  /** How many rows have each warning, by its code. */
  get warnings(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#warnings].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** How many rows were found to be cancelled, with a timing that the provider does not report. */
  get timingUnknown(): number {
    return this.#warnings.get('timing_unknown') ?? 0;
  }

  /** The exit code of the worst outcome. A row that was not started, or waits for a token, counts as without effect. */
  get exitCode(): number {
    return worstOf([
      ...(this.of('unknown') + this.timingUnknown > 0 ? [EXIT.unknown] : []),
      ...(this.of('refused') + this.of('confirmation_required') + this.of('not_begun') > 0 ? [EXIT.refused] : []),
    ]);
  }
}
