import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';

/** Adds `cancelkit check`. */
export function addCheck(program: Command, act: Act): void {
  program
    .command('check')
    .description('Ask the providers whether the credentials are accepted, by a read that changes nothing.')
    .argument('[account]', 'the name of an account (default: all)')
    .argument('[service...]', 'a service to read, if the provider has no read without one')
    .addHelpText(
      'after',
      examples([
        ['cancelkit check', 'every account'],
        ['cancelkit check shop', 'one account'],
        ['cancelkit check hosting hostingId=1_aed1f0 domain=example.com', 'by reading the state of a service'],
      ]),
    )
    .action((account: string | undefined, service: readonly string[]) =>
      act('check', async (session) => (await import('../actions/check.ts')).check(account, service, session)),
    );
}
