import type { Accounts } from '../../contract/account.ts';
import type { CancelManyProgress } from '../../contract/bulk.ts';
import type { OperationEvent } from '../../contract/event.ts';
import type { CancelResult, SafeResult } from '../../contract/result.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import { validRows, type CheckedRows } from './check-rows.ts';
import { isInDoubt, isToSend, type EarlierResult, type EarlierRun } from './earlier-run.ts';
import type { InputFile } from './input-file.ts';
import { isNotTried, lineHead, outcomeOf, resultLine, type ValidRow } from './result-line.ts';
import type { ResultsFile } from './results-file.ts';
import type { RowOutcome } from './row-outcome.ts';
import type { ReadRow } from './row-request.ts';
import { Settling } from './settling.ts';

/** A run over a list whose rows have been checked. */
export interface BulkRun {
  readonly input: InputFile;
  readonly opened: OpenedServices;
  readonly results: ResultsFile;
  readonly earlier: EarlierRun | undefined;
  readonly verify: boolean;
  readonly concurrency: number | undefined;
  readonly checked: CheckedRows;
  /** Stops the run gracefully: nothing more is started, and in-flight cancellations finish. */
  readonly signal: AbortSignal;
  /** Called once for each row that is finished, also if an earlier run finished it. */
  readonly tell: (row: FinishedRow) => void;
  /** Waits while the reader of the output is behind. */
  readonly drained: () => Promise<void>;
  /** Ends the process with an error, before what cannot be written down is sent. */
  readonly fail: (error: unknown) => never;
  readonly onProgress: (progress: CancelManyProgress<Accounts>) => void;
}

/** A row with all that the run reports of it. */
export interface FinishedRow {
  readonly row: ReadRow;
  readonly outcome: RowOutcome;
  /** What this run learnt of it. Left out for a bad row, and for one that an earlier run finished. */
  readonly settled?: SafeResult<CancelResult>;
  /** What an earlier run wrote of it. */
  readonly earlier?: EarlierResult;
}

/** Sends the rows, each at most once, and writes down their state before and after. */
export async function runRows(run: BulkRun): Promise<void> {
  const settling = new Settling(run.opened);
  await settling.tryAccess(run.signal.aborted ? [] : run.checked.firstInDoubt);
  // At the same time, since a provider that does not answer must not hold up the others.
  const ends = await Promise.allSettled([
    sendRows(run, settling),
    run.checked.rows > run.checked.toSend ? passOver(run, settling) : undefined,
  ]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function sendRows(run: BulkRun, settling: Settling): Promise<void> {
  const { opened, results, concurrency, signal, verify, checked, onProgress } = run;
  const taken = new Map<number, ValidRow>();
  const inFlight = new Map<string, ValidRow>();
  const started = new Set<number>();

  async function* requests(): AsyncGenerator<ValidRow['request'], void, undefined> {
    let count = 0;
    for await (const row of rowsToSend(run)) {
      const refusal = settling.refusalOf(row.request.account);
      if (refusal !== undefined) {
        run.tell({ row, outcome: 'not_begun', settled: { ok: false, error: refusal } });
        continue;
      }
      taken.set(count, row);
      inFlight.set(keyOf(row.request.account, row.serviceKey), row);
      count += 1;
      yield row.request;
    }
  }
  const onEvent = (event: OperationEvent): void => {
    if (event.type !== 'attempt' || event.effect !== 'write') return;
    for (const row of rowsOf(event, inFlight)) {
      if (started.has(row.row)) continue;
      // What cannot be written down must not be sent, and an exception here would not keep it from being sent.
      try {
        results.write(lineHead(row, 'started'));
      } catch (error) {
        run.fail(error);
      }
      started.add(row.row);
    }
  };

  const options = {
    onEvent,
    onProgress,
    signal,
    total: checked.toSend,
    verify,
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  for await (const item of opened.services.cancelMany(requests(), options)) {
    const row = taken.get(item.index);
    if (row === undefined) continue;
    taken.delete(item.index);
    inFlight.delete(keyOf(row.request.account, row.serviceKey));
    const wasBegun = started.delete(row.row);
    if (!wasBegun && isNotTried(item)) {
      run.tell({ row, outcome: 'not_begun', settled: item });
      continue;
    }
    results.write(resultLine(row, item));
    run.tell({ row, outcome: outcomeOf(item), settled: item });
  }
}

/**
 * Reports the rows that are not sent: those that are left out, those that an earlier run finished, and those
 * that it sent, or was about to send, without learning their outcome, which are read back.
 */
async function passOver(
  { input, opened, earlier, results, signal, tell, drained }: BulkRun,
  settling: Settling,
): Promise<void> {
  for await (const row of validRows(input, opened)) {
    const state = earlier?.stateOf(row.row);
    if (!row.ok) {
      const { line, problem } = row;
      results.write({ row: row.row, line, outcome: 'bad', at: new Date().toISOString(), message: problem });
      tell({ row, outcome: 'bad' });
    } else if (isInDoubt(state)) {
      const settled = signal.aborted ? settling.leave(row, state) : await settling.settle(row, state);
      // If nothing new is known, the line of the earlier run says more.
      if (settled.ok || (state === 'started' && !signal.aborted)) results.write(resultLine(row, settled));
      tell({ row, outcome: outcomeOf(settled), settled });
    } else if (earlier !== undefined && !isToSend(state)) {
      tell({ row, outcome: state, earlier: earlier.resultOf(row.row) });
      // Nothing else slows this down, and a long list would not fit into the memory.
      await drained();
    }
  }
}

async function* rowsToSend({ input, opened, earlier, signal }: BulkRun): AsyncGenerator<ValidRow, void, undefined> {
  for await (const row of validRows(input, opened)) {
    if (signal.aborted) return;
    if (row.ok && isToSend(earlier?.stateOf(row.row))) yield row;
  }
}

/**
 * The row that is about to be sent. A name that was redacted names none: then it may be each that its account has
 * started.
 */
function rowsOf({ account, serviceKey }: OperationEvent, inFlight: ReadonlyMap<string, ValidRow>): readonly ValidRow[] {
  const row = inFlight.get(keyOf(account, serviceKey));
  return row === undefined ? [...inFlight.values()].filter(({ request }) => request.account === account) : [row];
}

function keyOf(account: string | undefined, serviceKey: string | undefined): string {
  return `${account ?? ''}\0${serviceKey ?? ''}`;
}
