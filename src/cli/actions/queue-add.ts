import type { AddFlags } from '../setup/flags.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { visible } from '../terminal/visible.ts';
import { confirmImmediate, describedCancellation, requireWhen } from './cancel.ts';
import { whenAbsentOf } from './queue-decide.ts';
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
      const { id, notBefore, priority, propose } = flags;
      // A proposal is confirmed by the person who approves it.
      await confirmImmediate(request, flags.yes === true || propose === true, opened, session);
      const whenAbsent = whenAbsentOf(flags.whenAbsent);
      const follow = flags.follow === false ? false : undefined;
      const placing = { id, notBefore, priority, by: byWhom(flags.by), whenAbsent, follow, propose };
      const result = await queue.enqueue(request, placing);
      output.record({ command, ok: true, result });
      const { green, yellow, bold } = output.colours;
      if (result.added && propose === true) {
        output.line(`${green('✓')} ${bold(visible(result.id))} is proposed`);
        output.line(`  It is carried out once another person runs: cancelkit queue approve ${visible(result.id)}`);
        return EXIT.done;
      }
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
