import { type Command, Option } from 'commander';
import { RESOLUTIONS } from '../../queue/model/state.ts';
import type { DecisionFlags, QuarantineFlags } from '../setup/flags.ts';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { whenAbsent } from './queue-work.ts';
import { text } from './values.ts';

/** Adds the decisions to `cancelkit queue`: from `approve` to `resume`. */
export function addDeciding(queue: Command, act: Act): void {
  decision(queue.command('approve'))
    .description('Approve one that another person has proposed: it is carried out. Asks first.')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples([['cancelkit queue approve order-1 --note "ticket 99"', 'it is carried out']]))
    .action((id: string, flags: DecisionFlags) =>
      act('queue approve', async (session) => (await import('../actions/queue-decide.ts')).approve(id, flags, session)),
    );
  decision(queue.command('resolve'))
    .description(
      'Settle one that is unknown, lapsed or overdue by your word, once you have looked it up at the provider.',
    )
    .addOption(new Option('--as <state>', 'its outcome (required)').choices(RESOLUTIONS))
    .option('--effective-at <day>', 'with scheduled: the day on which it takes effect, such as 2026-12-31', text)
    .addHelpText(
      'after',
      examples([['cancelkit queue resolve order-1 --as completed --note "ticket 99"', 'it is over']]),
    )
    .action((id: string, flags: DecisionFlags) =>
      act('queue resolve', async (session) => (await import('../actions/queue-decide.ts')).resolve(id, flags, session)),
    );
  decision(queue.command('read-back'))
    .description('Read an unknown one back now, and settle it if the provider shows it. Cancels nothing.')
    .addHelpText('after', examples([['cancelkit queue read-back order-1', 'is it there now?']]))
    .action((id: string, flags: DecisionFlags) =>
      act('queue read-back', async (session) =>
        (await import('../actions/queue-decide.ts')).readBack(id, flags, session),
      ),
    );
  decision(queue.command('confirm'))
    .description('Pass on the token that the provider sent, for one that waits for it. Asks for the token.')
    .addHelpText('after', examples([['cancelkit queue confirm order-1', 'asks for the token']]))
    .action((id: string, flags: DecisionFlags) =>
      act('queue confirm', async (session) =>
        (await import('../actions/queue-decide.ts')).confirmQueued(id, flags, session),
      ),
    );
  decision(queue.command('retry'))
    .description(
      'Send one again that was refused, is held, has lapsed, is overdue, or did not take effect. Asks first.',
    )
    .option('--accept-place', 'send it to the place that its account leads to now, if it is held because of that')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples([['cancelkit queue retry order-1 --note "not there at the provider"', 'send it again']]),
    )
    .action((id: string, flags: DecisionFlags) =>
      act('queue retry', async (session) => (await import('../actions/queue-decide.ts')).retry(id, flags, session)),
    );
  byWhom(queue.command('quarantine'))
    .description(
      'After a failover or a restored backup, before any worker starts: read back all that may have been sent. Asks first.',
    )
    .option(
      '--since <time>',
      'since when requests may have been sent that this database does not know of (required)',
      text,
    )
    .addOption(whenAbsent('what happens to those that the last read-back does not find (default: unchanged)'))
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples([['cancelkit queue quarantine --since 2026-05-01T10:00Z', 'the backup is of 10 o’clock']]),
    )
    .action((flags: QuarantineFlags) =>
      act('queue quarantine', async (session) =>
        (await import('../actions/queue-decide.ts')).quarantine(flags, session),
      ),
    );
  decision(queue.command('withdraw'))
    .description('Take a proposed or planned one out of the queue.')
    .addHelpText('after', examples([['cancelkit queue withdraw order-1', 'it is not sent']]))
    .action((id: string, flags: DecisionFlags) =>
      act('queue withdraw', async (session) =>
        (await import('../actions/queue-decide.ts')).withdraw(id, flags, session),
      ),
    );
  queue
    .command('resume')
    .description('Let an account go on that rests, such as after its credentials were refused.')
    .argument('<account>', 'the name of an account')
    .addHelpText('after', examples([['cancelkit queue resume shop', 'its credentials are right again']]))
    .action((account: string) =>
      act('queue resume', async (session) => (await import('../actions/queue-decide.ts')).resume(account, session)),
    );
}

function decision(command: Command): Command {
  return byWhom(command.argument('<id>', 'the id of the cancellation')).option(
    '--if-updated-at <time>',
    'only if it has not changed since: its updatedAt, as `queue show --json` prints it',
    text,
  );
}

function byWhom(command: Command): Command {
  return command
    .option('--by <name>', 'who decides (default: the user)', text)
    .option('--note <text>', 'why, for its history', text);
}
