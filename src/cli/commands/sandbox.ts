import type { Command } from 'commander';
import { examples } from '../examples.ts';
import type { Act } from '../session.ts';

/** Adds `cancelkit sandbox`. */
export function addSandbox(program: Command, act: Act): void {
  program
    .command('sandbox')
    .description('Serve the emulated providers on this machine until Ctrl-C, and print the settings that reach them.')
    .addHelpText('after', examples([['cancelkit sandbox', 'then paste the settings into another terminal']]))
    .action(() => act('sandbox', async (session) => (await import('../sandbox-action.ts')).sandbox(session)));
}
