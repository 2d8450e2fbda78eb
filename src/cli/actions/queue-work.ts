import { REPORT_IT } from '../../contract/report-it.ts';
import type { CancelQueue } from '../../queue/index.ts';
import type { UiFlags, WorkFlags } from '../setup/flags.ts';
import type { DynamicAccounts } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { writeStats } from './queue-read.ts';
import { byWhom, withQueue } from './with-queue.ts';

/** `cancelkit queue work` */
export async function work(flags: WorkFlags, session: Session): Promise<number> {
  const { concurrency, untilIdle, ui = false } = flags;
  if (!ui && (flags.port !== undefined || flags.by !== undefined)) throw wrongUse('--port and --by are for --ui.');
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
        await using _console = ui ? await openConsole(queue, flags, session) : NOTHING;
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

/** Serves the console to the user of this machine, and prints its address. */
export async function openConsole(
  queue: CancelQueue<DynamicAccounts>,
  { port = 0, by }: UiFlags,
  { output, command }: Session,
): Promise<AsyncDisposable> {
  const { serveConsole } = await import('../../console/local-server.ts');
  const onError = (): void => output.message(`! console: a page failed, which is a fault of cancelkit. ${REPORT_IT}`);
  const { url, close } = await serveConsole({ queue, by: byWhom(by), port, onError });
  output.record({ command, ok: true, result: { url } });
  output.line(url);
  output.message('Open this address in a browser of this machine. Who has it can decide; Ctrl-C ends it.');
  return { [Symbol.asyncDispose]: close };
}

const NOTHING: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };
