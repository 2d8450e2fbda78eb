import type { Command } from 'commander';
import { isProviderError } from '../../provider-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Session } from '../session.ts';
import { candidates } from './candidates.ts';

/** `cancelkit complete`: the words that may come next, one a line, with their meaning behind a tab. */
export async function complete(words: readonly string[], program: Command, { output, open }: Session): Promise<number> {
  for (const { word, meaning } of await candidates(words, program, accountNames)) output.line(`${word}\t${meaning}`);
  return EXIT.done;

  async function accountNames(): Promise<readonly string[]> {
    try {
      return Object.keys((await open()).accounts);
    } catch (error) {
      // A shell has no place for the error; the command itself will say it.
      if (isProviderError(error)) return [];
      throw error;
    }
  }
}
