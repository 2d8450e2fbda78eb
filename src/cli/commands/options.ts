import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';

/** Adds `cancelkit options`. */
export function addOptions(program: Command, act: Act): void {
  program
    .command('options')
    .description('Ask the provider what one service allows: timings, dates, reasons. Changes nothing.')
    .argument('<account>', 'the name of an account (see: cancelkit accounts)')
    .argument('<service...>', 'its id, or its key=value pairs')
    .addHelpText('after', examples([['cancelkit options dedicated 321', 'how and when could it be cancelled?']]))
    .action((account: string, service: readonly string[]) =>
      act('options', async (session) => (await import('../actions/options.ts')).options(account, service, session)),
    );
}
