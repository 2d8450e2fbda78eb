import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { isProviderError, ProviderError } from '../../provider-error.ts';
import { wrongUse } from '../wrong-use.ts';
import { lockResults } from './results-lock.ts';
import { unwritable } from './unwritable.ts';

/** The file that a run writes down what it does in, line by line. Held by one process at a time. */
export interface ResultsFile extends Disposable {
  readonly path: string;
  /** Bytes of what it held in whole lines when it was opened: a kill may have torn the last one. */
  readonly wholeLines: number;
  /** Returns once the operating system has the line: it survives the process. */
  readonly write: (line: object) => void;
}

/**
 * Opens the results file: a new one, or with `isResumed` the one of an interrupted run.
 *
 * @throws ProviderError `invalid_request`
 */
export async function openResults(path: string, isResumed: boolean): Promise<ResultsFile> {
  if (!isResumed) refuseExisting(path);
  else if (!existsSync(path)) {
    throw wrongUse(`there is no ${path} to go on with. Leave --resume out, or name the file with --results.`);
  }
  const lock = await lockResults(path);
  try {
    // Again, since another run may have come and gone until the lock was free.
    if (!isResumed) refuseExisting(path);
    const descriptor = opened(path, isResumed ? 'r+' : 'wx+');
    const wholeLines = isResumed ? wholeLinesOf(descriptor) : 0;
    let position = wholeLines;
    return {
      path,
      wholeLines,
      write: (line) => {
        const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
        try {
          // Not before, since only what has been read tells whether it is the results of a run at all.
          if (position === wholeLines) ftruncateSync(descriptor, wholeLines);
          let at = 0;
          while (at < bytes.length) at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
        } catch {
          throw new ProviderError('outcome_unknown', { message: full(path) });
        }
        position += bytes.length;
      },
      [Symbol.dispose]: () => {
        closeSync(descriptor);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @throws ProviderError `invalid_request` if there is such a file: a new run does not write over another's results */
export function refuseExisting(path: string): void {
  if (!existsSync(path)) return;
  throw wrongUse(`there is a ${path} already. Go on with that run (--resume), or name another file (--results).`);
}

function opened(path: string, flags: string): number {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
      throw wrongUse(`${path} is not a file that results can be kept in. Name one with --results. Nothing was sent.`);
    }
    return openSync(path, flags);
  } catch (error) {
    throw isProviderError(error) ? error : unwritable(path, error);
  }
}

function full(path: string): string {
  return `${path} cannot be written any more (is the disk full?). Make room, and go on with --resume: it sends nothing twice.`;
}

const BLOCK = 64 * 1024;

/** The length of the whole lines of a file. */
function wholeLinesOf(descriptor: number): number {
  const block = Buffer.alloc(BLOCK);
  for (let end = fstatSync(descriptor).size; end > 0;) {
    const start = Math.max(0, end - BLOCK);
    const length = readSync(descriptor, block, 0, end - start, start);
    const last = block.subarray(0, length).lastIndexOf('\n');
    if (last >= 0) return start + last + 1;
    end = start;
  }
  return 0;
}
