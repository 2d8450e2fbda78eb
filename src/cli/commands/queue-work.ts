import { type Command, InvalidArgumentError, Option } from 'commander';
import { WHEN_ABSENT } from '../../queue/model/state.ts';
import type { AddFlags, UiFlags, WorkFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { withCancelOptions } from './cancel.ts';
import { port } from './port.ts';
import { positive, text } from './values.ts';

/** Adds `cancelkit queue add`. */
export function addAdding(queue: Command, act: Act): void {
  withCancelOptions(queue.command('add'))
    .description('Put a cancellation into the queue. Sends nothing by itself.')
    .option('--id <id>', 'makes it idempotent (default: a new one)', text)
    .option('--by <name>', 'who asks for it (default: the user)', text)
    .option('--not-before <time>', 'not taken up before this time (ISO 8601)', text)
    .option('--priority <number>', 'from -1000 to 1000; the higher comes first', priority)
    .addOption(whenAbsent('if it becomes unknown and the last read-back does not find it (default: the configuration)'))
    .option('--no-follow', 'do not read it again once the provider has accepted it (default: the configuration)')
    .option('--propose', 'only propose it: nothing is sent until another person approves it with queue approve')
    .option('--yes', 'do not ask before an immediate cancellation')
    .addHelpText(
      'after',
      examples([
        ['cancelkit queue add shop 4711 --when end_of_period --id order-1', 'enqueue one'],
        ['cancelkit queue add shop 4711 --when immediate --propose', 'somebody else has to approve it'],
      ]),
    )
    .action((account: string, service: readonly string[], flags: AddFlags) =>
      act('queue add', async (session) =>
        (await import('../actions/queue-add.ts')).add(account, service, flags, session),
      ),
    );
}

/** Adds `cancelkit queue work` and `ui`. */
export function addWorking(queue: Command, act: Act): void {
  withUi(queue.command('work'))
    .description('Carry out what is due, until Ctrl-C. Started cancellations finish.')
    .option('--until-idle', 'end once nothing is due')
    .option('--ui', 'serve the console meanwhile, as `queue ui` does')
    .addHelpText(
      'after',
      examples([
        ['cancelkit queue work --until-idle', 'from a cron job'],
        ['cancelkit queue work --ui', 'work, and look at it in a browser'],
      ]),
    )
    .action((flags: WorkFlags) =>
      act('queue work', async (session) => (await import('../actions/queue-work.ts')).work(flags, session)),
    );
  withUi(queue.command('ui'))
    .description('Serve the console on 127.0.0.1 until Ctrl-C: see the queue in a browser, and decide.')
    .option('--work', 'work on the queue meanwhile, as `queue work` does')
    .addHelpText(
      'after',
      examples([
        ['cancelkit queue ui', 'prints the address to open'],
        ['cancelkit queue ui --work --port 4080', 'in one process, at the same port each time'],
      ]),
    )
    .action((flags: UiFlags) =>
      act('queue ui', async (session) => (await import('../actions/queue-ui.ts')).ui(flags, session)),
    );
}

function withUi(command: Command): Command {
  return command
    .option('--concurrency <number>', 'how many cancellations run concurrently, over all accounts', positive)
    .option('--port <number>', 'of the console (default: a free one)', port)
    .option('--by <name>', 'who decides in the console (default: the user)', text);
}

/** The option that says what happens to an absent cancellation. */
export function whenAbsent(description: string): Option {
  return new Option('--when-absent <what>', description).choices(WHEN_ABSENT);
}

function priority(value: string): number {
  if (!/^-?\d{1,4}$/.test(value)) throw new InvalidArgumentError('It has to be a whole number from -1000 to 1000.');
  return Number(value);
}
