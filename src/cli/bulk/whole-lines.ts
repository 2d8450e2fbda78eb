import { fstatSync, readSync } from 'node:fs';

/**
 * Where the whole lines of a file end: a kill may have torn the last one. One that only lacks its line feed, as some
 * editors leave it, is whole.
 */
export function wholeLinesOf(descriptor: number): { readonly end: number; readonly isEnded: boolean } {
  const { size } = fstatSync(descriptor);
  const block = Buffer.alloc(BLOCK);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK);
    const length = readSync(descriptor, block, 0, end - start, start);
    const last = block.subarray(0, length).lastIndexOf('\n');
    const isFound = last >= 0 || start === 0;
    if (end === size && isFound && isJson(block.toString('utf8', last + 1, length)))
      return { end: size, isEnded: false };
    if (isFound) return { end: start + last + 1, isEnded: true };
    end = start;
  }
  return { end: 0, isEnded: true };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // A torn line.
    return false;
  }
}

const BLOCK = 64 * 1024;
