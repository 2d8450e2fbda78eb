import cliProgress from 'cli-progress';
import type { Accounts } from '../../account.ts';
import type { CancelManyProgress } from '../../many-progress.ts';
import { visible } from '../visible.ts';
import type { OutcomeCounts } from './row-outcome.ts';

/** Shows how far a run is. */
export interface Progress {
  /** @param made how far what is sent is, where that has changed. */
  readonly update: (made?: CancelManyProgress<Accounts>) => void;
  /** Writes a line above the bars. */
  readonly log: (text: string) => void;
  readonly stop: () => void;
}

// More would not fit on a screen.
const MOST_ACCOUNTS = 8;

/** A bar for all rows and one for each account, on stderr, with the counts by outcome and the time left. */
export function showProgress(rows: number, accounts: ReadonlyMap<string, number>, counts: OutcomeCounts): Progress {
  const width = Math.max(3, ...[...accounts.keys()].map((name) => name.length));
  const bars = new cliProgress.MultiBar(
    {
      format: '{name} {bar} {percentage}% {value}/{total}  {left}{words}',
      stream: process.stderr,
      hideCursor: true,
      gracefulExit: false,
      linewrap: false,
      autopadding: true,
      formatValue: (value, options, type) =>
        type === 'percentage' ? String(value).padStart(3) : cliProgress.Format.ValueFormat(value, options, type),
    },
    cliProgress.Presets.shades_classic,
  );
  const shown = accounts.size > 1 && accounts.size <= MOST_ACCOUNTS ? [...accounts] : [];
  const lines = [[undefined, rows] as const, ...shown].map(([account, total]) => ({
    account,
    bar: bars.create(total, 0, { name: visible(account ?? 'all').padEnd(width), words: '', left: '' }),
  }));
  // The bars hide the cursor, and a run that cannot be written down ends at once.
  const showCursor = (): void => void process.stderr.write('\u001B[?25h');
  process.on('exit', showCursor);
  let latest: CancelManyProgress<Accounts> | undefined;
  const update = (made = latest): void => {
    latest = made;
    for (const { account, bar } of lines) {
      const words = [counts.words(account), pauseOf(account, made)].filter((text) => text !== '').join(', ');
      bar.update(counts.total(account), { words, left: account === undefined ? leftOf(made) : '' });
    }
  };
  return {
    update,
    log: (text) => bars.log(`${text}\n`),
    stop: () => {
      update();
      bars.stop();
      process.off('exit', showCursor);
    },
  };
}

function leftOf(made: CancelManyProgress<Accounts> | undefined): string {
  return made?.remainingMs === undefined ? '' : `${duration(made.remainingMs)} left  `;
}

/** That an account waits because its provider asks for it. */
function pauseOf(account: string | undefined, made: CancelManyProgress<Accounts> | undefined): string {
  const until = account === undefined ? undefined : made?.accounts[account]?.pausedUntil;
  return until === undefined ? '' : `waits until ${new Date(until).toLocaleTimeString('sv')}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
