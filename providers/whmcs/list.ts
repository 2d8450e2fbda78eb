/**
 * The entries of a WHMCS list, which comes as `{ package: […] }` and, by version and number of entries, as a single
 * object, an object with numeric keys, an empty string, array or object, or not at all. `undefined`: it is none of these.
 */
export function listOf(value: unknown, key: string): readonly unknown[] | undefined {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object') return undefined;
  const inner: unknown = key in value ? Reflect.get(value, key) : value;
  if (inner === undefined || inner === null || inner === '') return [];
  if (Array.isArray(inner)) return inner;
  if (typeof inner !== 'object') return undefined;
  const keys = Object.keys(inner);
  return keys.every((name) => /^\d+$/.test(name)) ? Object.values(inner) : [inner];
}
