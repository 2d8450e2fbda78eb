import { tableLines } from '../table.ts';
import type { ProviderError } from '../../provider-error.ts';
import type { Session } from '../session.ts';
import { visible } from '../visible.ts';
import { ROW_OUTCOMES, type OutcomeCounts, type RowOutcome } from './row-outcome.ts';

/** A row that did not come to what it asked for. */
export interface Failure {
  readonly line: number;
  readonly outcome: RowOutcome;
  readonly error: ProviderError;
}

/** What a run came to. */
export interface RunSummary {
  readonly counts: OutcomeCounts;
  readonly rows: number;
  /** The name of the results file. */
  readonly results: string;
  /** The first of them. */
  readonly failures: readonly Failure[];
}

/** How many failures of a run are shown; all of them are in its results. */
export const SHOWN_FAILURES = 10;

/** Writes what a run came to: a table by account, why the first rows failed, and what to do next. */
export function writeSummary(
  { counts, rows, results, failures }: RunSummary,
  { output, command }: Pick<Session, 'output' | 'command'>,
): void {
  const outcomes = Object.fromEntries(ROW_OUTCOMES.map((outcome) => [outcome, counts.of(outcome)]));
  output.record({
    command,
    ok: counts.exitCode === 0,
    summary: { rows, outcomes, timingUnknown: counts.timingUnknown, warnings: counts.warnings, results },
  });
  if (output.json) return;
  const used = ROW_OUTCOMES.filter((outcome) => counts.of(outcome) > 0);
  const table = counts.accounts.map((account) => [account, ...used.map((outcome) => counts.of(outcome, account))]);
  const sums = ['all', ...used.map((outcome) => counts.of(outcome))];
  const shown = counts.accounts.length > 1 ? [...table, sums] : table;
  for (const line of tableLines(['account', ...used], shown, output.colours)) output.line(line);
  output.line();
  for (const { line, outcome, error } of failures.toSorted((one, other) => one.line - other.line)) {
    output.line(`line ${line}: ${outcome}, ${error.code}: ${visible(error.message)}`);
  }
  const more = counts.of('refused') + counts.of('unknown') - failures.length;
  if (more > 0) output.line(`… and ${more} more, in the results`);
  if (failures.length > 0) output.line();
  output.line(`${rows} ${rows === 1 ? 'row' : 'rows'}. The results are in ${results}`);
  const { yellow } = output.colours;
  if (counts.of('unknown') > 0) {
    output.line(
      `${yellow('!')} ${counts.of('unknown')} unknown: do not send these again. --resume reads them back where the provider can be asked.`,
    );
  }
  if (counts.timingUnknown > 0) {
    const many = counts.timingUnknown;
    output.line(`${yellow('!')} ${many} cancelled, perhaps with another timing than asked for: look them up.`);
  }
  for (const [code, many] of Object.entries(counts.warnings)) {
    if (code !== 'timing_unknown') {
      output.line(`${yellow('!')} ${many} with the warning ${visible(code)}: the results say what it means.`);
    }
  }
  const [refused, notBegun] = [counts.of('refused'), counts.of('not_begun')];
  if (notBegun > 0) output.line(`${yellow('!')} ${notBegun} not begun: --resume sends them.`);
  if (refused > 0) output.line(`${yellow('!')} ${refused} had no effect: --resume tries them again.`);
}
