import type { Output } from '../terminal/output.ts';
import { logProgress } from './progress-log.ts';
import type { Progress } from './progress.ts';
import type { RowCounts } from './row-counts.ts';

/** Bars in a terminal, lines in a log. A machine that reads JSON gets a record of each row instead. */
export async function openProgress(
  { rows, accounts }: { readonly rows: number; readonly accounts: ReadonlyMap<string, number> },
  counts: Pick<RowCounts<string>, 'total' | 'words'>,
  output: Output,
): Promise<Progress | undefined> {
  if (output.canRedraw) return (await import('./progress.ts')).showProgress(rows, accounts, counts);
  return output.json ? undefined : logProgress(rows, counts, output);
}
