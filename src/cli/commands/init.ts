import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';

/** Adds `cancelkit init`. */
export function addInit(program: Command, act: Act): void {
  program
    .command('init')
    .description('Write a commented configuration file. Overwrites nothing.')
    .option('--js', 'write cancelkit.config.mjs, without types')
    .addHelpText(
      'after',
      examples([
        ['cancelkit init', 'writes cancelkit.config.ts'],
        ['cancelkit init --js', 'writes cancelkit.config.mjs'],
      ]),
    )
    .action(({ js }: { readonly js?: boolean }) =>
      act('init', async (session) => (await import('../actions/init.ts')).init(js === true, session)),
    );
}
