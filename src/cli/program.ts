import { Command, CommanderError } from 'commander';
import type { ProviderError } from '../contract/provider-error.ts';
import { addAccounts } from './commands/accounts.ts';
import { addBulk } from './commands/bulk.ts';
import { addCancel } from './commands/cancel.ts';
import { addCheck } from './commands/check.ts';
import { addCompletion } from './commands/completion.ts';
import { addConfirm } from './commands/confirm.ts';
import { addDoctor } from './commands/doctor.ts';
import { addFind } from './commands/find.ts';
import { addInit } from './commands/init.ts';
import { addMcp } from './commands/mcp.ts';
import { addOptions } from './commands/options.ts';
import { namedCommand, parseError, refuseRepeated, unknownCommand, withHelp } from './commands/parse-error.ts';
import { addPreview } from './commands/preview.ts';
import { addQueue } from './commands/queue.ts';
import { addRevoke } from './commands/revoke.ts';
import { addSandbox } from './commands/sandbox.ts';
import { addStatus } from './commands/status.ts';
import { text } from './commands/values.ts';
import type { Act } from './setup/session.ts';
import { examples } from './terminal/examples.ts';
import { EXIT } from './terminal/exit-code.ts';
import { createOutput } from './terminal/output.ts';
import { unlessIdle } from './terminal/process-end.ts';
import { reportError } from './terminal/report-error.ts';
import { wrongUse } from './terminal/wrong-use.ts';

/** Runs a command line and returns its exit code. Never rejects. */
export async function run(args: readonly string[], version: string): Promise<number> {
  let exitCode: number = EXIT.unknown;
  const program = createProgram(version, async (command, work) => {
    const { json = false, color, config } = program.opts<{ json?: boolean; color: boolean; config?: string }>();
    const output = createOutput({ json, color });
    // For the libraries that look for themselves. They write to stderr.
    if (!output.errorColours.isColorSupported) process.env['NO_COLOR'] = '1';
    try {
      const open = async () => (await import('./setup/open-services.ts')).openServices(config);
      exitCode = await unlessIdle(work({ command, output, open }), endless);
    } catch (error) {
      exitCode = reportError(error, command, output);
    }
  });
  const unhelped = helpForUnknown(args, program);
  if (unhelped !== undefined) {
    return reportError(
      unhelped,
      'help',
      createOutput({ json: args.includes('--json'), color: !args.includes('--no-color') }),
    );
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return endOf(error, args, program);
  }
}

/** The error for help on a command that does not exist: commander would print the whole help, and no error. */
function helpForUnknown(args: readonly string[], program: Command): ProviderError | undefined {
  const words = args.filter((arg) => !arg.startsWith('-'));
  let parent = program;
  for (const [at, word] of words.entries()) {
    const asked = words[at + 1];
    if (word === 'help' && parent.commands.length > 0) {
      const isKnown = asked === undefined || asked === 'help' || subcommand(parent, asked) !== undefined;
      return isKnown
        ? undefined
        : withHelp(unknownCommand(asked, parent), namedCommand(words.slice(0, at), program).name);
    }
    const next = subcommand(parent, word);
    if (next === undefined) return undefined;
    parent = next;
  }
  return undefined;
}

function subcommand(parent: Command, name: string): Command | undefined {
  return parent.commands.find((command) => command.name() === name);
}

function endless(): never {
  throw new Error('nothing is left to do, and no outcome is known');
}

/** The commands and their options; `act` runs one. */
export function createProgram(version: string, act: Act): Command {
  const program = new Command('cancelkit')
    .description('Cancels hosting and VPS services at any provider, and says truthfully what happened.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option(
      '--config <file>',
      'the configuration file (default: cancelkit.config.ts, .mts, .js or .mjs, else the environment)',
      text,
    )
    .option('--json', 'print one JSON object a line')
    .option('--no-color', 'print without colours (as the variable NO_COLOR)')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError();
  for (const add of [
    addCancel,
    addStatus,
    addFind,
    addRevoke,
    addOptions,
    addConfirm,
    addPreview,
    addBulk,
    addAccounts,
    addCheck,
    addDoctor,
    addQueue,
    addMcp,
    addSandbox,
    addInit,
    addCompletion,
  ]) {
    add(program, act);
  }
  refuseRepeated(program);
  return program.addHelpText('after', `\n${OUTCOMES}${examples(PROGRAM_EXAMPLES)}`);
}

const OUTCOMES = 'Exit codes: 0 done, 1 refused by the provider, 2 wrong use, 3 outcome unknown.\n';

const PROGRAM_EXAMPLES = [
  ['cancelkit sandbox', 'emulated providers to try everything on'],
  ['cancelkit accounts', 'what is configured, and what it can do'],
  ['cancelkit doctor', 'what is wrong with it'],
  ['cancelkit cancel shop 4711 --when end_of_period', 'cancel one service'],
  ['cancelkit find shop web7', 'which service is it?'],
  ['cancelkit status shop 4711', 'read its state back'],
  ['cancelkit bulk services.csv --dry-run', 'what a list would send'],
] as const;

/** How commander left: after the help or the version, or because of a word that it does not know. */
function endOf(error: unknown, args: readonly string[], program: Command): number {
  const isPrinted = error instanceof CommanderError && error.exitCode === 0;
  if (isPrinted) return EXIT.done;
  const output = createOutput({ json: args.includes('--json'), color: !args.includes('--no-color') });
  if (!(error instanceof CommanderError)) return reportError(error, 'cancelkit', output);
  const named = namedCommand(args, program);
  const command = named.name.replace(/^cancelkit /, '');
  if (error.code !== 'commander.help') return reportError(parseError(error, named), command, output);
  const missing = wrongUse(`no command is named. See: ${named.name} --help`);
  output.record({ command, ok: false, error: missing });
  return EXIT.wrongUse;
}
