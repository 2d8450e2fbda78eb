import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as v from 'valibot';
import { type KeptOutcome, KEPT_OUTCOMES } from '../../contract/outcome.ts';
import { ProviderError } from '../../contract/provider-error.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { byteLinesOf } from './lines.ts';
import { LOOK_UP, type ResultsFile } from './results-file.ts';

/** How far an earlier run came with each row. Takes 25 bytes a row. */
export interface EarlierRun {
  /** `undefined`: the earlier run did not reach this row, or left it out. */
  readonly stateOf: (row: number) => EarlierState | undefined;
  /** The result that it wrote for a row, from the last line of that row. */
  readonly resultOf: (row: number) => EarlierResult;
  readonly fingerprintOf: (row: number) => string;
  /** The last row that it reached. */
  readonly lastRow: number;
  /**
   * The id of the run. Results of earlier versions have no id: it is derived from their first line, which all copies
   * share.
   */
  readonly run: string;
}

/** What a line of the results says of a row besides its state. */
export interface EarlierResult {
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** `account`, `service`, `effectiveAt`, and so on. */
  readonly [field: string]: unknown;
}

/** `started`: it was sent, or was about to be, and no response was written down. */
export type EarlierState = 'started' | 'confirmation_required' | KeptOutcome;

/** Whether such a row has yet to be sent, or is to be sent again, since nothing happened. */
export function isToSend(state: EarlierState | undefined): state is 'refused' | undefined {
  return state === undefined || state === 'refused';
}

/** How a row was left that may have been carried out, or that waits for a token. */
export type DoubtfulState = 'started' | 'unknown' | 'confirmation_required';

/** Whether such a row may have been carried out since: it is read back, and not sent again. */
export function isInDoubt(state: EarlierState | undefined): state is DoubtfulState {
  return state === 'started' || state === 'unknown' || state === 'confirmation_required';
}

// Stored by their position.
const STATES: readonly (EarlierState | undefined)[] = [undefined, 'started', 'confirmation_required', ...KEPT_OUTCOMES];

const linesLostSchema = v.object({ outcome: v.literal('lines_lost') });

const lineSchema = v.object({
  row: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000)),
  outcome: v.picklist([...STATES.filter((state) => state !== undefined), 'bad']),
  fingerprint: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)), '0'.repeat(12)),
  run: v.optional(v.pipe(v.string(), v.uuid())),
});

const warningSchema = v.union([
  v.object({ code: v.string(), message: v.string() }),
  // As files of earlier versions have them.
  v.pipe(
    v.string(),
    v.transform((code) => ({ code, message: '' })),
  ),
]);

const resultSchema = v.object({
  account: v.optional(v.string()),
  service: v.optional(v.unknown()),
  when: v.optional(v.string()),
  reference: v.optional(v.string()),
  effectiveAt: v.optional(v.unknown()),
  providerReference: v.optional(v.string()),
  reconciled: v.optional(v.boolean(), false),
  warnings: v.optional(v.array(warningSchema), []),
  attempts: v.optional(v.number()),
  operationId: v.optional(v.string()),
});

/**
 * Reads the results of an earlier run: the whole lines of its file.
 *
 * @throws ProviderError `invalid_request` if the file is something else
 */
export async function readEarlierRun({ path, wholeLines, read }: ResultsFile): Promise<EarlierRun> {
  let states = new Uint8Array(1024);
  let fingerprints = new Float64Array(1024);
  // Where the last line of each row begins and ends.
  let starts = new Float64Array(1024);
  let ends = new Float64Array(1024);
  let lastRow = 0;
  let run = '';
  let line = 0;
  let position = 0;
  if (wholeLines === 0) {
    throw wrongUse(
      `${path} is empty, and does not tell what has been sent. Look the rows of the list up at the provider first: once the file is removed, a run without --resume sends every row.`,
    );
  }
  const decoder = new TextDecoder();
  for await (const bytes of byteLinesOf(createReadStream(path, { end: wholeLines - 1 }))) {
    line += 1;
    const start = position;
    position += bytes.length + 1;
    const value = jsonIn(decoder.decode(bytes));
    const parsed = v.safeParse(lineSchema, value);
    if (v.is(linesLostSchema, value))
      throw wrongUse(`${path} was shortened while a run wrote it. ${LOOK_UP} Nothing was sent.`);
    if (!parsed.success || !v.is(resultSchema, value)) {
      throw wrongUse(`${path} is not the results of a run: line ${line} is something else. Nothing was sent.`);
    }
    const { row, outcome, fingerprint } = parsed.output;
    lastRow = Math.max(lastRow, row);
    run = parsed.output.run ?? (run === '' ? idOf(bytes) : run);
    if (row >= states.length) {
      states = grown(states, new Uint8Array(2 * row));
      fingerprints = grown(fingerprints, new Float64Array(2 * row));
      starts = grown(starts, new Float64Array(2 * row));
      ends = grown(ends, new Float64Array(2 * row));
    }
    states[row] = outcome === 'bad' ? 0 : STATES.indexOf(outcome);
    fingerprints[row] = Number.parseInt(fingerprint, 16);
    starts[row] = start;
    ends[row] = start + bytes.length;
  }
  return {
    stateOf: (row) => STATES[states[row] ?? 0],
    resultOf: (row) => {
      const parsed = v.safeParse(resultSchema, jsonIn(decoder.decode(read(starts[row] ?? 0, ends[row] ?? 0))));
      if (parsed.success) return parsed.output;
      throw new ProviderError('outcome_unknown', { message: `${path} was changed by another process during the run.` });
    },
    fingerprintOf: (row) => (fingerprints[row] ?? 0).toString(16).padStart(12, '0'),
    lastRow,
    run,
  };
}

function idOf(line: Uint8Array): string {
  const hash = createHash('sha256').update(line).digest('hex');
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function grown<List extends Uint8Array | Float64Array>(from: List, into: List): List {
  into.set(from);
  return into;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is no line of a run, which the check of it says.
    return undefined;
  }
}
