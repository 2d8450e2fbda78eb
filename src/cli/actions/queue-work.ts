import type { WorkFlags } from '../setup/flags.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import type { Session } from '../setup/session.ts';
import { writeStats } from './queue-read.ts';
import { withQueue } from './with-queue.ts';

/** `cancelkit queue work` */
export async function work({ concurrency, untilIdle }: WorkFlags, session: Session): Promise<number> {
  const { output } = session;
  return await withQueue(
    session,
    async (queue) => {
      const stopping = new AbortController();
      const stop = onInterrupt(() => {
        output.message(
          'Stopping: started cancellations are allowed to finish. Ctrl-C again ends the process immediately.',
        );
        stopping.abort();
      });
      if (output.isTerminal) output.message('Working on the queue. Ctrl-C stops it.');
      try {
        await queue.work({ concurrency, signal: stopping.signal, stopWhenIdle: untilIdle === true });
      } finally {
        stop();
      }
      const stats = await queue.stats();
      await writeStats(stats, session);
      const people = Object.values(stats.accounts).reduce((sum, { needsPerson }) => sum + needsPerson, 0);
      if (people === 0) return EXIT.done;
      output.message(`! ${people} wait for a person: cancelkit queue list --needs-person`);
      return EXIT.unknown;
    },
    true,
  );
}
