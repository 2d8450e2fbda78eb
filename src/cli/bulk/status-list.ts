import type { Accounts } from '../../contract/account.ts';
import type { StatusManyProgress } from '../../contract/bulk.ts';
import { ProviderError } from '../../contract/provider-error.ts';
import type { SafeResult } from '../../contract/result.ts';
import type { CancellationStatus } from '../../contract/vocabulary.ts';
import type { StatusListFlags } from '../setup/flags.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { EXIT, worstOf } from '../terminal/exit-code.ts';
import { tableLines } from '../terminal/table.ts';
import { visible } from '../terminal/visible.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { csvLine } from './csv-line.ts';
import { type InputFile, requireList } from './input-file.ts';
import { accountOf, openList, stoppable } from './list-run.ts';
import { openProgress } from './open-progress.ts';
import { type AddressedRow, readAddress } from './row-address.ts';
import { RowCounts } from './row-counts.ts';
import { createStatusFile, statusFormat } from './status-out.ts';
import {
  type ReadStatus,
  STATUS_COLUMNS,
  STATUS_OUTCOMES,
  type StatusOutcome,
  readStatusOf,
  statusCells,
} from './status-row.ts';
import { AccountStops } from './summary.ts';

/** `cancelkit status --list` */
export async function statusList(list: string, flags: StatusListFlags, session: Session): Promise<number> {
  const { output } = session;
  // Before a configuration is executed for it.
  requireList(list, flags.format);
  if (flags.out !== undefined) statusFormat(flags.out);
  const { opened, input: copy } = await openList(list, flags.format, session);
  using input = copy;
  const found = await countRows(input, opened);
  if (found.rows === 0) throw wrongUse('the list has no rows. Nothing was sent.');
  using file = flags.out === undefined ? undefined : createStatusFile(flags.out);
  const counts = new RowCounts<StatusOutcome>(STATUS_OUTCOMES, found.accounts.keys());
  const stops = new AccountStops();
  // Bars would run into rows on the same terminal.
  const isShown = flags.out === undefined && process.stdout.isTTY;
  const progress = isShown ? undefined : await openProgress(found, counts, output);
  const stopping = stoppable('reads', progress, session, EXIT.refused);
  if (flags.out === undefined) output.line(csvLine(STATUS_COLUMNS));
  const tell = async (read: ReadStatus): Promise<void> => {
    const { row, outcome, settled } = read;
    counts.add(accountOf(row), outcome);
    progress?.update();
    if (outcome === 'not_begun' && settled?.ok === false && settled.error.code !== 'aborted')
      stops.add(accountOf(row), settled.error);
    output.record(recordOf(read, session.command));
    if (file === undefined) output.line(csvLine(statusCells(read)));
    else file.write(read);
    await output.drained();
  };
  try {
    await readRows({ input, opened, flags, total: found.valid, signal: stopping.signal }, tell, (made) =>
      progress?.update(made),
    );
  } finally {
    progress?.stop();
    stopping.end();
  }
  file?.complete();
  writeSummary({ rows: found.rows, counts, stops, out: flags.out }, session);
  return exitCodeFor(counts);
}

interface FoundRows {
  readonly rows: number;
  readonly valid: number;
  /** How many rows each account has, by {@link accountOf}. */
  readonly accounts: ReadonlyMap<string, number>;
}

/** Reads the list once without sending anything, so that the progress has a total. */
async function countRows(input: InputFile, opened: OpenedServices): Promise<FoundRows> {
  const accounts = new Map<string, number>();
  let rows = 0;
  let valid = 0;
  for await (const each of input.rows()) {
    const row = await readAddress(each, opened);
    rows += 1;
    if (row.ok) valid += 1;
    accounts.set(accountOf(row), (accounts.get(accountOf(row)) ?? 0) + 1);
  }
  return { rows, valid, accounts };
}

interface Reading {
  readonly input: InputFile;
  readonly opened: OpenedServices;
  readonly flags: StatusListFlags;
  readonly total: number;
  readonly signal: AbortSignal;
}

async function readRows(
  { input, opened, flags, total, signal }: Reading,
  tell: (read: ReadStatus) => Promise<void>,
  onProgress: (made: StatusManyProgress<Accounts>) => void,
): Promise<void> {
  const taken = new Map<number, AddressedRow>();
  let seen = 0;
  async function* requests(): AsyncGenerator<(AddressedRow & { readonly ok: true })['request'], void, undefined> {
    let count = 0;
    for await (const each of input.rows()) {
      if (signal.aborted) return;
      seen += 1;
      const row = await readAddress(each, opened);
      if (row.ok) {
        taken.set(count, row);
        count += 1;
        yield row.request;
      } else {
        await tell(readStatusOf(row, undefined));
      }
    }
  }
  const { concurrency } = flags;
  const options = { onProgress, signal, total, ...(concurrency === undefined ? {} : { concurrency }) };
  for await (const item of opened.services.statusMany(requests(), options)) {
    const row = taken.get(item.index);
    taken.delete(item.index);
    const settled: SafeResult<CancellationStatus> = item;
    if (row !== undefined) await tell(readStatusOf(row, settled));
  }
  for (const row of taken.values()) await tell(notBegun(row));
  if (!signal.aborted) return;
  // A list of states with missing rows looks like a complete one.
  let index = 0;
  for await (const each of input.rows()) {
    index += 1;
    if (index > seen) await tell(notBegun(await readAddress(each, opened)));
  }
}

function notBegun(row: AddressedRow): ReadStatus {
  if (!row.ok) return readStatusOf(row, undefined);
  const { account } = row.request;
  const message = 'Not read: the run was stopped before. Run it again.';
  return readStatusOf(row, {
    ok: false,
    error: new ProviderError('aborted', { message, account, operation: 'status' }),
  });
}

function recordOf({ row, outcome, paidFor, settled }: ReadStatus, command: string): object {
  const head = { command, row: row.row, line: row.line, state: outcome, paidFor };
  const place = row.ok ? row.request : {};
  const reference = row.reference === undefined ? {} : { reference: row.reference };
  if (settled?.ok === true) return { ...head, ok: true, ...place, ...reference, result: settled.result };
  const error = row.ok ? settled?.error : wrongUse(row.problem);
  return { ...head, ok: false, ...place, ...reference, error };
}

function writeSummary(
  {
    rows,
    counts,
    stops,
    out,
  }: {
    readonly rows: number;
    readonly counts: RowCounts<StatusOutcome>;
    readonly stops: AccountStops;
    readonly out: string | undefined;
  },
  { output, command }: Session,
): void {
  const states = Object.fromEntries(STATUS_OUTCOMES.map((outcome) => [outcome, counts.of(outcome)]));
  output.record({
    command,
    ok: exitCodeFor(counts) === EXIT.done,
    summary: { rows, states, ...(out === undefined ? {} : { out }) },
  });
  const { head, rows: shown } = counts.table();
  for (const line of tableLines(head, shown, output.errorColours)) output.message(line);
  output.message('');
  output.message(`${rows} ${rows === 1 ? 'row' : 'rows'}.${out === undefined ? '' : ` The states are in ${out}`}`);
  for (const text of warningsOf(counts)) output.message(`${output.errorColours.yellow('!')} ${text}`);
  for (const { account, rows: many, error } of stops.all) {
    const words = `${visible(account)}: ${many} not read, ${error.code}: ${visible(error.message)}`;
    output.message(`${output.errorColours.yellow('!')} ${words}`);
  }
}

function warningsOf(counts: RowCounts<StatusOutcome>): readonly string[] {
  const [paid, unread, unsupported, notBegun] = [
    counts.of('none') + counts.of('failed'),
    counts.of('unread'),
    counts.of('unsupported'),
    counts.of('not_begun'),
  ];
  return [
    ...(paid > 0 ? [`${paid} not cancelled: still paid for.`] : []),
    ...(unsupported > 0 ? [`${unsupported} at a provider that cannot be read: look them up in its client area.`] : []),
    ...(unread > 0 ? [`${unread} could not be read: the rows say why.`] : []),
    ...(notBegun > 0 ? [`${notBegun} not read: run it again.`] : []),
  ];
}

/** A state is an answer, whatever it is. Without one, whether the service is cancelled is not known. */
function exitCodeFor(counts: RowCounts<StatusOutcome>): number {
  const unread = counts.of('unread') + counts.of('unsupported') + counts.of('not_begun');
  return worstOf([...(unread > 0 ? [EXIT.refused] : []), ...(counts.of('bad') > 0 ? [EXIT.wrongUse] : [])]);
}
