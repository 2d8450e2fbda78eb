import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * Where tests put the data of their databases: in memory if the machine has a file system there with room for them,
 * otherwise where the system puts temporary files. Copying thousands of files to a disk takes ten times the processor
 * time. A process that is killed leaves the same data on either, so tests of crashes prove as much.
 */
export const scratchDirectory: string = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();

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

// A container usually has 64 MB there. Three test files at a time use some hundred MB.
const NEEDED_BYTES = 2 * 1024 ** 3;
