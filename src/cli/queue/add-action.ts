import { confirmImmediate, describedCancellation } from '../cancel-action.ts';
import type { AddFlags } from '../commands/queue-work.ts';
import { EXIT } from '../exit-code.ts';
import type { Session } from '../session.ts';
import { byWhom, withQueue } from './with-queue.ts';

/** `cancelkit queue add` */
export async function add(
  account: string,
  words: readonly string[],
  flags: AddFlags,
  session: Session,
): Promise<number> {
  const { output, command } = session;
  return await withQueue(session, async (queue, opened) => {
    const request = await describedCancellation(account, words, flags, opened);
    await confirmImmediate(request, flags.yes === true, opened, session);
    const { id, notBefore, priority } = flags;
    const result = await queue.enqueue(request, { id, notBefore, priority, by: byWhom(flags.by) });
    output.record({ command, ok: true, result });
    const { green, bold } = output.colours;
    output.line(`${green('✓')} ${bold(result.id)} ${result.added ? 'is in the queue' : 'was in the queue already'}`);
    output.line(`  cancelkit queue work carries it out; cancelkit queue show ${result.id} tells how it went`);
    return EXIT.done;
  });
}
