import { confirmImmediate, describedCancellation, requireWhen } from '../cancel-action.ts';
import type { AddFlags } from '../commands/queue-work.ts';
import { EXIT } from '../exit-code.ts';
import type { Session } from '../session.ts';
import { visible } from '../visible.ts';
import { whenAbsentOf } from './decide-actions.ts';
import { byWhom, withQueue } from './with-queue.ts';

/** `cancelkit queue add` */
export async function add(
  account: string,
  words: readonly string[],
  flags: AddFlags,
  session: Session,
): Promise<number> {
  const { output, command } = session;
  requireWhen(flags);
  return await withQueue(
    session,
    async (queue, opened) => {
      const request = await describedCancellation(account, words, flags, opened);
      await confirmImmediate(request, flags.yes === true, opened, session);
      const { id, notBefore, priority } = flags;
      const placing = { id, notBefore, priority, by: byWhom(flags.by), whenAbsent: whenAbsentOf(flags.whenAbsent) };
      const result = await queue.enqueue(request, placing);
      output.record({ command, ok: true, result });
      const { green, yellow, bold } = output.colours;
      if (result.added) {
        output.line(`${green('✓')} ${bold(visible(result.id))} is in the queue`);
        output.line(
          `  cancelkit queue work carries it out; cancelkit queue show ${visible(result.id)} tells how it went`,
        );
        return EXIT.done;
      }
      const state = (await queue.get(result.id))?.state ?? 'planned';
      const isRefused = state === 'refused';
      const sign = isRefused ? yellow('!') : green('✓');
      output.line(`${sign} ${bold(visible(result.id))} was in the queue already: ${state}`);
      if (isRefused)
        output.line('  It is not carried out. Take another --id, or send it again with: cancelkit queue retry');
      return isRefused ? EXIT.refused : EXIT.done;
    },
    true,
  );
}
