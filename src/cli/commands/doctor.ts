import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';

/** Adds `cancelkit doctor`. */
export function addDoctor(program: Command, act: Act): void {
  program
    .command('doctor')
    .description('Look for what is wrong: configuration, accounts, queue, workers, files. Makes and changes nothing.')
    .option('--check', 'also ask the providers whether the credentials are accepted')
    .addHelpText(
      'after',
      examples([
        ['cancelkit doctor', 'sends nothing to a provider'],
        ['cancelkit doctor --check --json', 'for a script: exit code 0 only if nothing has failed'],
      ]),
    )
    .action((flags: { readonly check?: boolean }) =>
      act('doctor', async (session) => (await import('../actions/doctor.ts')).doctor(flags, session)),
    );
}
