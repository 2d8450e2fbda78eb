import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';

/** Adds `cancelkit revoke`. */
export function addRevoke(program: Command, act: Act): void {
  program
    .command('revoke')
    .description('Undo a cancellation that has not taken effect.')
    .argument('<account>', 'the name of an account (see: cancelkit accounts)')
    .argument('<service...>', 'its id, or its key=value pairs')
    .option('--dry-run', 'print the request, with its secrets masked, and send nothing')
    .addHelpText(
      'after',
      examples([
        ['cancelkit revoke shop 4711', 'undo it'],
        ['cancelkit revoke shop 4711 --dry-run', 'what would be sent'],
      ]),
    )
    .action((account: string, service: readonly string[], { dryRun }: { readonly dryRun?: boolean }) =>
      act('revoke', async (session) =>
        (await import('../actions/revoke.ts')).revoke(account, service, dryRun === true, session),
      ),
    );
}
