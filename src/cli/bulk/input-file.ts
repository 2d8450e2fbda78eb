import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { wrongUse } from '../wrong-use.ts';
import { readCsv } from './csv-rows.ts';
import type { InputRow } from './input-row.ts';
import { readJsonLines } from './json-rows.ts';

/** A list of services that can be read more than once. */
export interface InputFile extends Disposable {
  /** Reads it from its beginning. */
  readonly rows: () => AsyncGenerator<InputRow, void, undefined>;
}

/**
 * Opens the input; stdin is kept in a temporary file, since it is read twice.
 *
 * @throws ProviderError `invalid_request`
 */
export async function openInput(file: string, format: 'csv' | 'jsonl' | undefined): Promise<InputFile> {
  const known = format ?? formatOf(file);
  if (file !== '-') {
    if (!existsSync(file)) throw wrongUse(`there is no file ${file}. Nothing was sent.`);
    return inputOf(file, known, () => undefined);
  }
  const directory = mkdtempSync(join(tmpdir(), 'cancelkit-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    const spooled = join(directory, 'input');
    await pipeline(process.stdin, createWriteStream(spooled, { mode: 0o600 }));
    return inputOf(spooled, known, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

function inputOf(path: string, format: 'csv' | 'jsonl', remove: () => void): InputFile {
  const { size, mtimeMs } = statSync(path);
  return {
    rows: () => {
      const now = statSync(path);
      if (now.size !== size || now.mtimeMs !== mtimeMs) {
        throw wrongUse('the input was changed after it was checked. Nothing was sent; run it again.');
      }
      const stream = createReadStream(path);
      return format === 'csv' ? readCsv(stream) : readJsonLines(stream);
    },
    [Symbol.dispose]: remove,
  };
}

function formatOf(file: string): 'csv' | 'jsonl' {
  if (file === '-') throw wrongUse('stdin has no name: say what it holds with --format csv or --format jsonl.');
  const extension = extname(file).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl';
  throw wrongUse(`${file} is neither .csv nor .jsonl: say what it holds with --format csv or --format jsonl.`);
}
