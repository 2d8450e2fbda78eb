import { InvalidArgumentError } from 'commander';

/** A text of an option. One like an option is refused: the value was left out, and would swallow a `--dry-run`. */
export function text(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty: leave the option out.');
  if (value.startsWith('--')) {
    throw new InvalidArgumentError('It begins with two dashes, as an option does: its own value seems to be missing.');
  }
  return value;
}
