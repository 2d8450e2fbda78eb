import { type Command, Option, InvalidArgumentError } from 'commander';
import { REASON_LABELS } from '../../contract/reason.ts';
import type { AnyWhen } from '../../contract/vocabulary.ts';
import { WHEN_WORDS, parseWhen } from '../../contract/when.ts';
import type { CancelFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { text } from './values.ts';

/** Adds `cancelkit cancel`. */
export function addCancel(program: Command, act: Act): void {
  withCancelOptions(program.command('cancel'))
    .description('Cancel one service.')
    .option('--verify', 'read the state back afterwards')
    .option('--yes', 'do not ask before an immediate cancellation')
    .option('--dry-run', 'print the request, with its secrets masked, and send nothing')
    .addHelpText(
      'after',
      examples([
        ['cancelkit cancel shop 4711 --when end_of_period --reason "Project ended"', 'at the end of the paid period'],
        ['cancelkit cancel hosting hostingId=1_aed1f0 domain=example.com --when immediate', 'now; asks first'],
        ['cancelkit cancel shop 4711 --when immediate --category non_payment --yes', 'now, in a script'],
        ['cancelkit cancel shop 4711 --when end_of_period --dry-run', 'what would be sent'],
      ]),
    )
    .action((account: string, service: readonly string[], flags: CancelFlags) =>
      act('cancel', async (session) => (await import('../actions/cancel.ts')).cancel(account, service, flags, session)),
    );
}

/** The options of what a cancellation says besides its service and its timing. */
export function withDetails(command: Command): Command {
  return command
    .option('--reason <text>', 'why', text)
    .addOption(new Option('--category <category>', 'why, in a word').choices(Object.keys(REASON_LABELS)))
    .option('--reason-code <code>', 'why, as a code of the provider’s own list (see: cancelkit options)', text)
    .option('--reference <text>', 'your own id of this cancellation', text)
    .option('--extra <name=value...>', 'a field of the provider’s own (see: cancelkit accounts)', extra);
}

/** The arguments and options with which a cancellation is described. */
export function withCancelOptions(command: Command): Command {
  return withDetails(
    command
      .argument('<account>', 'the name of an account (see: cancelkit accounts)')
      .argument('<service...>', 'its id, or its key=value pairs')
      // Not commander's own mandatory option: that would hide the mistake in a mistyped one.
      .addOption(whenOption()),
  );
}

/** The values of a repeated option `--extra name=value`, by name. */
function extra(value: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name = '', text = ''] = /^([A-Za-z]\w*)=(.+)$/s.exec(value) ?? [];
  if (name === '') throw new InvalidArgumentError('It has to be a name, = and a value: reserveLocation=true.');
  if (Object.hasOwn(earlier, name)) throw new InvalidArgumentError('The same name is given twice.');
  return { ...earlier, [name]: text };
}

/** The option `--when`, with the choices of all providers: what one does not offer is refused with its own list. */
function whenOption(): Option {
  return new Option('--when <when>', 'when it takes effect: a timing, or a date such as 2026-12-31 (required)')
    .choices(WHEN_WORDS)
    .argParser(whenOf);
}

function whenOf(text: string): AnyWhen {
  const when = parseWhen(text);
  if (when === undefined) throw new InvalidArgumentError(`Allowed choices are ${WHEN_WORDS.join(', ')}.`);
  return when;
}
