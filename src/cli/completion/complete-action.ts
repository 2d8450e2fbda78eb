import type { Command } from 'commander';
import { configIn } from '../setup/find-config.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { candidates } from './candidates.ts';

/**
 * `cancelkit complete`: the words that may come next, one a line, with their meaning behind a tab. A shell asks for
 * them at every TAB, in whatever directory its user is: no configuration is loaded, and no other file of that
 * directory.
 */
export async function complete(words: readonly string[], program: Command, { output }: Session): Promise<number> {
  for (const { word, meaning } of await candidates(words, program, accountNames)) output.line(`${word}\t${meaning}`);
  return EXIT.done;
}

/** The accounts that the commands would work with, as far as they are known without running a file. */
async function accountNames(named: string | undefined): Promise<readonly string[]> {
  const config = configIn(named);
  if (config === undefined) {
    const { builtInProviders, isInEnvironment } = await import('../setup/built-in-providers.ts');
    return builtInProviders.filter(isInEnvironment).map(({ id }) => id);
  }
  return (await import('../setup/remembered-accounts.ts')).rememberedAccounts(config);
}
