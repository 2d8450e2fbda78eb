import type { Command } from 'commander';
import { examples } from '../terminal/examples.ts';
import type { Act } from '../setup/session.ts';
import { text } from './text.ts';

/** Adds `cancelkit status`. */
export function addStatus(program: Command, act: Act): void {
  program
    .command('status')
    .description('Read the state of a cancellation back. Changes nothing.')
    .argument('<account>', 'the name of an account (see: cancelkit accounts)')
    .argument('<service...>', 'its id, or its key=value pairs')
    .option(
      '--provider-reference <text>',
      'the providerReference of an earlier result: the fate of that very cancellation',
      text,
    )
    .addHelpText(
      'after',
      examples([
        ['cancelkit status shop 4711', 'is it cancelled, and for when?'],
        ['cancelkit status hosting hostingId=1_aed1f0 domain=example.com --json', 'for a script'],
      ]),
    )
    .action(
      (account: string, service: readonly string[], { providerReference }: { readonly providerReference?: string }) =>
        act('status', async (session) =>
          (await import('../actions/status.ts')).status(account, service, providerReference, session),
        ),
    );
}
