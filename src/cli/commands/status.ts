import { type Command, Option } from 'commander';
import type { StatusFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { positive, text } from './values.ts';

/** Adds `cancelkit status`. */
export function addStatus(program: Command, act: Act): void {
  program
    .command('status')
    .description('Read the state of a cancellation back, or of each service of a list. Changes nothing.')
    .argument('[account]', 'the name of an account (see: cancelkit accounts)')
    .argument('[service...]', 'its id, or its key=value pairs')
    .option(
      '--provider-reference <text>',
      'the providerReference of an earlier result: the fate of that very cancellation',
      text,
    )
    .option(
      '--list <file>',
      'a .csv or .jsonl file with the services, or - for stdin; instead of ACCOUNT SERVICE',
      text,
    )
    .addOption(new Option('--format <format>', 'what the list holds (default: by its name)').choices(['csv', 'jsonl']))
    .option('--out <file>', 'with --list: a new .csv or .jsonl file for the states (default: CSV on stdout)', text)
    .option('--concurrency <number>', 'with --list: how many run concurrently for each account', positive)
    .addHelpText(
      'after',
      examples([
        ['cancelkit status shop 4711', 'is it cancelled, and for when?'],
        ['cancelkit status hosting hostingId=1_aed1f0 domain=example.com --json', 'for a script'],
        ['cancelkit status --list services.csv --out states.csv', 'which are cancelled, and which still paid for?'],
      ]),
    )
    .action((account: string | undefined, service: readonly string[], flags: StatusFlags) =>
      act('status', async (session) => (await import('../actions/status.ts')).status(account, service, flags, session)),
    );
}
