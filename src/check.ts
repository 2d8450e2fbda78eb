import type { Issue } from './provider-error.ts';
import type { SchemaIssue, StandardSchema } from './standard-schema.ts';

/** A checked value, or what is wrong with it. */
export type Checked<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly issues: readonly Issue[] };

/**
 * Checks a value against a schema. The issues carry where and what was expected, never what was received: a schema's
 * message that repeats a received value is replaced.
 */
export async function checkAgainst<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): Promise<Checked<Output>> {
  let result;
  try {
    result = await schema['~standard'].validate(value);
  } catch {
    // A schema that throws (on a hostile getter, say) has not accepted the value; its error may hold what it received.
    return { ok: false, issues: [{ path: '', expected: 'a value that can be read' }] };
  }
  if (result.issues === undefined) return { ok: true, value: result.value };
  const received = scalarsOf(value);
  return { ok: false, issues: result.issues.map((issue) => toIssue(issue, value, received)) };
}

function toIssue(issue: SchemaIssue, value: unknown, received: readonly string[]): Issue {
  const keys = (issue.path ?? []).map((entry) => (typeof entry === 'object' ? entry.key : entry));
  const expected = safeExpectation(issue.message, received);
  const absent = isAbsent(value, keys) ? absence(expected) : expected;
  return { path: keys.map(describeKey).join('.'), expected: absent };
}

/** What a schema says of the object around the option is of no use. */
function absence(expected: string): string {
  return expected.startsWith('an object with only')
    ? 'a value, but there is none'
    : `a value, but there is none: ${expected}`;
}

/** Whether nothing is there at the path. Most schemas then complain of the object around it, not of the option. */
function isAbsent(value: unknown, keys: readonly PropertyKey[]): boolean {
  let inner = value;
  try {
    for (const key of keys) {
      if (typeof inner !== 'object' || inner === null) return false;
      inner = Reflect.get(inner, key);
    }
  } catch {
    // What cannot be read is not absent; the schema's own complaint holds.
    return false;
  }
  return keys.length > 0 && inner === undefined;
}

/** A key as it may be repeated: only what looks like the name of an option or a field. */
export function describeKey(key: PropertyKey): string {
  const name = String(key);
  // A key is input, too.
  return /^(?:[A-Za-z_$][\w$]{0,39}|\d{1,6})$/.test(name) ? name : '[key]';
}

function safeExpectation(message: string, received: readonly string[]): string {
  const expectation = message.replace(WHAT_CAME, '').trim();
  return expectation === '' || received.some((value) => repeats(expectation, value)) ? 'another value' : expectation;
}

/** How the default messages of schema libraries go on to say what they were given, a key's name included. */
const WHAT_CAME = /[,;:.]?\s*(?:but\s+)?(?:received|got)\b.*$/is;

/** A long value counts wherever it stands, a short one where it stands alone: a short one is in many a word. */
function repeats(message: string, value: string): boolean {
  if (value.length > 20) return message.includes(value);
  for (let at = message.indexOf(value); at >= 0; at = message.indexOf(value, at + 1)) {
    if (!/\w/.test(`${message[at - 1] ?? ' '}${message[at + value.length] ?? ' '}`)) return true;
  }
  return false;
}

function scalarsOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (typeof value !== 'object' || value === null || depth > 8) return [];
  try {
    return Object.values(value).flatMap((entry) => scalarsOf(entry, depth + 1));
  } catch {
    // An object that cannot be read has nothing that a message could have repeated.
    return [];
  }
}
