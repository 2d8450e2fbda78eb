import type { InputRow } from './input-row.ts';
import { linesOf } from './lines.ts';

/** The rows of a file with one JSON object a line. Empty lines are none. */
export async function* readJsonLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<InputRow, void, undefined> {
  let line = 0;
  let row = 0;
  for await (const text of linesOf(stream)) {
    line += 1;
    const trimmed = text.trim();
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
    // The parser's error would repeat the text.
    return { values: {}, problem: notJson(text) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { values: {}, problem: notJson(text) };
  }
  // It has become another number on the way, and would name another service.
  if (!isExact) return { values: {}, problem: 'it has a number that is too large, or not whole: write it in quotes' };
  if (hasExponent(text))
    return {
      values: {},
      problem: 'it has a number such as 1.23E+05, whose digits may be lost: write the id in quotes',
    };
  if (hasKeyTwice(text)) return { values: {}, problem: 'it names a field twice' };
  return { values: { ...value } };
}

/** Why a line is not the JSON object that it has to be. */
function notJson(text: string): string {
  const expected = 'expected one JSON object on each line';
  if (text.endsWith('},')) return `it ends with a comma; ${expected}, without a comma after it`;
  if (text.startsWith('[') || text === ']')
    return `it belongs to a JSON array; ${expected}, without brackets around them`;
  if (text.startsWith('{') && !text.endsWith('}')) return `its object is not closed; ${expected}, from { to }`;
  if (/}\s*{/.test(text)) return `it holds more than one object; ${expected}`;
  return `it is not valid JSON; ${expected}, such as {"account":"name","service":"id","when":"end_of_period"}`;
}

/** Whether a number outside of the strings has an exponent, as a spreadsheet shortens ids. The text is valid JSON. */
function hasExponent(text: string): boolean {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|\d[eE]/g)].some(([token]) => !token.startsWith('"'));
}

/** Whether the object has a field twice, of which a parser takes the last without a word. The text is valid JSON. */
function hasKeyTwice(text: string): boolean {
  const keys = new Set<unknown>();
  let depth = 0;
  for (const [token, key] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (key === undefined || depth !== 1) continue;
    const name: unknown = JSON.parse(key);
    if (keys.has(name)) return true;
    keys.add(name);
  }
  return false;
}
