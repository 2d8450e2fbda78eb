import { Argument, type Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';

/** Adds `cancelkit completion`, and the hidden command that a shell asks for the next word. */
export function addCompletion(program: Command, act: Act): void {
  program
    .command('completion')
    .description('Print the completion for a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples([
        ['source <(cancelkit completion bash)', 'in ~/.bashrc'],
        ['source <(cancelkit completion zsh)', 'in ~/.zshrc'],
        ['cancelkit completion fish | source', 'in ~/.config/fish/config.fish'],
      ]),
    )
    .action((shell: string) =>
      act('completion', async (session) => (await import('../completion/shell-scripts.ts')).completion(shell, session)),
    );
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((words: readonly string[]) =>
      act('complete', async (session) =>
        (await import('../completion/complete-action.ts')).complete(words, program, session),
      ),
    );
}
