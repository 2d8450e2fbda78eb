import { InvalidArgumentError, Option } from 'commander';
import type { AnyWhen } from '../../contract/vocabulary.ts';
import { WHEN_WORDS, parseWhen } from '../../contract/when.ts';

/** The option `--when`, with the choices of all providers: what one does not offer is refused with its own list. */
export function whenOption(): Option {
  return new Option('--when <when>', 'when it takes effect: a timing, or a date such as 2026-12-31 (required)')
    .choices(WHEN_WORDS)
    .argParser(whenOf);
}

function whenOf(text: string): AnyWhen {
  const when = parseWhen(text);
  if (when === undefined) throw new InvalidArgumentError(`Allowed choices are ${WHEN_WORDS.join(', ')}.`);
  return when;
}
