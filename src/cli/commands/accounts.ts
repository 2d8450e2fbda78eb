import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';

/** Adds `cancelkit accounts`. */
export function addAccounts(program: Command, act: Act): void {
  program
    .command('accounts')
    .description(
      'List the accounts: what each can do, how its services are written, and what is missing. Sends nothing.',
    )
    .addHelpText(
      'after',
      examples([
        ['cancelkit accounts', 'a table'],
        ['cancelkit accounts --json', 'for a script'],
      ]),
    )
    .action(() => act('accounts', async (session) => (await import('../actions/accounts.ts')).accounts(session)));
}
