import type { Command, CommanderError, Option } from 'commander';
import { listed } from '../../call/issue-text.ts';
import { nearest } from '../../call/nearest.ts';
import type { ProviderError } from '../../contract/provider-error.ts';
import { wrongUse } from '../terminal/wrong-use.ts';

/** A command that a command line names, with its whole name: `cancelkit queue add`. */
export interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

/**
 * The error for a command line that the commands do not take. It repeats the names of commands and options, and no
 * value: the user may have typed a password in the wrong place.
 */
export function parseError(error: CommanderError, { name, command }: NamedCommand): ProviderError {
  const what = (MESSAGES[error.code]?.(error.message, command) ?? error.message)
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[.\s]+$/, '');
  return withHelp(what, name);
}

/** The error for a wrong use of a command, with where its help is. */
export function withHelp(what: string, name: string): ProviderError {
  return wrongUse(`${what}${what.endsWith('?') ? '' : '.'} See: ${name} --help`);
}

const MESSAGES: Readonly<Record<string, (message: string, command: Command) => string>> = {
  'commander.unknownOption': (message, command) => {
    const [, typed = ''] = /'(--?[a-z]+(?:-[a-z]+)*)/i.exec(message) ?? [];
    const options = optionsOf(command);
    const isTaken = options.some(({ long }) => long === typed);
    if (isTaken && /'--[\w-]+=/.test(message)) return `${typed} takes no value: leave out the = and what follows it`;
    const bare = typed.replace(/^-+/, '');
    if (command.registeredArguments.some((argument) => argument.name() === bare))
      return `${bare} is written without a name: ${written(command)}`;
    const suggestion = meant(
      typed,
      options.flatMap(({ long, short }) => [long ?? '', short ?? '']),
    );
    const named = /^--[a-z-]+$/.test(typed) ? ` as ${typed}` : '';
    return `there is no such option${named}${suggestion === '' ? valueMeant(bare, options) : suggestion}`;
  },
  'commander.unknownCommand': (message, command) => {
    const [, typed = ''] = /'(.*?)'/s.exec(message) ?? [];
    return unknownCommand(typed, command);
  },
  'commander.invalidArgument': (message, command) => {
    const parts =
      /^error: (?:option '(--[\w-]+).*? argument|command-argument value) '(.*)' is invalid(?: for argument '(.*?)')?\. (.*)$/s.exec(
        message,
      );
    // What is in another form may repeat the value.
    if (parts === null) return 'an option or an argument cannot have its value';
    const [, option, value = '', argument = '', why = ''] = parts;
    return `${option ?? argument} cannot have this value${whyNot(value, why, option, command)}`;
  },
  'commander.optionMissingArgument': (message, command) => {
    const [, name = ''] = /'(--[\w-]+)/.exec(message) ?? [];
    const choices = optionsOf(command).find(({ long }) => long === name)?.argChoices;
    return `${name} needs a value${choices === undefined ? '' : `: ${choicesOf(name, choices)}`}`;
  },
  'commander.missingArgument': (message, command) => {
    const [, name = ''] = /'(.*?)'/.exec(message) ?? [];
    return `${name} is missing. It is written: ${written(command)}`;
  },
  'commander.excessArguments': (message) => message.replace(/(but got \d+).*/s, '$1'),
};

/** For a value that was typed as an option: `--immediate`. */
function valueMeant(typed: string, options: readonly Option[]): string {
  for (const { long, argChoices } of options) {
    const choice = nearest(typed, argChoices ?? []);
    if (choice !== undefined) return `. Did you mean ${long ?? ''} ${choice}?`;
  }
  return '';
}

/** Says that there is no such command, and which one was meant. */
export function unknownCommand(typed: string, command: Command): string {
  const names = command.commands.map((each) => each.name()).filter((each) => each !== 'complete');
  return `there is no such command${meant(typed, names)}`;
}

/** What is expected in place of a value: the choices as our own words, anything else in the words of its check. */
function whyNot(value: string, why: string, option: string | undefined, command: Command): string {
  if (!why.startsWith('Allowed choices are')) return `. ${why}`;
  const choices =
    optionsOf(command).find(({ long }) => long === option)?.argChoices ??
    command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return `: expected ${choicesOf(option, choices)}${meant(value, choices)}`;
}

/** What an option takes, in words. */
function choicesOf(option: string | undefined, choices: readonly string[]): string {
  return listed(option === '--when' ? [...choices, 'a date such as 2026-12-31'] : choices, 'or');
}

/** What people type for a value or a command. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  revoke: ['undo', 'withdraw', 'uncancel', 'restore'],
  cancel: ['delete', 'terminate', 'remove', 'stop', 'end'],
  accounts: ['list', 'ls', 'providers'],
  withdraw: ['cancel', 'delete', 'remove'],
  add: ['enqueue', 'push', 'plan'],
  work: ['run', 'start', 'worker'],
  immediate: ['now', 'immediately', 'today', 'atonce', 'instant', 'asap', 'rightaway'],
  end_of_period: [
    'end',
    'later',
    'atend',
    'period',
    'periodend',
    'endofterm',
    'endofbillingperiod',
    'eop',
    'expiry',
    'renewal',
  ],
  completed: ['done', 'complete', 'cancelled', 'canceled', 'over'],
  refused: ['failed', 'none', 'rejected'],
};

function meant(typed: string, known: readonly string[]): string {
  const names = known.filter((name) => name !== '');
  const plain = typed.toLowerCase().replace(/[-_\s]/g, '');
  const suggestion = names.find((name) => SYNONYMS[name]?.includes(plain)) ?? nearest(typed, names);
  return suggestion === undefined ? '' : `. Did you mean ${suggestion}?`;
}

function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...(command.parent === null ? [] : optionsOf(command.parent))];
}

/** The command with its arguments. */
function written(command: Command): string {
  return `${wholeName(command)} ${command.usage().replace('[options] ', '')}`;
}

function wholeName(command: Command): string {
  return command.parent === null ? command.name() : `${wholeName(command.parent)} ${command.name()}`;
}

/** The command that a command line names. */
export function namedCommand(args: readonly string[], program: Command): NamedCommand {
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
  return { name: names.join(' '), command };
}

/**
 * Has every option with a value refused that is given twice: the last one would win in silence, such as an `immediate`
 * that was meant to replace nothing.
 */
export function refuseRepeated(program: Command): void {
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
    for (const option of command.options) {
      if (!option.required) continue;
      let count = 0;
      command.on(`option:${option.name()}`, () => {
        count += 1;
        if (count > 1) command.error(`error: ${option.long ?? ''} is given twice`, { code: 'cancelkit.repeated' });
      });
    }
  }
}
