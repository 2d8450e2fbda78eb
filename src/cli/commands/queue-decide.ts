import { Option, type Command } from 'commander';
import { examples } from '../examples.ts';
import type { Act } from '../session.ts';
import { text } from './text.ts';

/** What an unknown one may be settled as. */
export const RESOLUTIONS = ['requested', 'scheduled', 'completed', 'refused'] as const;

/** What a decision is told. */
export interface DecisionFlags {
  readonly as?: string;
  readonly by?: string;
  readonly note?: string;
  readonly yes?: boolean;
}

/** Adds `cancelkit queue resolve`, `retry`, `withdraw` and `resume`. */
export function addDeciding(queue: Command, act: Act): void {
  decision(queue.command('resolve'))
    .description('Settle an unknown one by your word, once you have looked it up at the provider.')
    .addOption(new Option('--as <state>', 'what it came to (required)').choices(RESOLUTIONS))
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
    .option('--by <name>', 'who decides (default: the user)', text)
    .option('--note <text>', 'why, for its history', text);
}
