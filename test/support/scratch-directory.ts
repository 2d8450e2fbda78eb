import { accessSync, constants, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A container usually has 64 MB there. Three test files at a time use some hundred MB.
const NEEDED_BYTES = 2 * 1024 ** 3;

/**
 * Where tests put the data of their databases: in memory if the machine has a file system there with room for them,
 * otherwise where the system puts temporary files. Copying thousands of files to a disk takes ten times the processor
 * time. A process that is killed leaves the same data on either, so tests of crashes prove as much.
 */
export const scratchDirectory: string = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();

/** The beginning of the path of such data, which `removeAbandoned` recognizes. */
export function scratchPath(kind: string): string {
  return join(scratchDirectory, `${PREFIX}${kind}-${process.pid}-`);
}

/** Removes the data of test runs that were killed, which would take memory until the machine restarts. */
export function removeAbandoned(): void {
  for (const name of readdirSync(scratchDirectory)) {
    const [, pid] = OWNED.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const path = join(scratchDirectory, name);
    const { mtimeMs, uid } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity, uid: undefined };
    // A container may share this directory and count its processes by itself.
    if (Date.now() - mtimeMs < HOUR_MS) continue;
    // The server of the superuser runs as another user, whose data it may remove.
    const user = process.getuid?.();
    if (user === uid || user === 0) rmSync(path, { recursive: true, force: true });
  }
}

const PREFIX = 'cancelkit-test-';
const OWNED = new RegExp(String.raw`^${PREFIX}[a-z]+-(\d+)-`);
const HOUR_MS = 3_600_000;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function hasRoom(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize >= NEEDED_BYTES && process.availableMemory() >= 2 * NEEDED_BYTES;
  } catch {
    // Other systems have no such directory, and this one may not be for everyone.
    return false;
  }
}
