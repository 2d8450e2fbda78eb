import type { Command, CommanderError } from 'commander';
import type { ProviderError } from '../provider-error.ts';
import { wrongUse } from './wrong-use.ts';

/**
 * The error for a command line that the commands do not take. It repeats the names of commands and options, and no value:
 * somebody may have typed a password in the wrong place.
 */
export function parseError(error: CommanderError, command: string): ProviderError {
  const what = (MESSAGES[error.code]?.(error.message) ?? error.message)
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.+$/, '');
  return wrongUse(`${what}. See: ${command} --help`);
}

const MESSAGES: Readonly<Record<string, (message: string) => string>> = {
  'commander.unknownOption': (message) => {
    const [, name = ''] = /'(--[a-z]+(?:-[a-z]+)*)/.exec(message) ?? [];
    return `there is no such option${name === '' ? '' : ` as ${name}`}${suggestionIn(message)}`;
  },
  'commander.unknownCommand': (message) => `there is no such command${suggestionIn(message)}`,
  'commander.invalidArgument': (message) =>
    message
      .replace(/^error: option '(--[\w-]+).*? argument '.*' is invalid\./s, '$1 cannot have this value.')
      .replace(/^error: command-argument value '.*' is invalid for argument '(.*?)'\./s, '$1 cannot have this value.'),
  'commander.excessArguments': (message) => message.replace(/(but got \d+).*/s, '$1'),
};

function suggestionIn(message: string): string {
  const [suggestion] = /\(Did you mean [^)]*\)/.exec(message) ?? [];
  return suggestion === undefined ? '' : ` ${suggestion}`;
}

/** The command that a command line names: `cancelkit queue add`. */
export function namedCommand(args: readonly string[], program: Command): string {
  const names = [program.name()];
  let command = program;
  let isValue = false;
  for (const word of args) {
    const option = program.options.find(({ long }) => long === word);
    if (!isValue && !word.startsWith('-')) {
      const inner = command.commands.find((each) => each.name() === word);
      if (inner === undefined) break;
      command = inner;
      names.push(word);
    }
    isValue = option?.required === true;
  }
  return names.join(' ');
}
