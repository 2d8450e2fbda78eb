import * as v from 'valibot';
import { whenText } from '../../contract/when.ts';
import type { Choice, WhenAbsent } from '../../queue/index.ts';
import { WHEN_ABSENT, RESOLUTIONS } from '../../queue/model/state.ts';
import { conditionsOf } from '../../queue/words/state-words.ts';
import type { DecisionFlags, QuarantineFlags } from '../setup/flags.ts';
import type { Session } from '../setup/session.ts';
import { serviceText } from '../setup/show-result.ts';
import { confirm } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { readToken } from '../terminal/read-token.ts';
import { visible } from '../terminal/visible.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { byWhom, withQueue } from './with-queue.ts';

const resolutionSchema = v.picklist(RESOLUTIONS);

/** `cancelkit queue approve` */
export async function approve(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  await withQueue(session, async (queue) => {
    const proposed = await queue.get(id);
    if (proposed === undefined) throw wrongUse('there is no cancellation of that id in the queue.');
    if (flags.yes !== true) {
      const { account, request, askedBy = '?' } = proposed;
      const what = `${askedBy} proposes to cancel ${serviceText(request.service)} at ${account}: ${whenText(request.when)}`;
      const warnings = [what, ...conditionsOf(proposed)];
      await confirm({ warnings, message: `Type ${id} to approve it.`, expected: id }, session.output);
    }
    // What was shown is what is approved.
    await queue.approve(id, { ...decisionOf(flags), fingerprint: proposed.fingerprint });
  });
  return say(`${id} is approved, and planned`, { id }, session);
}

/** `cancelkit queue resolve` */
export async function resolve(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  if (flags.as === undefined) throw wrongUse(`--as is missing: ${RESOLUTIONS.join(', ')}.`);
  const as = v.parse(resolutionSchema, flags.as);
  const { effectiveAt } = flags;
  await withQueue(session, (queue) => queue.resolve(id, { as, effectiveAt, ...choiceOf(flags) }));
  return say(`${id} is settled as ${as}`, { id, as }, session);
}

/** `cancelkit queue read-back` */
export async function readBack(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  const { output, command } = session;
  const { state, needsPerson } = await withQueue(session, (queue) => queue.readBack(id, choiceOf(flags)));
  if (state !== 'unknown') return say(`${id} was read back: ${state}`, { id, state, needsPerson }, session);
  output.record({ command, ok: true, result: { id, state, needsPerson } });
  const next = needsPerson ? 'it waits for a person' : 'it is read back again as planned';
  output.line(`${output.colours.yellow('!')} ${visible(id)} was read back, and is not known yet: ${next}`);
  return EXIT.unknown;
}

/** `cancelkit queue confirm` */
export async function confirmQueued(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  const token = await readToken(session.output);
  const { state } = await withQueue(session, (queue) => queue.confirm(id, { token, ...choiceOf(flags) }));
  if (state !== 'unknown') return say(`${id} is confirmed: ${state}`, { id, state }, session);
  session.output.record({ command: session.command, ok: true, result: { id, state } });
  session.output.line(`${session.output.colours.yellow('!')} ${visible(id)} may be confirmed: it is being read back`);
  return EXIT.unknown;
}

/** `cancelkit queue retry` */
export async function retry(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  if (flags.yes !== true) {
    const warnings = ['This sends the cancellation again: look up at the provider first that it did not take effect'];
    if (flags.acceptPlace === true) warnings.push('It goes to another place than the one that it was enqueued for');
    await confirm({ warnings, message: `Type ${id} to send it again.`, expected: id }, session.output);
  }
  await withQueue(session, (queue) => queue.retry(id, { ...choiceOf(flags), acceptPlace: flags.acceptPlace }));
  return say(`${id} is planned again`, { id }, session);
}

/** `cancelkit queue quarantine` */
export async function quarantine(flags: QuarantineFlags, session: Session): Promise<number> {
  const { since } = flags;
  if (since === undefined) throw wrongUse('--since is missing: the time of the backup, such as 2026-05-01T10:00Z.');
  const { output, command } = session;
  if (flags.yes !== true) {
    const warnings = [
      'Every open cancellation that was due becomes unknown, and is read back before anything else happens',
    ];
    await confirm({ warnings, message: 'Type quarantine to go on.', expected: 'quarantine' }, output);
  }
  const whenAbsent = whenAbsentOf(flags.whenAbsent);
  return await withQueue(session, async (queue) => {
    const result = await queue.quarantine({ since, whenAbsent, ...decisionOf(flags) });
    output.record({ command, ok: true, result });
    const { readBack, needsPerson, otherAccounts } = result;
    output.line(`${output.colours.green('✓')} ${readBack} are read back, ${needsPerson} wait for a person`);
    if (otherAccounts.length === 0) return EXIT.done;
    const names = otherAccounts.map(visible).join(', ');
    output.message(`! Not in this configuration, and unchanged: ${names}. Quarantine them with the one that has them.`);
    return EXIT.unknown;
  });
}

/** What `--when-absent` says; commander has checked it. */
export function whenAbsentOf(text: string | undefined): WhenAbsent | undefined {
  return WHEN_ABSENT.find((known) => known === text);
}

/** `cancelkit queue withdraw` */
export async function withdraw(id: string, flags: DecisionFlags, session: Session): Promise<number> {
  await withQueue(session, (queue) => queue.withdraw(id, choiceOf(flags)));
  return say(`${id} is out of the queue`, { id }, session);
}

/** `cancelkit queue resume` */
export async function resume(account: string, session: Session): Promise<number> {
  await withQueue(session, (queue) => queue.resume(account));
  return say(`${account} goes on`, { account }, session);
}

function choiceOf({ ifUpdatedAt, ...flags }: DecisionFlags): Choice {
  return { ...decisionOf(flags), ...(ifUpdatedAt === undefined ? {} : { ifUpdatedAt }) };
}

function decisionOf({ by, note }: DecisionFlags): { readonly by: string; readonly note?: string } {
  return { by: byWhom(by), ...(note === undefined ? {} : { note }) };
}

function say(what: string, result: object, { output, command }: Session): number {
  output.record({ command, ok: true, result });
  output.line(`${output.colours.green('✓')} ${visible(what)}`);
  return EXIT.done;
}
