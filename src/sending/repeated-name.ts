/**
 * Whether an object in a JSON text names a field twice. Such a response says two things, and a parser silently takes
 * the last one.
 *
 * @param value what the text was parsed to.
 */
export function repeatsAName(text: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = fieldsIn(value);
  // Colons are quicker to count, and nearly always as many as fields.
  return colonsIn(text) > fields && namesIn(text) > fields;
}

function colonsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count += 1;
  return count;
}

/** Only a name is followed by a colon. */
function namesIn(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:)?/g)) if (colon !== undefined) count += 1;
  return count;
}

/** How many fields the objects of a value have. Not recursive: a response can be nested deeper than the stack is. */
function fieldsIn(value: object): number {
  let count = 0;
  const left: object[] = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const fields: readonly unknown[] = Object.values(next);
    if (!Array.isArray(next)) count += fields.length;
    for (const field of fields) if (typeof field === 'object' && field !== null) left.push(field);
  }
  return count;
}
