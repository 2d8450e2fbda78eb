import { repeatsAName } from './repeated-name.ts';

/** A JSON object at the end of a text, and the text before it. */
export interface TrailingJson {
  readonly value: object;
  /** Trimmed and not empty. */
  readonly before: string;
}

/**
 * Finds the one JSON object that ends a text, such as after a notice that PHP prints. `undefined` if it has none, if
 * it is empty (`{}` says nothing), or if the text before it may hold another document: then no one can tell which of
 * them is the response. Takes time linear in the length of the text.
 *
 * At most one start makes the rest of a text a JSON object. A later `{` inside that object leaves the last bracket
 * over, or lies in a string, and then an odd number of quotes follows it.
 */
export function findTrailingJson(text: string): TrailingJson | undefined {
  const start = startOfLastObject(text);
  if (start === undefined) return undefined;
  const before = text.slice(0, start).trim();
  if (before === '' || MAY_HOLD_A_DOCUMENT.test(before)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.slice(start));
  } catch {
    // Not JSON; the parser's error would repeat the text.
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return undefined;
  if (repeatsAName(text.slice(start), value)) return undefined;
  return { value, before };
}

/** The beginning of an object, however it is escaped: a brace before a quote, a backslash or another bracket. */
const MAY_HOLD_A_DOCUMENT =
  /(?:\{|&(?:lcub|lbrace|#0*123|#x0*7b);?)\s*(?:["'\\{}[]|&(?:quot|apos|#0*3[49]|#x0*2[27]);?|$)/i;

/**
 * Where the object begins that the last character closes, by counting brackets from the end. Read backwards, a quote
 * with an odd number of backslashes before it belongs to the string, and any other one ends it.
 */
function startOfLastObject(text: string): number | undefined {
  if (!text.endsWith('}')) return undefined;
  let depth = 0;
  let inString = false;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const character = text[at];
    if (character === '"') {
      if (!inString || !isEscaped(text, at)) inString = !inString;
    } else if (!inString && (character === '}' || character === ']')) {
      depth += 1;
    } else if (!inString && (character === '{' || character === '[')) {
      depth -= 1;
      if (depth === 0) return character === '{' ? at : undefined;
    }
  }
  return undefined;
}

function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text[first - 1] === '\\') first -= 1;
  return (quote - first) % 2 === 1;
}
