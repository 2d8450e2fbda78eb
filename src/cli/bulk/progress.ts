import cliProgress from 'cli-progress';
import type { Accounts } from '../../contract/account.ts';
import type { ManyProgress } from '../../contract/bulk.ts';
import { visible } from '../terminal/visible.ts';
import { leftOf, pauseOf, progressLine } from './progress-line.ts';
import type { RowCounts } from './row-counts.ts';

/** Shows how far a run is. */
export interface Progress {
  /** @param made how far what is sent is, if that has changed. */
  readonly update: (made?: ManyProgress<Accounts, string>) => void;
  /** Writes a line above the bars. */
  readonly log: (text: string) => void;
  readonly stop: () => void;
}

// More would not fit on a screen.
const MOST_ACCOUNTS = 8;

/** A bar for all rows and one for each account, on stderr, with the counts by outcome and the time left. */
export function showProgress(
  rows: number,
  accounts: ReadonlyMap<string, number>,
  counts: Pick<RowCounts<string>, 'total' | 'words'>,
): Progress {
  const { stderr } = process;
  const nameWidth = Math.max(3, ...[...accounts.keys()].map((name) => name.length));
  const shown = accounts.size > 1 && accounts.size <= MOST_ACCOUNTS ? [...accounts] : [];
  let latest: ManyProgress<Accounts, string> | undefined;
  const accountsShown = [[undefined, rows] as const, ...shown];
  /** The widths of the lines as they were last drawn. */
  const drawn = accountsShown.map(() => 0);
  const bars = new cliProgress.MultiBar(
    { stream: stderr, hideCursor: true, gracefulExit: false, linewrap: false, forceRedraw: true },
    cliProgress.Presets.shades_classic,
  );
  const lines = accountsShown.map(([account, total], index) => {
    const format = (): string => {
      const text = progressLine(
        {
          name: visible(account ?? 'all'),
          nameWidth,
          done: counts.total(account),
          total,
          left: account === undefined ? leftOf(latest) : '',
          words: [counts.words(account), pauseOf(account, latest)].filter((part) => part !== '').join(', '),
        },
        stderr.columns,
      );
      drawn[index] = text.length;
      return text;
    };
    return { account, bar: bars.create(total, 0, {}, { format }) };
  });
  // The bars hide the cursor, and a run that cannot be written down ends immediately.
  const showCursor = (): void => void stderr.write('\u001B[?25h');
  process.on('exit', showCursor);
  const update = (made = latest): void => {
    latest = made;
    for (const { account, bar } of lines) bar.update(counts.total(account));
  };
  // Many terminals wrap lines that have become too long, and the bars would only replace the last part of each.
  const resized = (): void => {
    const wrapped = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / stderr.columns)), 0);
    stderr.write(`\r${up(wrapped - 1)}\u001B[J${'\n'.repeat(drawn.length - 1)}`);
    bars.update();
  };
  stderr.on('resize', resized);
  return {
    update,
    log: (text) => bars.log(`${text}\n`),
    stop: () => {
      stderr.off('resize', resized);
      update();
      bars.stop();
      process.off('exit', showCursor);
    },
  };
}

function up(rows: number): string {
  return rows > 0 ? `\u001B[${rows}A` : '';
}
