import { InvalidArgumentError, Option, type Command } from 'commander';
import { examples } from '../examples.ts';
import type { Act } from '../session.ts';
import { positive } from './bulk.ts';
import { withCancelOptions, type CancelFlags } from './cancel.ts';

/** What `queue add` is told besides the cancellation. */
export interface AddFlags extends CancelFlags {
  readonly id?: string;
  readonly by?: string;
  readonly notBefore?: string;
  readonly priority?: number;
}

/** What `queue work` is told. */
export interface WorkFlags {
  readonly concurrency?: number;
  readonly untilIdle?: boolean;
}

/** What `queue list` is told. */
export interface ListFlags {
  readonly state?: string;
  readonly account?: string;
  readonly needsPerson?: boolean;
  readonly limit?: number;
  readonly after?: string;
}

/** What a decision is told. */
export interface DecisionFlags {
  readonly as?: string;
  readonly by?: string;
  readonly note?: string;
  readonly yes?: boolean;
}

/** Adds `cancelkit queue` and its commands. */
export function addQueue(program: Command, act: Act): void {
  const queue = program
    .command('queue')
    .description('Work with the queue of the configuration: durable cancellations (see docs/queue.md).')
    .addHelpText('after', examples(QUEUE_EXAMPLES));
  addAdding(queue, act);
  addReading(queue, act);
  addDeciding(queue, act);
}

const QUEUE_EXAMPLES = [
  ['cancelkit queue add shop 4711 --when end_of_period --id order-1', 'once, however often it is run'],
  ['cancelkit queue work', 'carry out what is due, until Ctrl-C'],
  ['cancelkit queue list --needs-person', 'what waits for a decision'],
  ['cancelkit queue resolve order-1 --as requested --note "seen in the client area"', 'decide it'],
] as const;

function addAdding(queue: Command, act: Act): void {
  withCancelOptions(queue.command('add'))
    .description('Put a cancellation into the queue. Sends nothing by itself.')
    .option('--id <id>', 'makes it idempotent (default: a new one)')
    .option('--by <name>', 'who asks for it (default: the user)')
    .option('--not-before <time>', 'not taken up before this time (ISO 8601)')
    .option('--priority <number>', 'from -1000 to 1000; the higher comes first', priority)
    .option('--yes', 'do not ask before an immediate cancellation')
    .addHelpText(
      'after',
      examples([['cancelkit queue add shop 4711 --when end_of_period --id order-1', 'enqueue one']]),
    )
    .action((account: string, service: readonly string[], flags: AddFlags) =>
      act('queue add', async (session) =>
        (await import('../queue/add-action.ts')).add(account, service, flags, session),
      ),
    );
  queue
    .command('work')
    .description('Carry out what is due, until Ctrl-C. What has been begun is seen through.')
    .option('--concurrency <number>', 'how many at once, over all accounts', positive)
    .option('--until-idle', 'end once nothing is due')
    .addHelpText('after', examples([['cancelkit queue work --until-idle', 'from a cron job']]))
    .action((flags: WorkFlags) =>
      act('queue work', async (session) => (await import('../queue/work-action.ts')).work(flags, session)),
    );
}

function addReading(queue: Command, act: Act): void {
  queue
    .command('list')
    .description('List cancellations, oldest first.')
    .option('--state <state>', 'only those in this state')
    .option('--account <name>', 'only those of this account')
    .option('--needs-person', 'only those that wait for a person')
    .option('--limit <number>', 'at most so many (default: 100)', positive)
    .option('--after <id>', 'the page after this one')
    .addHelpText('after', examples([['cancelkit queue list --state unknown', 'what is not known yet']]))
    .action((flags: ListFlags) =>
      act('queue list', async (session) => (await import('../queue/read-actions.ts')).list(flags, session)),
    );
  queue
    .command('show')
    .description('Show a cancellation with its history.')
    .argument('<id>', 'its id')
    .addHelpText('after', examples([['cancelkit queue show order-1', 'all that happened to it']]))
    .action((id: string) =>
      act('queue show', async (session) => (await import('../queue/read-actions.ts')).show(id, session)),
    );
  queue
    .command('stats')
    .description('Count the cancellations by state and account.')
    .addHelpText('after', examples([['cancelkit queue stats', 'how it stands']]))
    .action(() => act('queue stats', async (session) => (await import('../queue/read-actions.ts')).stats(session)));
}

function addDeciding(queue: Command, act: Act): void {
  decision(queue.command('resolve'))
    .description('Settle an unknown one by your word, once you have looked it up at the provider.')
    .addOption(
      new Option('--as <state>', 'what it came to')
        .choices(['requested', 'scheduled', 'completed', 'refused'])
        .makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      examples([['cancelkit queue resolve order-1 --as completed --note "ticket 99"', 'it is over']]),
    )
    .action((id: string, flags: DecisionFlags) =>
      act('queue resolve', async (session) => (await import('../queue/decide-actions.ts')).resolve(id, flags, session)),
    );
  decision(queue.command('retry'))
    .description('Send one again that was refused, or that is known not to have taken effect. Asks first.')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples([['cancelkit queue retry order-1 --note "not there at the provider"', 'send it again']]),
    )
    .action((id: string, flags: DecisionFlags) =>
      act('queue retry', async (session) => (await import('../queue/decide-actions.ts')).retry(id, flags, session)),
    );
  decision(queue.command('withdraw'))
    .description('Take a planned one out of the queue.')
    .addHelpText('after', examples([['cancelkit queue withdraw order-1', 'it is not sent']]))
    .action((id: string, flags: DecisionFlags) =>
      act('queue withdraw', async (session) =>
        (await import('../queue/decide-actions.ts')).withdraw(id, flags, session),
      ),
    );
  queue
    .command('resume')
    .description('Let an account go on that rests, such as after its credentials were refused.')
    .argument('<account>', 'the name of an account')
    .addHelpText('after', examples([['cancelkit queue resume shop', 'its credentials are right again']]))
    .action((account: string) =>
      act('queue resume', async (session) => (await import('../queue/decide-actions.ts')).resume(account, session)),
    );
}

function decision(command: Command): Command {
  return command
    .argument('<id>', 'the id of the cancellation')
    .option('--by <name>', 'who decides (default: the user)')
    .option('--note <text>', 'why, for its history');
}

function priority(value: string): number {
  if (!/^-?\d{1,4}$/.test(value)) throw new InvalidArgumentError('It has to be a whole number from -1000 to 1000.');
  return Number(value);
}
