/**
 * A value as JSON that a `jsonb` column takes. It takes no NUL and no unpaired surrogates, which a provider's response
 * may hold: each of them becomes U+FFFD. As the character itself, since a database that is not in UTF-8 refuses its
 * escape.
 */
export function toJsonb(value: unknown): string {
  return JSON.stringify(value).replace(NOT_STORABLE, '$1\ufffd');
}

/**
 * Whether a value comes back out of a `jsonb` column as it went in: not a bigint, a date or a map, which JSON refuses,
 * turns into a text or empties. A field without a value says as much as one that is not there.
 */
export function isStorable(value: unknown, depth: number = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value !== 'object' || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return Array.from<unknown>(value).every((entry) => isStorable(entry, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object, of any realm.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.entries(value).every(
    ([name, entry]) => isStorable(name) && (entry === undefined || isStorable(entry, depth + 1)),
  );
}

const MAX_DEPTH = 64;

// As JSON.stringify escapes them; an even number of backslashes before it is text of its own.
const NOT_STORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;
