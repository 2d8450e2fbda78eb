import {
  closeSync,
  fstatSync,
  futimesSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  type BigIntStats,
} from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { isRunning, ownIdentity } from './process-identity.ts';

/** The record of the process that has a file to itself, held by that process. */
export interface OwnerRecord {
  /**
   * Whether the record is still the one that this process wrote.
   *
   * @throws the system's error if that cannot be found out at this moment
   */
  readonly isMine: () => boolean;
  /** Removes the record if it is this process's own. */
  readonly remove: () => void;
}

/**
 * Writes this process's record in place of the one that is there.
 *
 * @throws the system's error
 */
export function writeOwnerRecord(path: string): OwnerRecord {
  const token = crypto.randomUUID();
  const draft = `${path}.${token}`;
  let inode: bigint | undefined;
  // `wx` follows no symbolic link.
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    const file = { dev: String(dev), ino: String(ino) };
    writeSync(descriptor, `${JSON.stringify({ token, file, process: ownIdentity() })}\n`);
    renameSync(draft, path);
    // Not every file system keeps a file's number.
    inode = statOf(path)?.ino === ino ? ino : undefined;
  } catch (error) {
    closeSync(descriptor);
    rmSync(draft, { force: true });
    throw error;
  }
  const beating = setInterval(() => {
    const now = new Date();
    try {
      // On the open file: another process's record is never touched.
      futimesSync(descriptor, now, now);
    } catch {
      // Missed by processes of other namespaces alone; whether the record is still there is what `isMine` finds out.
    }
  }, BEAT_MS);
  beating.unref();
  // A copy with the same token is there if the directory was replaced by a backup.
  const isMine = (): boolean =>
    readRecord(path)?.token === token && (inode === undefined || statOf(path)?.ino === inode);
  return {
    isMine,
    remove: () => {
      clearInterval(beating);
      closeSync(descriptor);
      if (isMine()) takeAway(path, token);
    },
  };
}

/**
 * Removes this process's own record. A file is removed by its name, and since the caller looked another owner may have
 * written its record there: that one goes back, unless there is a newer one by now.
 */
function takeAway(path: string, token: string): void {
  const away = `${path}.${token}`;
  renameSync(path, away);
  try {
    if (readRecord(away)?.token !== token) linkSync(away, path);
  } finally {
    rmSync(away, { force: true });
  }
}

/**
 * Whether another process wrote the record and still runs. The record of a process whose number says nothing here, such
 * as one in another container, is watched for ten seconds: its owner renews the time of the file every two.
 *
 * A copy of a record says nothing: it tells the file that it was written as.
 *
 * @throws the system's error
 */
export async function isOwned(path: string): Promise<boolean> {
  const record = readRecord(path);
  if (record === undefined) return false;
  const { ino, dev, mtimeNs } = statOf(path) ?? {};
  if (ino === undefined || String(ino) !== record.file.ino) return false;
  const isHere = record.process.place === ownIdentity().place;
  // Elsewhere the same file system may have another number.
  if (isHere && String(dev) !== record.file.dev) return false;
  // The caller has the lock, which two holders within one process never share: the other one, a thread say, is gone.
  if (isDeepStrictEqual(record.process, ownIdentity())) return false;
  const known = isRunning(record.process);
  if (known !== undefined) return known;
  const until = performance.now() + WATCH_MS;
  while (performance.now() < until) {
    await delay(LOOK_MS);
    const now = statOf(path);
    if (now === undefined) return false;
    if (now.ino !== ino || now.mtimeNs !== mtimeNs) return true;
  }
  return false;
}

const BEAT_MS = 2_000;
// Longer than any pause of a process that works.
const WATCH_MS = 10_000;
const LOOK_MS = 100;

const recordSchema = v.object({
  token: v.string(),
  file: v.object({ dev: v.string(), ino: v.string() }),
  process: v.object({
    pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    place: v.string(),
    startedAt: v.optional(v.string()),
  }),
});

/** What stands in a record; `undefined` if there is no file, or one that no process of ours has written. */
function readRecord(path: string): v.InferOutput<typeof recordSchema> | undefined {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return v.parse(recordSchema, JSON.parse(text));
  } catch {
    // Left by a crash while it was being written, or by another program: no process claims the lock with it.
    return undefined;
  }
}

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
