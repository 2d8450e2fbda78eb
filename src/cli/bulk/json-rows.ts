import type { Readable } from 'node:stream';
import type { InputRow } from './input-row.ts';
import { linesOf } from './lines.ts';

/** The rows of a file with one JSON object a line. Empty lines are none. */
export async function* readJsonLines(stream: Readable): AsyncGenerator<InputRow, void, undefined> {
  let line = 0;
  let row = 0;
  for await (const text of linesOf(stream)) {
    line += 1;
    const trimmed = text.replace(/^\uFEFF/, '').trim();
    if (trimmed === '') continue;
    row += 1;
    yield { row, line, ...valuesIn(trimmed) };
  }
}

function valuesIn(text: string): Pick<InputRow, 'values' | 'problem'> {
  let value: unknown;
  let isExact = true;
  try {
    value = JSON.parse(text, (_, held: unknown) => {
      if (typeof held === 'number' && !Number.isSafeInteger(held)) isExact = false;
      return held;
    });
  } catch {
    // Which text it is does not matter, and the parser's error would repeat it.
    return { values: {}, problem: 'it is not a JSON object' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { values: {}, problem: 'it is not a JSON object' };
  }
  // It has become another number on the way, and would name another service.
  if (!isExact) return { values: {}, problem: 'it has a number that is too large, or not whole: write it in quotes' };
  return { values: { ...value } };
}
