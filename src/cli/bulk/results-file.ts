import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import { asUser, ownerOtherThanRoot } from '../../platform/owner-of.ts';
import { jsonLine } from '../terminal/json-line.ts';
import { systemCode } from '../terminal/system-code.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { rescued, rescueOf } from './rescue.ts';
import { lockResults, type ResultsLock } from './results-lock.ts';
import { unwritable } from './unwritable.ts';
import { wholeLinesOf } from './whole-lines.ts';

/** A run over a list. Every process that goes on with it has the same id, and a copy of its results has it, too. */
export interface Run {
  readonly id: string;
  /** Whether no other process has taken the run over. */
  readonly isHeld: () => boolean;
}

/** The file that a run writes down what it does in, line by line. Held by one process at a time. */
export interface ResultsFile extends Disposable {
  readonly path: string;
  /** Bytes of what it held in whole lines when it was opened: a kill may have torn the last one. */
  readonly wholeLines: number;
  /** Bytes of what it holds in whole lines now. */
  readonly size: number;
  /** Says which run it belongs to, before anything is written. */
  readonly belongTo: (run: Run) => void;
  /** The bytes from a position to another. */
  readonly read: (start: number, end: number) => Uint8Array;
  /** Closes the file to the other users of this machine; `warn` is called if it was open to them. */
  readonly keepPrivate: (warn: (text: string) => void) => void;
  /**
   * Returns once the operating system has the line: it survives the process.
   *
   * @throws ProviderError `outcome_unknown` if the file is not this run's alone any more, or cannot be written
   */
  readonly write: (line: object) => void;
}

/**
 * Opens the results file: a new one, or with `isResumed` the one of an interrupted run.
 *
 * @throws ProviderError `invalid_request`
 */
export async function openResults(named: string, isResumed: boolean): Promise<ResultsFile> {
  refuseRescued(named);
  if (!isResumed) refuseExisting(named);
  else if (!existsSync(named)) {
    throw wrongUse(
      `there is no ${named} to go on with. Name the results of that run with --results. Without --resume every row of the list is sent, also those that were sent before.`,
    );
  }
  // One lock for all of its names.
  const path = isResumed ? realpathSync(named) : named;
  refuseRescued(path);
  if (isResumed) refuseRoot(path);
  const lock = await lockResults(path);
  try {
    // Again, since another run may have come and gone until the lock was free.
    if (!isResumed) refuseExisting(path);
    const descriptor = opened(path, isResumed ? 'r+' : 'wx+');
    try {
      return openedResults({ named, path, descriptor, isResumed, lock });
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A lock that root leaves beside the results would keep their owner from going on with them. */
function refuseRoot(path: string): void {
  const owner = ownerOtherThanRoot(path);
  if (owner === undefined) return;
  throw wrongUse(
    `${path} belongs to the user with the id ${owner}, and this process runs as root. ${asUser(owner)} Nothing was sent.`,
  );
}

interface Opened {
  readonly named: string;
  readonly path: string;
  readonly descriptor: number;
  readonly isResumed: boolean;
  readonly lock: ResultsLock;
}

function openedResults({ named, path, descriptor, isResumed, lock }: Opened): ResultsFile {
  const { ino, dev, nlink, size } = fstatSync(descriptor);
  if (nlink > 1) {
    throw wrongUse(
      `${named} has ${nlink} names (hard links), and another run could work with it. Keep one of the names, remove the others, and go on with --resume.`,
    );
  }
  const { end: wholeLines, isEnded } = isResumed ? wholeLinesOf(descriptor) : { end: 0, isEnded: true };
  let position = wholeLines;
  let expectedSize = size;
  let run: Run | undefined;

  /** @throws ProviderError if another process can work with the results, or has changed them */
  function assertOwn(): void {
    const there = statOf(path);
    if (there.found?.ino !== ino || there.found.dev !== dev) {
      throw lost(
        `${named} was removed or replaced during the run${there.why}. What it held until then is in ${rescued(descriptor, path)}: put that back, and go on with --resume.`,
      );
    }
    if (!lock.isHeld()) throw lost(`the lock on ${named} was removed or taken over, so ${ANOTHER_RUN}`);
    if (run?.isHeld() === false) throw lost(`the run of ${named} was taken over, so ${ANOTHER_RUN}`);
    if (there.found.size < expectedSize) {
      writeAll(descriptor, Buffer.from(`\n${jsonLine(LINES_LOST)}\n`), there.found.size);
      throw lost(`${named} was shortened by another process during the run. ${LOOK_UP}`);
    }
    if (there.found.size > expectedSize) throw lost(`another process has written to ${named}, so ${ANOTHER_RUN}`);
  }

  return {
    path: named,
    wholeLines,
    get size() {
      return position;
    },
    belongTo: (own) => void (run = own),
    read: (start, end) => {
      const bytes = Buffer.alloc(end - start);
      if (readSync(descriptor, bytes, 0, bytes.length, start) === bytes.length) return bytes;
      throw lost(`${named} was shortened by another process during the run. ${LOOK_UP}`);
    },
    keepPrivate: (warn) => keepPrivate(descriptor, named, warn),
    write: (line) => {
      const isFirst = position === wholeLines;
      const text = jsonLine(isFirst ? { ...line, run: run?.id } : line);
      const bytes = Buffer.from(`${isFirst && !isEnded ? '\n' : ''}${text}\n`);
      try {
        assertOwn();
        // Not before, since only what has been read tells whether it is the results of a run at all.
        if (isFirst) ftruncateSync(descriptor, wholeLines);
        writeAll(descriptor, bytes, position);
      } catch (error) {
        throw isProviderError(error) ? error : lost(full(named, error));
      }
      position += bytes.length;
      expectedSize = position;
    },
    [Symbol.dispose]: () => {
      closeSync(descriptor);
      lock.release();
    },
  };
}

/** @throws ProviderError `invalid_request` if there is such a file: a new run does not write over another's results */
export function refuseExisting(path: string): void {
  refuseRescued(path);
  if (!existsSync(path)) return;
  throw wrongUse(
    `there is a ${path} already. Go on with that run: --resume. (With another results file every row would be sent again.) If it is not the results of this list, name a file for them with --results. Nothing was sent.`,
  );
}

/** @throws ProviderError `invalid_request` if a run has lost results of this name: what stands there now says less */
function refuseRescued(path: string): void {
  const rescue = rescueOf(path);
  if (rescue === undefined) return;
  throw wrongUse(
    `${rescue} tells what a run has sent whose results were removed or replaced. Rename it to ${path}, in place of what is there, and go on with --resume. Nothing was sent.`,
  );
}

/** The last line of results that another process has shortened while a run wrote them. */
const LINES_LOST: object = { outcome: 'lines_lost' };

/** What a person has to do about results of which lines are lost. */
export const LOOK_UP: string =
  'Some of its lines are lost, and with them which rows were sent. Look the rows of the list up at the provider, and send only those that are not cancelled.';

const ANOTHER_RUN =
  'another run could work with it. This run has stopped. Make sure that no other runs, then go on with --resume: it sends nothing twice.';

function opened(path: string, flags: string): number {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
      throw wrongUse(`${path} is not a file that results can be kept in. Nothing was sent.`);
    }
    return openSync(path, flags, 0o600);
  } catch (error) {
    throw isProviderError(error) ? error : unwritable(path, error);
  }
}

/** Results say who leaves: one that others can read is closed to them. */
function keepPrivate(descriptor: number, named: string, warn: (text: string) => void): void {
  const mode = fstatSync(descriptor).mode & 0o777;
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  try {
    fchmodSync(descriptor, mode & 0o700);
    warn(`${named} could be read by other users of this machine; now only its owner can.`);
  } catch (error) {
    warn(`${named} can be read by other users of this machine (${systemCode(error)}): chmod 600 it.`);
  }
}

/** What stands behind a name; also nothing if that cannot be looked at, with the system's word for why. */
function statOf(path: string): { readonly found: Stats | undefined; readonly why: string } {
  try {
    return { found: statSync(path, { throwIfNoEntry: false }), why: '' };
  } catch (error) {
    return { found: undefined, why: `, or cannot be looked at (${systemCode(error)})` };
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
}

function lost(message: string): ProviderError {
  return new ProviderError('outcome_unknown', { message });
}

function full(path: string, error: unknown): string {
  return `${path} cannot be written any more (${systemCode(error)}). Correct that, and go on with --resume: it sends nothing twice.`;
}
