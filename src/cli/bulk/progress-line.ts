import type { Accounts } from '../../contract/account.ts';
import type { ManyProgress } from '../../contract/bulk.ts';

/** How far something is. */
export interface ProgressLine {
  readonly name: string;
  /** The longest name of those shown together. */
  readonly nameWidth: number;
  readonly done: number;
  readonly total: number;
  /** The time left, in words; may be empty. */
  readonly left: string;
  /** The counts by outcome, in words; may be empty. */
  readonly words: string;
}

/**
 * A line of at most `columns` characters. The numbers are in it at every width; what gives way is first the bar, then
 * the words, then the name.
 */
export function progressLine({ name, nameWidth, done, total, left, words }: ProgressLine, columns: number): string {
  const isFinished = done >= total;
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  const numbers = `${String(percent).padStart(3)}% ${done}/${total}`;
  const rest = [left, words].filter((text) => text !== '').join('  ');
  const named = name.padEnd(nameWidth);
  const text = rest === '' ? numbers : `${numbers}  ${rest}`;
  // A line that fills the last column makes some terminals wrap.
  const most = columns - 1;
  const barWidth = Math.min(LONGEST_BAR, most - named.length - text.length - 2);
  if (barWidth >= SHORTEST_BAR) {
    const filled = isFinished ? barWidth : Math.floor((barWidth * done) / Math.max(1, total));
    return `${named} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${text}`;
  }
  const bare = numbers.trimStart();
  const room = most - numbers.length - 1;
  if (room < 1) return bare.slice(0, Math.max(0, most));
  const head = `${cut(named, Math.min(room, Math.max(SHORTEST_NAME, most - text.length - 1)))} ${numbers}`;
  const roomForWords = most - head.length - 2;
  return rest === '' || roomForWords < 2 ? head : `${head}  ${cut(rest, roomForWords)}`;
}

const LONGEST_BAR = 40;
const SHORTEST_BAR = 5;
const SHORTEST_NAME = 12;

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** How long the rest takes, in words; empty if that is not known. */
export function leftOf(made: ManyProgress<Accounts, string> | undefined): string {
  return made?.remainingMs === undefined ? '' : `${duration(made.remainingMs)} left`;
}

/** That an account waits because its provider asks for it; empty if it does not. */
export function pauseOf(account: string | undefined, made: ManyProgress<Accounts, string> | undefined): string {
  const until = account === undefined ? undefined : made?.accounts[account]?.pausedUntil;
  return until === undefined ? '' : `waits until ${new Date(until).toLocaleTimeString('sv')}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
