import { tableLines } from '../table.ts';
import type { Session } from '../session.ts';
import { ROW_OUTCOMES, type OutcomeCounts } from './row-outcome.ts';

/** Writes what a run came to: a table by account, and what to do next. */
export function writeSummary(counts: OutcomeCounts, rows: number, results: string, { output, command }: Session): void {
  const outcomes = Object.fromEntries(ROW_OUTCOMES.map((outcome) => [outcome, counts.of(outcome)]));
  output.record({ command, ok: counts.exitCode === 0, summary: { rows, outcomes, results } });
  if (output.json) return;
  const used = ROW_OUTCOMES.filter((outcome) => counts.of(outcome) > 0);
  const table = counts.accounts.map((account) => [account, ...used.map((outcome) => counts.of(outcome, account))]);
  const sums = ['all', ...used.map((outcome) => counts.of(outcome))];
  const shown = counts.accounts.length > 1 ? [...table, sums] : table;
  for (const line of tableLines(['account', ...used], shown, output.colours)) output.line(line);
  output.line();
  output.line(`${rows} ${rows === 1 ? 'row' : 'rows'}. The results are in ${results}`);
  const { yellow } = output.colours;
  if (counts.of('unknown') > 0) {
    output.line(
      `${yellow('!')} unknown: do not send these again. --resume reads them back where the provider can be asked.`,
    );
  }
  const again = counts.of('refused') + counts.of('not_begun');
  if (again > 0) output.line(`${yellow('!')} ${again} had no effect: --resume tries them again, and nothing else.`);
}
