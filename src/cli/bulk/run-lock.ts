import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { lockFile } from '../../platform/file-lock.ts';
import { makeStateDirectory, stateDirectory } from '../setup/state-directory.ts';
import { systemCode } from '../terminal/system-code.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { LOOK_UP, type ResultsFile, type Run } from './results-file.ts';

/** The lock on a run, whatever file its results are in. */
export interface RunLock extends Run, Disposable {}

/** What this user's runs remember of one: where its results were last, and how long they were at least. */
interface Remembered {
  readonly path: string;
  readonly size: number;
}

const rememberedSchema: v.GenericSchema<unknown, Remembered> = v.object({ path: v.string(), size: v.number() });

/**
 * Takes the lock on a run, which is kept in the user's state directory and not beside the results: a copy of them would
 * have a lock of its own, and both runs would send the rest of the list.
 *
 * @param id the run's own, out of its results; left out for a new run.
 * @param warn called if there is no such directory: copies are not recognized then.
 * @throws ProviderError `invalid_request` if another process is at this run, or other results of it say more
 */
export async function lockRun(
  id: string = crypto.randomUUID(),
  results: ResultsFile,
  warn: (text: string) => void,
): Promise<RunLock> {
  const unusable = (why: string): void =>
    warn(
      `the state directory cannot be used (${why}), so copies of ${results.path} are not recognized. Do not resume a copy while this run, or a later one with the original, may send: both would send the rest.`,
    );
  let directory;
  let path;
  try {
    path = realpathSync(results.path);
    directory = join(stateDirectory(), 'runs');
    makeStateDirectory();
    if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // A user without a home, or one that cannot be written.
    unusable(systemCode(error));
    return withoutLock(id);
  }
  const lock = await lockFile(join(directory, `${id}.lock`));
  if (lock === 'taken') {
    throw wrongUse(
      `another process works on the run that ${results.path} belongs to: one of the two results is a copy of the other. Wait for that process to end, and go on with the results that it has written. Nothing was sent.`,
    );
  }
  if (typeof lock === 'string') {
    unusable('it cannot be locked');
    return withoutLock(id);
  }
  const memory = join(directory, `${id}.json`);
  try {
    refuseOlder({ path, size: results.size }, recalled(memory), id);
  } catch (error) {
    lock.release();
    throw error;
  }
  try {
    remember(memory, { path, size: results.size });
  } catch (error) {
    unusable(systemCode(error));
  }
  return {
    id,
    isHeld: lock.isMine,
    [Symbol.dispose]: () => {
      try {
        if (lock.isMine()) remember(memory, { path, size: results.size });
      } catch {
        // What was remembered when this process began stays.
      }
      lock.release();
    },
  };
}

function withoutLock(id: string): RunLock {
  return { id, isHeld: () => true, [Symbol.dispose]: () => undefined };
}

/** @throws ProviderError if what is remembered says that rows were sent of which these results know nothing */
function refuseOlder({ path, size }: Remembered, last: Remembered | undefined, id: string): void {
  if (last === undefined) return;
  if (last.path !== path && saysMore(last.path, size, id)) {
    throw wrongUse(
      `${path} is an older copy of ${last.path}, which says more of what was sent. Go on with that one. Nothing was sent.`,
    );
  }
  if (last.size > size + LINE_FEED) {
    throw wrongUse(
      `${path} says less than when its run ended last, as results do that were restored from a backup. ${LOOK_UP} Nothing was sent.`,
    );
  }
}

/** Whether the results there are longer, and of the same run: by now another one may have results of that name. */
function saysMore(path: string, size: number, id: string): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found !== undefined && found.size > size + LINE_FEED && readFileSync(path).includes(id);
  } catch {
    // Out of reach: nothing is known of it.
    return false;
  }
}

// An editor may have taken the last one away.
const LINE_FEED = 1;

function recalled(memory: string): Remembered | undefined {
  try {
    return v.parse(rememberedSchema, JSON.parse(readFileSync(memory, 'utf8')));
  } catch {
    // A new run, or one of another user or machine.
    return undefined;
  }
}

function remember(memory: string, results: Remembered): void {
  const draft = `${memory}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(results), { mode: 0o600 });
  renameSync(draft, memory);
}
