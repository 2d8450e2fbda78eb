import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The rescued results of an earlier run that had this name for them, if there are any. */
export function rescueOf(path: string): string | undefined {
  const directory = dirname(path);
  if (!existsSync(directory)) return undefined;
  const name = readdirSync(directory).find((entry) => entry.startsWith(`${basename(path)}${MARK}`));
  return name === undefined ? undefined : join(directory, name);
}

/** Saves what the open file holds, although its name is gone; returns where: beside it or, if that fails, elsewhere. */
export function rescued(descriptor: number, path: string): string {
  // A process id alone may have been another run's.
  const name = `${basename(path)}${MARK}${process.pid}-${Date.now().toString(36)}.jsonl`;
  try {
    return copied(descriptor, join(dirname(path), name));
  } catch {
    // Its directory is gone as well, or full.
    return copied(descriptor, join(mkdtempSync(join(tmpdir(), 'cancelkit-')), name));
  }
}

function copied(descriptor: number, rescue: string): string {
  const into = openSync(rescue, 'wx', 0o600);
  const block = Buffer.alloc(BLOCK);
  let position = 0;
  for (let length = 1; length > 0; position += length) {
    length = readSync(descriptor, block, 0, BLOCK, position);
    let at = 0;
    while (at < length) at += writeSync(into, block, at, length - at);
  }
  closeSync(into);
  return rescue;
}

const MARK = '.rescued-';
const BLOCK = 64 * 1024;
