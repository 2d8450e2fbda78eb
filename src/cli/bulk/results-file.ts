import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { ProviderError } from '../../provider-error.ts';
import { wrongUse } from '../wrong-use.ts';
import { lockFile } from './file-lock.ts';

/** The file that a run writes down what it does in, line by line. Held by one process at a time. */
export interface ResultsFile extends Disposable {
  readonly path: string;
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
  const lock = await lockFile(`${path}.lock`);
  try {
    const descriptor = openSync(path, isResumed ? 'r+' : 'wx+');
    let position = isResumed ? wholeLines(descriptor) : 0;
    return {
      path,
      write: (line) => {
        const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
        try {
          let at = 0;
          while (at < bytes.length) at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
        } catch {
          throw new ProviderError('outcome_unknown', { message: unwritable(path) });
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

function unwritable(path: string): string {
  return `${path} cannot be written any more (is the disk full?). Make room, and go on with --resume: it sends nothing twice.`;
}

const BLOCK = 64 * 1024;

/** Cuts off a last line that a kill has left torn, and returns the length of what is whole. */
function wholeLines(descriptor: number): number {
  const block = Buffer.alloc(BLOCK);
  for (let end = fstatSync(descriptor).size; end > 0;) {
    const start = Math.max(0, end - BLOCK);
    const length = readSync(descriptor, block, 0, end - start, start);
    const last = block.subarray(0, length).lastIndexOf('\n');
    if (last >= 0) {
      ftruncateSync(descriptor, start + last + 1);
      return start + last + 1;
    }
    end = start;
  }
  ftruncateSync(descriptor, 0);
  return 0;
}
