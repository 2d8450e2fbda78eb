import { InvalidArgumentError } from 'commander';

/** A text of an option. One like an option is refused: its own value was left out, and a `--dry-run` would be lost in it. */
export function text(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty: leave the option out.');
  if (value.startsWith('--')) {
    throw new InvalidArgumentError('It begins with two dashes, as an option does: its own value seems to be missing.');
  }
  return value;
}
