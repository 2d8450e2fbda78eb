import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { InputRow } from './input-row.ts';

/** The rows of a file with one JSON object a line. Empty lines are none. */
export async function* readJsonLines(stream: Readable): AsyncGenerator<InputRow, void, undefined> {
  let line = 0;
  let row = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
    line += 1;
    const trimmed = text.replace(/^\uFEFF/, '').trim();
    if (trimmed === '') continue;
    row += 1;
    const values = objectIn(trimmed);
    yield values === undefined ? { row, line, values: {}, problem: 'it is not a JSON object' } : { row, line, values };
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Which text it is does not matter, and the parser's error would repeat it.
    return undefined;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
