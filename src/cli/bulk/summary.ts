import type { ProviderError } from '../../contract/provider-error.ts';
import type { Session } from '../setup/session.ts';
import { tableLines } from '../terminal/table.ts';
import { visible } from '../terminal/visible.ts';
import { ROW_OUTCOMES, type OutcomeCounts, type RowOutcome } from './row-outcome.ts';

/** A row without the outcome that it asked for. */
export interface FailedRow {
  readonly line: number;
  readonly outcome: RowOutcome;
  readonly error: ProviderError;
}

/** The result of a run. */
export interface RunSummary {
  readonly counts: OutcomeCounts;
  readonly rows: number;
  /** The name of the results file. */
  readonly results: string;
  /** The first of them. */
  readonly failures: readonly FailedRow[];
  readonly stops: readonly AccountStop[];
}

/** The first failures of a run, which are shown; all of them are in its results. */
export class FirstFailures {
  readonly #failures: FailedRow[] = [];

  add(failure: FailedRow): void {
    if (this.#failures.length < SHOWN_FAILURES) this.#failures.push(failure);
  }

  get shown(): readonly FailedRow[] {
    return this.#failures;
  }
}

const SHOWN_FAILURES = 10;

/** An account whose rows were not sent any more, such as one that cannot be reached. */
export interface AccountStop {
  readonly account: string;
  /** How many of its rows were not sent because of it. */
  readonly rows: number;
  /** Why, as the first of these rows says. */
  readonly error: ProviderError;
}

/** The accounts whose rows were not sent any more. */
export class AccountStops {
  readonly #stops = new Map<string, AccountStop>();

  add(account: string, error: ProviderError): void {
    const stop = this.#stops.get(account) ?? { account, rows: 0, error };
    this.#stops.set(account, { ...stop, rows: stop.rows + 1 });
  }

  get all(): readonly AccountStop[] {
    return [...this.#stops.values()];
  }
}

/** Writes the result of a run: a table by account, why the first rows failed, and what to do next. */
export function writeSummary(
  { counts, rows, results, failures, stops }: RunSummary,
  { output, command }: Pick<Session, 'output' | 'command'>,
): void {
  const outcomes = Object.fromEntries(ROW_OUTCOMES.map((outcome) => [outcome, counts.of(outcome)]));
  output.record({
    command,
    ok: counts.exitCode === 0,
    summary: {
      rows,
      outcomes,
      timingUnknown: counts.timingUnknown,
      warnings: counts.warnings,
      stopped: stops.map(({ account, rows: many, error }) => ({
        account,
        rows: many,
        code: error.code,
        message: error.message,
      })),
      results,
    },
  });
  if (output.json) return;
  const { head, rows: shown } = counts.table();
  for (const line of tableLines(head, shown, output.colours)) output.line(line);
  output.line();
  for (const { line, outcome, error } of failures.toSorted((one, other) => one.line - other.line)) {
    output.line(`line ${line}: ${outcome}, ${error.code}: ${visible(error.message)}`);
  }
  const more = counts.of('refused') + counts.of('confirmation_required') + counts.of('unknown') - failures.length;
  if (more > 0) output.line(`… and ${more} more, in the results`);
  if (failures.length > 0) output.line();
  output.line(`${rows} ${rows === 1 ? 'row' : 'rows'}. The results are in ${results}`);
  const { yellow } = output.colours;
  if (counts.of('unknown') > 0) {
    output.line(
      `${yellow('!')} ${counts.of('unknown')} unknown: do not send these again. --resume reads them back if the provider can be asked.`,
    );
  }
  if (counts.timingUnknown > 0) {
    const many = counts.timingUnknown;
    output.line(`${yellow('!')} ${many} cancelled, perhaps with another timing than asked for: look them up.`);
  }
  const warnings = Object.entries(counts.warnings).filter(([code]) => code !== 'timing_unknown');
  if (warnings.length > 0) {
    const codes = warnings.map(([code, many]) => `${many} ${visible(code)}`).join(', ');
    output.line(`${yellow('!')} warnings: ${codes}. The results say what they mean.`);
  }
  const waiting = counts.of('confirmation_required');
  if (waiting > 0) {
    output.line(
      `${yellow('!')} ${waiting} not cancelled yet: pass the tokens on that the provider sent, with \`cancelkit confirm\`. --resume reads these back, and asks for no other token.`,
    );
  }
  const [refused, notBegun] = [counts.of('refused'), counts.of('not_begun')];
  for (const { account, rows: many, error } of stops) {
    output.line(`${yellow('!')} ${visible(account)}: ${many} not sent, ${error.code}: ${visible(error.message)}`);
  }
  if (notBegun > 0) output.line(`${yellow('!')} ${notBegun} not sent: --resume sends them.`);
  if (refused > 0) output.line(`${yellow('!')} ${refused} had no effect: --resume tries them again.`);
}
