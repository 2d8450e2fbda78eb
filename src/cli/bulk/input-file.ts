import { closeSync, createReadStream, createWriteStream, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isProviderError } from '../../contract/provider-error.ts';
import { systemCode } from '../terminal/system-code.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import type { KnownColumns } from './columns.ts';
import { WORKBOOK, readCsv } from './csv-rows.ts';
import { inUtf8 } from './in-utf8.ts';
import type { InputRow } from './input-row.ts';
import { readJsonLines } from './json-rows.ts';

/** A list of services that can be read more than once. */
export interface InputFile extends Disposable {
  /** Reads it from its beginning. */
  readonly rows: () => AsyncGenerator<InputRow, void, undefined>;
}

/**
 * Opens the input. It reads a private copy, so that what is sent is what was checked, however
 * long it takes, and stdin can be read twice.
 *
 * @throws ProviderError `invalid_request`
 */
export async function openInput(
  file: string,
  format: 'csv' | 'jsonl' | undefined,
  known: KnownColumns,
): Promise<InputFile> {
  const kind = format ?? formatOf(file);
  const readRows = (stream: Readable): AsyncGenerator<InputRow, void, undefined> =>
    kind === 'csv' ? readCsv(stream, known) : readJsonLines(stream);
  const directory = temporaryDirectory();
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    const copy = join(directory, 'list');
    await pipeline(streamOf(file), inUtf8, createWriteStream(copy, { mode: 0o600 }));
    const descriptor = openSync(copy, 'r');
    // If an open file can be removed, even a killed process leaves nothing of the list behind.
    if (process.platform !== 'win32') remove();
    return {
      rows: () => readRows(createReadStream('', { fd: descriptor, start: 0, autoClose: false })),
      [Symbol.dispose]: () => {
        closeSync(descriptor);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw isProviderError(error) ? error : wrongUse(`${file} cannot be read (${systemCode(error)}). Nothing was sent.`);
  }
}

/**
 * Checks what can be checked of a list without reading it.
 *
 * @throws ProviderError `invalid_request` if it does not exist, is a directory, or its format is not known.
 */
export function requireList(file: string, format: 'csv' | 'jsonl' | undefined): void {
  if (file !== '-') {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) throw wrongUse(`there is no file ${file}. Nothing was sent.`);
    if (found.isDirectory()) throw wrongUse(`${file} is a directory; expected a CSV or JSONL file. Nothing was sent.`);
  }
  if (WORKBOOKS.has(extname(file).toLowerCase())) throw wrongUse(WORKBOOK);
  if (format === undefined) formatOf(file);
}

const WORKBOOKS: ReadonlySet<string> = new Set(['.xlsx', '.xlsm', '.xlsb', '.xls', '.ods', '.numbers']);

function temporaryDirectory(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'cancelkit-'));
  } catch (error) {
    throw wrongUse(`the list cannot be copied to ${tmpdir()} (${systemCode(error)}). Nothing was sent.`);
  }
}

function streamOf(file: string): Readable {
  return file === '-' ? process.stdin : createReadStream(file);
}

function formatOf(file: string): 'csv' | 'jsonl' {
  if (file === '-') throw wrongUse('stdin has no name: say what it holds with --format csv or --format jsonl.');
  const extension = extname(file).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl';
  throw wrongUse(`${file} is neither .csv nor .jsonl: say what it holds with --format csv or --format jsonl.`);
}
