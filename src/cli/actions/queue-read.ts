import * as v from 'valibot';
import { whenText } from '../../contract/when.ts';
import type { AccountStats, QueuedCancellation, QueueStats } from '../../queue/index.ts';
import { QUEUE_STATES } from '../../queue/model/state.ts';
import { sentenceOf } from '../../queue/words/history-words.ts';
import { pauseWords } from '../../queue/words/pause-words.ts';
import { relativeTime, utcTime } from '../../queue/words/relative-time.ts';
import { followWords, wordsOf, taskWords } from '../../queue/words/state-words.ts';
import type { ExportFlags, ListFlags } from '../setup/flags.ts';
import type { Session } from '../setup/session.ts';
import { serviceText } from '../setup/show-result.ts';
import { whereLabels, whereToLook } from '../setup/where-to-look.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { writeLabelled } from '../terminal/labelled.ts';
import { visible } from '../terminal/visible.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { withQueue, withReader } from './with-queue.ts';

const stateSchema = v.picklist(QUEUE_STATES);

/** `cancelkit queue list` */
export async function list(flags: ListFlags, session: Session): Promise<number> {
  const { output, command } = session;
  const state = flags.state === undefined ? undefined : v.safeParse(stateSchema, flags.state);
  if (state?.success === false) throw wrongUse(`there is no such state. The states are: ${QUEUE_STATES.join(', ')}.`);
  return await withReader(session, async (queue) => {
    const { search, oldest = false, ...filter } = flags;
    const order = oldest ? 'oldest' : 'newest';
    const found = await queue.list({ ...filter, state: state?.output, text: search, order });
    for (const result of found) output.record({ command, ok: true, result });
    if (output.json) return EXIT.done;
    if (found.length === 0) output.line('Nothing there.');
    else {
      const { tableLines } = await import('../terminal/table.ts');
      const now = Date.now();
      const rows = found.map((entry) => rowOf(entry, now));
      for (const line of tableLines(HEAD, rows, output.colours)) output.line(line);
    }
    return EXIT.done;
  });
}

/** `cancelkit queue show` */
export async function show(id: string, session: Session): Promise<number> {
  const { output, command } = session;
  return await withReader(session, async (queue, opened) => {
    const result = await queue.get(id);
    if (result === undefined) throw wrongUse('there is no cancellation of that id in the queue.');
    output.record({ command, ok: true, result });
    const now = Date.now();
    const { bold, dim } = output.colours;
    output.line(`${bold(visible(result.id))}: ${result.state}`);
    for (const sentence of wordsOf(result, now).known) output.line(`  ${visible(sentence)}`);
    output.line();
    writeLabelled(output, [
      ['account', `${result.account} (${result.provider})`],
      ['service', serviceText(result.request.service)],
      ['when', whenText(result.request.when)],
      ['needs a person', result.needsPerson ? `yes: ${taskWords(result)}` : undefined],
      ['place', result.place],
      ['leads now to', result.otherPlace],
      ['outcome', outcomeText(result)],
      ['last error', result.lastError?.message],
      ['followed', result.follow === undefined ? undefined : followWords(result.follow)],
      ['not before', result.notBefore === undefined ? undefined : timeText(result.notBefore, now)],
      [result.state === 'proposed' ? 'proposed by' : 'asked by', result.askedBy],
      ['tries', String(result.tries)],
    ]);
    if (result.needsPerson && !output.json) {
      const { account, request, place } = result;
      writeLabelled(output, whereLabels(await whereToLook(opened, account, request.service, place)));
    }
    output.line();
    output.line('  history');
    const lines = result.history.map((entry) => ({ ...sentenceOf(entry), time: timeText(entry.at, now) }));
    const width = Math.max(0, ...lines.map(({ time }) => time.length));
    for (const { time, text, note } of lines) {
      const quoted = note === undefined ? '' : ` “${note}”`;
      output.line(`    ${dim(time.padEnd(width))}  ${visible(`${text}${quoted}`)}`);
    }
    return EXIT.done;
  });
}

/** A time in full, and beside now. */
function timeText(iso: string, now: number): string {
  return `${utcTime(iso)} (${relativeTime(iso, now)})`;
}

/** `cancelkit queue stats` */
export async function stats(session: Session): Promise<number> {
  return await withReader(session, async (queue) => {
    await writeStats(await queue.stats(), session);
    return EXIT.done;
  });
}

/** `cancelkit queue export` */
export async function exportTo(file: string, { before }: ExportFlags, session: Session): Promise<number> {
  const { output, command } = session;
  return await withQueue(session, async (queue) => {
    const result = await queue.exportSettled({ file, before });
    output.record({ command, ok: true, result });
    output.line(`${output.colours.green('✓')} ${result.exported} settled cancellations are in ${visible(file)}`);
    return EXIT.done;
  });
}

/** Writes how the queue stands. */
export async function writeStats(result: QueueStats, { output, command }: Session): Promise<void> {
  output.record({ command, ok: true, result });
  if (output.json) return;
  const used = QUEUE_STATES.filter((state) => result.states[state] > 0);
  const rows = Object.entries(result.accounts).map(([name, account]) => [
    name,
    ...used.map((state) => account.states[state] ?? 0),
    account.inFlight,
    account.needsPerson,
    pauseText(account),
  ]);
  if (rows.length === 0) output.line('The queue is empty.');
  else {
    const { tableLines } = await import('../terminal/table.ts');
    const head = ['account', ...used, 'in flight', 'needs a person', ''];
    for (const line of tableLines(head, rows, output.colours)) output.line(line);
  }
}

function pauseText({ pausedUntil, pausedBecause, turnedAwaySince, turnedAwayTimes = 0 }: AccountStats): string {
  const until = pausedUntil === undefined ? [] : [`paused until ${utcTime(pausedUntil)}: ${pauseWords(pausedBecause)}`];
  const times =
    turnedAwaySince !== undefined && turnedAwayTimes > 1
      ? [`turned away ${turnedAwayTimes} times since ${utcTime(turnedAwaySince)}`]
      : [];
  return [...until, ...times].join(', ');
}

const HEAD = ['id', 'account', 'service', 'when', 'state', 'outcome', 'needs a person', 'changed'];

function rowOf(entry: QueuedCancellation, now: number): readonly string[] {
  const { id, account, request, state, needsPerson, updatedAt } = entry;
  const person = needsPerson ? 'yes' : '';
  return [
    id,
    account,
    serviceText(request.service),
    whenText(request.when),
    state,
    outcomeText(entry) ?? '',
    person,
    relativeTime(updatedAt, now),
  ];
}

function outcomeText({ outcome }: QueuedCancellation): string | undefined {
  if (outcome === undefined) return undefined;
  return outcome.ok ? outcome.result.outcome : outcome.error.code;
}
