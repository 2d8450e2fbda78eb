import type { Command } from 'commander';
import type { CancelFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { withDetails } from './cancel.ts';

/** Adds `cancelkit confirm`. */
export function addConfirm(program: Command, act: Act): void {
  withDetails(
    program
      .command('confirm')
      .description(
        'Confirm a cancellation with the token that the provider sent to a person. Asks for it; without a terminal it is ' +
          'read from the input.',
      )
      .argument('<account>', 'the name of an account (see: cancelkit accounts)')
      .argument('<service...>', 'its id, or its key=value pairs'),
  )
    .option('--verify', 'read the state back afterwards')
    .addHelpText(
      'after',
      examples([
        ['cancelkit confirm cloud vps-1.example.net', 'asks for the token'],
        ['cancelkit confirm cloud vps-1.example.net < token.txt', 'in a script'],
      ]),
    )
    .action((account: string, service: readonly string[], flags: CancelFlags) =>
      act('confirm', async (session) =>
        (await import('../actions/cancel.ts')).confirmCancellation(account, service, flags, session),
      ),
    );
}
