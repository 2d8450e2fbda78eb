import { closeSync, lstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { extname } from 'node:path';
import { jsonLine } from '../terminal/json-line.ts';
import { systemCode } from '../terminal/system-code.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { csvLine } from './csv-line.ts';
import { type ReadStatus, STATUS_COLUMNS, statusCells, statusObject } from './status-row.ts';

/** Where the rows of `status --list` are written, line by line as they are read. */
export interface StatusFile extends Disposable {
  /** @throws ProviderError if the file cannot be written, as on a full disk */
  readonly write: (status: ReadStatus) => void;
  /**
   * Gives the file its name, once every row of the list is in it.
   *
   * @throws ProviderError if it cannot
   */
  readonly complete: () => void;
}

/**
 * Checks the name of the file, before anything is read.
 *
 * @throws ProviderError `invalid_request` if it is neither `.csv` nor `.jsonl`
 */
export function statusFormat(path: string): 'csv' | 'jsonl' {
  const extension = extname(path).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl';
  throw wrongUse(`${path} is neither .csv nor .jsonl: the name of --out says which of the two is written.`);
}

/**
 * Makes a new file that only its owner can read. It has its name when it is complete, and `.part` behind it until
 * then: of a file without its last rows nobody sees that they are missing.
 *
 * @throws ProviderError `invalid_request` if it exists, or cannot be made
 */
export function createStatusFile(path: string): StatusFile {
  const format = statusFormat(path);
  if (isThere(path)) throw wrongUse(`${path} exists, and is not written over. Name another file, or remove it first.`);
  const part = `${path}.part`;
  const descriptor = created(part);
  const put = (line: string): void => {
    try {
      const bytes = Buffer.from(`${line}\n`);
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    } catch (error) {
      throw wrongUse(
        `${part} cannot be written any further (${systemCode(error)}), and does not have all rows. Correct that, remove it, and run it again.`,
      );
    }
  };
  if (format === 'csv') put(csvLine(STATUS_COLUMNS));
  return {
    write: (status) => put(format === 'csv' ? csvLine(statusCells(status)) : jsonLine(statusObject(status))),
    complete: () => {
      try {
        if (!isThere(path)) return renameSync(part, path);
      } catch (error) {
        throw wrongUse(`${part} is complete, and could not be renamed to ${path} (${systemCode(error)}).`);
      }
      throw wrongUse(`${part} is complete. It was not renamed to ${path}, which another process has made meanwhile.`);
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

/** Also a link that leads nowhere: renaming would replace it. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Making the file beside it says why it cannot be looked at.
    return false;
  }
}

function created(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EEXIST') throw wrongUse(`${path} cannot be written (${code}). Correct that first.`);
    throw wrongUse(
      `${path} is left of a run that did not end, or of one that has not ended yet: it does not have all rows. Remove it, or name another file.`,
    );
  }
}
