import { type Command, Option } from 'commander';
import type { BulkFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { positive, text } from './values.ts';

/** Adds `cancelkit bulk`. */
export function addBulk(program: Command, act: Act): void {
  program
    .command('bulk')
    .description('Cancel the services of a list. Every row is checked before the first one is sent.')
    .argument('<file>', 'a .csv or .jsonl file, or - for stdin')
    .addOption(new Option('--format <format>', 'what the file holds (default: by its name)').choices(['csv', 'jsonl']))
    .option('--results <file>', 'where the results are written (default: the file’s name and .results.jsonl)', text)
    .option('--resume', 'go on with an interrupted run; sends nothing twice')
    .option('--skip-bad', 'leave out rows that are not valid')
    .option('--verify', 'read each state back afterwards')
    .option('--yes', 'do not ask before immediate cancellations')
    .option('--dry-run', 'print the requests, with their secrets masked, and send nothing')
    .option('--concurrency <number>', 'how many run concurrently for each account', positive)
    .addHelpText('after', `\n${COLUMNS}${examples(EXAMPLES)}`)
    .action((file: string, flags: BulkFlags) =>
      act('bulk', async (session) => (await import('../bulk/bulk-action.ts')).bulk(file, flags, session)),
    );
}

const COLUMNS = `Columns: account, when, reason, category, reference, and the service: either in one column named
service, as it is written on the command line, or one column for each of its fields.
`;

const EXAMPLES = [
  ['cancelkit bulk services.csv --dry-run', 'what would be sent'],
  ['cancelkit bulk services.csv', 'writes services.csv.results.jsonl'],
  ['cancelkit bulk services.csv --resume', 'after an interruption'],
  ['cancelkit bulk - --format jsonl --results run.jsonl < rows.jsonl', 'from a pipe'],
] as const;
