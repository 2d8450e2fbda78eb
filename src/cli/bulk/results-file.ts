import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
  writeSync,
} from 'node:fs';
import { isProviderError, ProviderError } from '../../provider-error.ts';
import { jsonLine } from '../json-line.ts';
import { systemCode } from '../system-code.ts';
import { wrongUse } from '../wrong-use.ts';
import { lockResults } from './results-lock.ts';
import { rescued, rescueOf } from './rescue.ts';
import { unwritable } from './unwritable.ts';
import { wholeLinesOf } from './whole-lines.ts';

/** The file that a run writes down what it does in, line by line. Held by one process at a time. */
export interface ResultsFile extends Disposable {
  readonly path: string;
  /** Bytes of what it held in whole lines when it was opened: a kill may have torn the last one. */
  readonly wholeLines: number;
  /** The bytes from a position to another. */
  readonly read: (start: number, end: number) => Uint8Array;
  /** Returns once the operating system has the line: it survives the process. */
  readonly write: (line: object) => void;
}

/**
 * Opens the results file: a new one, or with `isResumed` the one of an interrupted run.
 *
 * @throws ProviderError `invalid_request`
 */
export async function openResults(named: string, isResumed: boolean): Promise<ResultsFile> {
  if (!isResumed) refuseExisting(named);
  else if (!existsSync(named)) {
    throw wrongUse(`there is no ${named} to go on with. Leave --resume out, or name the file with --results.`);
  }
  // One lock for all of its names.
  const path = isResumed ? realpathSync(named) : named;
  const lock = await lockResults(path);
  try {
    // Again, since another run may have come and gone until the lock was free.
    if (!isResumed) refuseExisting(path);
    const descriptor = opened(path, isResumed ? 'r+' : 'wx+');
    const { ino, nlink } = fstatSync(descriptor);
    if (nlink > 1) {
      throw wrongUse(
        `${named} has ${nlink} names (hard links), and another run could work with it. Remove the others.`,
      );
    }
    const { end: wholeLines, isEnded } = isResumed ? wholeLinesOf(descriptor) : { end: 0, isEnded: true };
    let position = wholeLines;
    return {
      path: named,
      wholeLines,
      read: (start, end) => {
        const bytes = Buffer.alloc(end - start);
        if (readSync(descriptor, bytes, 0, bytes.length, start) === bytes.length) return bytes;
        throw lost(`${named} was shortened by another process during the run. ${LOST_LINES}`);
      },
      write: (line) => {
        const bytes = Buffer.from(`${position === wholeLines && !isEnded ? '\n' : ''}${jsonLine(line)}\n`);
        try {
          if (!lock.isHeld()) throw lost(taken(named));
          const isThere = statSync(path, { throwIfNoEntry: false })?.ino === ino;
          if (!isThere) throw lost(gone(named, rescued(descriptor, path)));
          // Not before, since only what has been read tells whether it is the results of a run at all.
          if (position === wholeLines) ftruncateSync(descriptor, wholeLines);
          let at = 0;
          while (at < bytes.length) at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
        } catch (error) {
          throw isProviderError(error) ? error : lost(full(named, error));
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
  const rescue = rescueOf(path);
  if (rescue !== undefined) {
    throw wrongUse(
      `${rescue} tells what a run has sent whose results were removed. Rename it to ${path}, and go on with --resume.`,
    );
  }
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

function lost(message: string): ProviderError {
  return new ProviderError('outcome_unknown', { message });
}

const LOST_LINES =
  'Some of its lines are lost, and with them what was sent: look the rows of the list up at the provider before you run it again.';

function taken(path: string): string {
  return `the lock on ${path} was removed, so another run could work with it. Go on with --resume: it sends nothing twice.`;
}

function gone(path: string, rescue: string): string {
  return `${path} was removed or replaced during the run. What it held until then is in ${rescue}: put that back, and go on with --resume.`;
}

function full(path: string, error: unknown): string {
  return `${path} cannot be written any more (${systemCode(error)}). Mend that, and go on with --resume: it sends nothing twice.`;
}
