import { type Command, Option } from 'commander';
import { QUEUE_STATES } from '../../queue/model/state.ts';
import type { ExportFlags, ListFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { positive, text } from './values.ts';

/** Adds `cancelkit queue list`, `show`, `stats` and `export`. */
export function addReading(queue: Command, act: Act): void {
  queue
    .command('list')
    .description('List cancellations, newest first.')
    .addOption(new Option('--state <state>', 'only those in this state').choices(QUEUE_STATES))
    .option('--account <name>', 'only those of this account', text)
    .option('--needs-person', 'only those that wait for a person')
    .option('--search <text>', 'only those with this text in their id, reference or service', text)
    .option('--oldest', 'oldest first')
    .option('--limit <number>', 'at most so many (default: 100)', positive)
    .option('--after <id>', 'the page after this one', text)
    .addHelpText(
      'after',
      examples([
        ['cancelkit queue list --state unknown', 'what is not known yet'],
        ['cancelkit queue list --search example.com', 'what is there of a service'],
      ]),
    )
    .action((flags: ListFlags) =>
      act('queue list', async (session) => (await import('../actions/queue-read.ts')).list(flags, session)),
    );
  queue
    .command('show')
    .description('Tell how a cancellation stands, with its history in sentences.')
    .argument('<id>', 'its id')
    .addHelpText('after', examples([['cancelkit queue show order-1', 'all that happened to it']]))
    .action((id: string) =>
      act('queue show', async (session) => (await import('../actions/queue-read.ts')).show(id, session)),
    );
  queue
    .command('stats')
    .description('Count the cancellations by state and account.')
    .addHelpText('after', examples([['cancelkit queue stats', 'how it stands']]))
    .action(() => act('queue stats', async (session) => (await import('../actions/queue-read.ts')).stats(session)));
  queue
    .command('export')
    .description('Write the settled cancellations with their history into a new file (JSONL) that only you can read.')
    .argument('<file>', 'a file that does not exist')
    .option('--before <time>', 'only those settled before this time (ISO 8601)', text)
    .addHelpText('after', examples([['cancelkit queue export settled.jsonl --before 2026-01-01', 'for the archive']]))
    .action((file: string, flags: ExportFlags) =>
      act('queue export', async (session) => (await import('../actions/queue-read.ts')).exportTo(file, flags, session)),
    );
}
