import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Saves what the open file holds, although its name is gone; returns where. */
export function rescued(descriptor: number, path: string): string {
  const rescue = `${path}.rescued-${process.pid}.jsonl`;
  const into = openSync(rescue, 'wx');
  const block = Buffer.alloc(BLOCK);
  let position = 0;
  for (let length = 1; length > 0; position += length) {
    length = readSync(descriptor, block, 0, BLOCK, position);
    writeSync(into, block, 0, length);
  }
  closeSync(into);
  return rescue;
}

const BLOCK = 64 * 1024;
