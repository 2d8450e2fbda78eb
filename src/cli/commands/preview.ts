import type { Command } from 'commander';
import type { CancelFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { withCancelOptions } from './cancel.ts';

/** Adds `cancelkit preview`. */
export function addPreview(program: Command, act: Act): void {
  withCancelOptions(program.command('preview'))
    .description('Print the request that a cancellation would send, with its secrets masked. Sends nothing.')
    .addHelpText(
      'after',
      examples([['cancelkit preview shop 4711 --when end_of_period --reason "Project ended"', 'the exact request']]),
    )
    .action((account: string, service: readonly string[], flags: CancelFlags) =>
      act('preview', async (session) =>
        (await import('../actions/cancel.ts')).preview(account, service, flags, session),
      ),
    );
}
