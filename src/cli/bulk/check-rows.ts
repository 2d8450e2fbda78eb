import { createHash } from 'node:crypto';
import type { OpenedServices } from '../setup/open-services.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { isInDoubt, isToSend, type DoubtfulState, type EarlierRun } from './earlier-run.ts';
import type { InputFile } from './input-file.ts';
import type { ValidRow } from './result-line.ts';
import { readRow, type ReadRow } from './row-request.ts';

/** What the first reading of a list has found. */
export interface CheckedRows {
  readonly rows: number;
  readonly bad: number;
  /** How many are to be sent: the valid ones, without those that an earlier run reached. */
  readonly toSend: number;
  /** How many rows ask for an immediate cancellation, for each account that has any. */
  readonly immediate: ReadonlyMap<string, number>;
  /** How many valid rows each account has. */
  readonly accounts: ReadonlyMap<string, number>;
  /** The first row that is to be read back, of each account that has such rows and others that are to be sent. */
  readonly firstInDoubt: readonly DoubtfulRow[];
}

/** A row that is to be read back, and how it was left. */
export interface DoubtfulRow {
  readonly row: ValidRow;
  readonly state: DoubtfulState;
}

/**
 * Reads the whole list without sending anything, and reports each row that is not valid.
 *
 * @throws ProviderError `invalid_request` if the earlier run was one over another list
 */
export async function checkRows(
  input: InputFile,
  opened: OpenedServices,
  tellBad: (row: ReadRow & { readonly ok: false }) => void,
  earlier?: EarlierRun,
): Promise<CheckedRows> {
  const accounts = new Map<string, number>();
  let rows = 0;
  let bad = 0;
  let toSend = 0;
  const immediate = new Map<string, number>();
  const doubtful = new Map<string, DoubtfulRow>();
  const sending = new Set<string>();
  for await (const read of validRows(input, opened)) {
    rows += 1;
    refuseAnother(read, earlier);
    if (!read.ok) {
      bad += 1;
      tellBad(read);
      continue;
    }
    const { account, when } = read.request;
    accounts.set(account, (accounts.get(account) ?? 0) + 1);
    const state = earlier?.stateOf(read.row);
    if (isInDoubt(state) && !doubtful.has(account)) doubtful.set(account, { row: read, state });
    if (!isToSend(state)) continue;
    toSend += 1;
    sending.add(account);
    if (when === 'immediate') immediate.set(account, (immediate.get(account) ?? 0) + 1);
  }
  if (earlier !== undefined && earlier.lastRow > rows) throw wrongUse(anotherList(undefined));
  const firstInDoubt = [...doubtful.values()].filter(({ row }) => sending.has(row.request.account));
  return { rows, bad, toSend, immediate, accounts, firstInDoubt };
}

/** 52 bits of a hash: two services of a list of a million get the same in one of 10,000 lists. */
function numberOf(service: string): number {
  return Number.parseInt(createHash('sha256').update(service).digest('hex').slice(0, 13), 16);
}

/**
 * @throws ProviderError if the earlier run sent another request for this row. One that was refused may be corrected.
 */
function refuseAnother(read: ReadRow, earlier: EarlierRun | undefined): void {
  if (earlier === undefined || isToSend(earlier.stateOf(read.row))) return;
  if (!read.ok) {
    throw wrongUse(`line ${read.line} was sent by the earlier run, and cannot be read any more: ${read.problem}.`);
  }
  if (earlier.fingerprintOf(read.row) !== read.fingerprint) throw wrongUse(anotherList(read.line));
}

function anotherList(line: number | undefined): string {
  const where =
    line === undefined
      ? 'they have rows that this list does not have'
      : `line ${line} asks for something else than what was sent for it, or at another address`;
  return `the results do not fit this list: ${where}. Rows that were sent have to stay as they were. Nothing was sent.`;
}

/** The rows with their meaning. A service that was there before makes a row bad: it would be cancelled twice. */
export async function* validRows(input: InputFile, opened: OpenedServices): AsyncGenerator<ReadRow, void, undefined> {
  // By a number, not by their names: a long list would not fit otherwise.
  const lines = new Map<number, number>();
  for await (const row of input.rows()) {
    const read = await readRow(row, opened);
    if (!read.ok) {
      yield read;
      continue;
    }
    const service = numberOf(`${read.request.account}\0${read.serviceKey}`);
    const earlier = lines.get(service);
    if (earlier === undefined) {
      lines.set(service, read.line);
      yield read;
    } else {
      yield { row: read.row, line: read.line, ok: false, problem: `it is the same service as in line ${earlier}` };
    }
  }
}
