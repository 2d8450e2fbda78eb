import type { Command } from 'commander';
import type { SandboxFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { port } from './port.ts';

/** Adds `cancelkit sandbox`. */
export function addSandbox(program: Command, act: Act): void {
  program
    .command('sandbox')
    .description('Serve the emulated providers on this machine until Ctrl-C, and print the settings that reach them.')
    .option('--port <number>', 'the first of the ports in a row, one for each provider (default: free ones)', port)
    .addHelpText(
      'after',
      examples([
        ['cancelkit sandbox', 'then paste the settings into another terminal'],
        ['cancelkit sandbox --port 4010', 'on 4010 to 4013: the same settings each time'],
      ]),
    )
    .action((flags: SandboxFlags) =>
      act('sandbox', async (session) => (await import('../actions/sandbox.ts')).sandbox(flags, session)),
    );
}
