import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { addDeciding } from './queue-decide.ts';
import { addReading } from './queue-read.ts';
import { addAdding, addWorking } from './queue-work.ts';

/** Adds `cancelkit queue` and its commands. */
export function addQueue(program: Command, act: Act): void {
  const queue = program
    .command('queue')
    .description('Work with the queue of the configuration: durable cancellations (see docs/queue.md).')
    .addHelpText('after', examples(QUEUE_EXAMPLES));
  addAdding(queue, act);
  addWorking(queue, act);
  addReading(queue, act);
  addDeciding(queue, act);
}

const QUEUE_EXAMPLES = [
  ['cancelkit queue add shop 4711 --when end_of_period --id order-1', 'once, however often it is run'],
  ['cancelkit queue work', 'carry out what is due, until Ctrl-C'],
  ['cancelkit queue list --needs-person', 'what waits for a decision'],
  ['cancelkit queue resolve order-1 --as requested --note "seen in the client area"', 'decide it'],
] as const;
