import { deferred } from '../../platform/deferred.ts';
import type { UiFlags } from '../setup/flags.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { openConsole, work } from './queue-work.ts';
import { withQueue } from './with-queue.ts';

/** `cancelkit queue ui` */
export async function ui({ work: works = false, ...flags }: UiFlags, session: Session): Promise<number> {
  if (works) return await work({ ...flags, ui: true }, session);
  return await withQueue(session, async (queue) => {
    const { promise: interrupted, resolve: interrupt } = deferred<void>();
    const stop = onInterrupt(interrupt);
    try {
      await using _console = await openConsole(queue, flags, session);
      await interrupted;
    } finally {
      stop();
    }
    return EXIT.done;
  });
}
