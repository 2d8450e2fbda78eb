import type { Accounts } from '../../contract/account.ts';
import type { ManyProgress } from '../../contract/bulk.ts';
import type { Output } from '../terminal/output.ts';
import { leftOf, pauseOf } from './progress-line.ts';
import type { Progress } from './progress.ts';
import type { RowCounts } from './row-counts.ts';

/** Logs how far a run is, a line every 5 seconds on stderr: for a run without a terminal, such as one in CI. */
export function logProgress(
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
