/**
 * The entries of a WHMCS list, which is written as `{ package: […] }` and, by version and number of entries, as a
 * single object, an object with numeric keys, an empty string, array or object, or not at all. `undefined`: none of
 * these.
 */
export function listOf(value: unknown, key: string): readonly unknown[] | undefined {
  if (!isObject(value)) return entriesOf(value);
  return entriesOf(key in value ? value[key] : value);
}

function entriesOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null || value === '') return [];
  if (isArray(value)) return value;
  if (!isObject(value)) return undefined;
  return Object.keys(value).every((name) => /^\d+$/.test(name)) ? Object.values(value) : [value];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isArray(value);
}

/** Unlike `Array.isArray` alone, it does not make the entries `any`. */
function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
