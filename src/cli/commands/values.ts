import { InvalidArgumentError } from 'commander';

/**
 * The value of an option. A value that looks like an option is refused: the real one was left out, and a `--dry-run`
 * would be swallowed.
 */
export function text(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty: leave the option out.');
  if (value.startsWith('--')) {
    throw new InvalidArgumentError('It begins with two dashes, as an option does: its own value seems to be missing.');
  }
  return value;
}

/** A positive whole number of an option. */
export function positive(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('It has to be a positive whole number.');
  return Number(value);
}
