import cliProgress from 'cli-progress';
import type { OutcomeCounts } from './row-outcome.ts';

/** Shows how far a run is. */
export interface Progress {
  readonly update: () => void;
  readonly stop: () => void;
}

// More would not fit on a screen.
const MOST_ACCOUNTS = 8;

/** A bar for all rows and one for each account, on stderr, with the counts by outcome and the time left. */
export function showProgress(rows: number, accounts: ReadonlyMap<string, number>, counts: OutcomeCounts): Progress {
  const width = Math.max(3, ...[...accounts.keys()].map((name) => name.length));
  const bars = new cliProgress.MultiBar(
    {
      format: '{name} {bar} {percentage}% {value}/{total}  {left} left  {words}',
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
    bar: bars.create(total, 0, { name: (account ?? 'all').padEnd(width), words: '', left: '…' }),
    total,
  }));
  const startedAt = performance.now();
  const update = (): void => {
    for (const { account, bar, total } of lines) {
      const done = counts.total(account);
      const left = done === 0 ? '…' : duration(((performance.now() - startedAt) / done) * (total - done));
      bar.update(done, { words: counts.words(account), left });
    }
  };
  return {
    update,
    stop: () => {
      update();
      bars.stop();
    },
  };
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
