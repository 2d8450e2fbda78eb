import * as v from 'valibot';
import { RESOLUTIONS, type DecisionFlags } from '../commands/queue-decide.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-code.ts';
import type { Session } from '../session.ts';
import { visible } from '../visible.ts';
import { wrongUse } from '../wrong-use.ts';
import { byWhom, withQueue } from './with-queue.ts';

const resolutionSchema = v.picklist(RESOLUTIONS);

/** `cancelkit queue resolve` */
export async function resolve(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  if (flags.as === undefined) throw wrongUse(`--as is missing: ${RESOLUTIONS.join(', ')}.`);
  const as = v.parse(resolutionSchema, flags.as);
  await withQueue(session, (queue) => queue.resolve(id, { as, ...decisionOf(flags) }));
  return say(`${id} is settled as ${as}`, { id, as }, session);
}

/** `cancelkit queue retry` */
export async function retry(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  if (flags.yes !== true) {
    const warnings = ['This sends the cancellation again: look up at the provider first that it did not take effect'];
    await confirm({ warnings, message: `Type ${id} to send it again.`, expected: id }, session.output);
  }
  await withQueue(session, (queue) => queue.retry(id, decisionOf(flags)));
  return say(`${id} is planned again`, { id }, session);
}

/** `cancelkit queue withdraw` */
export async function withdraw(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  await withQueue(session, (queue) => queue.withdraw(id, decisionOf(flags)));
  return say(`${id} is out of the queue`, { id }, session);
}

/** `cancelkit queue resume` */
export async function resume(account: string, session: Session): Promise<number> {
  await withQueue(session, (queue) => queue.resume(account));
  return say(`${account} goes on`, { account }, session);
}

function decisionOf({ by, note }: DecisionFlags): { readonly by: string; readonly note?: string } {
  return { by: byWhom(by), ...(note === undefined ? {} : { note }) };
}

function say(what: string, result: object, { output, command }: Session): number {
  output.record({ command, ok: true, result });
  output.line(`${output.colours.green('✓')} ${visible(what)}`);
  return EXIT.done;
}
