import type { Command, Option } from 'commander';

/** A word that may come next. */
export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/**
 * The words that may follow, by the commands themselves: commands, options and their values, and the names of accounts.
 * The last of the given words is the one that is being typed, perhaps empty.
 */
export async function candidates(
  words: readonly string[],
  program: Command,
  accountNames: (config: string | undefined) => Promise<readonly string[]>,
): Promise<readonly Candidate[]> {
  // bash passes `--when=im` as three words, and replaces the last; zsh and fish pass and replace it as one.
  const before = words.slice(0, -1).filter((word) => word !== '=');
  const last = words.at(-1) ?? '';
  const [, option, value] = /^(--[^=]+)=(.*)$/.exec(last) ?? [];
  if (option !== undefined && value !== undefined) {
    const { pending, config } = walk([...before, option], program);
    const values = pending === undefined ? [] : await valuesOf(pending, () => accountNames(config));
    return values
      .filter(({ word }) => word.startsWith(value))
      .map(({ word, meaning }) => ({ word: `${option}=${word}`, meaning }));
  }
  const typed = last === '=' ? '' : last;
  const { command, args, pending, config } = walk(before, program);
  const found =
    pending === undefined
      ? await nextOf(command, args.length, typed, program, () => accountNames(config))
      : await valuesOf(pending, () => accountNames(config));
  return found.filter(({ word }) => word.startsWith(typed));
}

async function nextOf(
  command: Command,
  position: number,
  typed: string,
  program: Command,
  accountNames: () => Promise<readonly string[]>,
): Promise<readonly Candidate[]> {
  if (typed.startsWith('-')) return optionsOf(command, program);
  const inner = command.commands.filter((each) => each.name() !== 'complete');
  if (inner.length > 0) return inner.map((each) => ({ word: each.name(), meaning: each.description() }));
  const argument = command.registeredArguments[position];
  if (argument?.argChoices) return argument.argChoices.map((word) => ({ word, meaning: '' }));
  if (argument?.name() !== 'account') return [];
  return (await accountNames()).map((word) => ({ word, meaning: 'account' }));
}

/** Where words lead. */
interface Reached {
  readonly command: Command;
  /** The arguments so far. */
  readonly args: readonly string[];
  /** The option that waits for its value. */
  readonly pending: Option | undefined;
  /** The configuration file that they name. */
  readonly config: string | undefined;
}

function walk(words: readonly string[], program: Command): Reached {
  let config: string | undefined;
  let command = program;
  let args: string[] = [];
  let pending: Option | undefined;
  for (const word of words) {
    const option = pending;
    pending = undefined;
    if (option?.long === '--config') config = word;
    if (option !== undefined) continue;
    if (word.startsWith('--config=')) config = word.slice('--config='.length);
    if (word.startsWith('-')) {
      const found = [...command.options, ...program.options].find(({ long, short }) => long === word || short === word);
      pending = found?.required === true ? found : undefined;
      continue;
    }
    const inner = args.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (inner === undefined) args.push(word);
    else [command, args] = [inner, []];
  }
  return { command, args, pending, config };
}

function optionsOf(command: Command, program: Command): readonly Candidate[] {
  const options = [...new Set([...command.options, ...program.options])];
  const found = options.flatMap(({ long, description }) => (long ? [{ word: long, meaning: description }] : []));
  return [...found, { word: '--help', meaning: 'print the help' }];
}

async function valuesOf(
  { argChoices, long }: Option,
  accountNames: () => Promise<readonly string[]>,
): Promise<readonly Candidate[]> {
  if (long === '--account') return (await accountNames()).map((word) => ({ word, meaning: 'account' }));
  return (argChoices ?? []).map((word) => ({ word, meaning: '' }));
}
