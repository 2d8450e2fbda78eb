import type { Accounts } from '../../contract/account.ts';
import type { ManyProgress } from '../../contract/bulk.ts';
import type { Output } from '../terminal/output.ts';
import { leftOf, pauseOf } from './progress-line.ts';
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

/** Logs how far a run is, a line every 5 seconds on stderr: for a run without a terminal, such as one in CI. */
function logProgress(
  rows: number,
  counts: Pick<RowCounts<string>, 'total' | 'words'>,
  { message }: Pick<Output, 'message'>,
): Progress {
  let latest: ManyProgress<Accounts, string> | undefined;
  const timer = setInterval(() => {
    const done = counts.total();
    const percent = rows === 0 ? 100 : Math.floor((100 * done) / rows);
    const pauses = Object.keys(latest?.accounts ?? {}).flatMap((account) => {
      const pause = pauseOf(account, latest);
      return pause === '' ? [] : [`${account} ${pause}`];
    });
    const words = [leftOf(latest), counts.words(), ...pauses].filter((text) => text !== '');
    message(`${done} of ${rows} rows, ${percent}%${words.length === 0 ? '' : `: ${words.join(', ')}`}`);
  }, INTERVAL_MS);
  timer.unref();
  return {
    update: (made = latest) => (latest = made),
    log: message,
    stop: () => clearInterval(timer),
  };
}

const INTERVAL_MS = 5_000;
