import type { Issue } from '../contract/provider-error.ts';
import type { SchemaIssue, SchemaResult, StandardSchema } from '../contract/standard-schema.ts';
import type { Call } from './call.ts';
import { ANYTHING, unknownKey, issueTexts } from './issue-text.ts';

/** A checked value, or what is wrong with it. */
export type Checked<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly issues: readonly Issue[] };

/** A value that is there, or will be. What is there already needs no turn of the event loop. */
export type MaybePromise<Value> = Value | Promise<Value>;

/** Whether a schema's messages are constants, or may repeat what the schema was given. */
export type Messages = 'constant' | 'foreign';

const constant = new WeakSet<object>();

/**
 * Declares that no message of a schema depends on the value that it is given: every one is a text of the adapter's own,
 * and none a default of the schema library. The core then shows the messages unchanged. It replaces a message of any
 * other schema if a received value is in it, even by chance (`token` in "a token of 8 or more characters").
 */
export function constantMessages<Schema extends object>(schema: Schema): Schema {
  constant.add(schema);
  return schema;
}

/**
 * Checks a value against a schema. The issues carry where and what was expected, never what was received: a message
 * that repeats a received value is replaced. Returns a promise only if the schema is asynchronous.
 *
 * @param messages default: what {@link constantMessages} declared.
 */
export function checkAgainst<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  messages: Messages = constant.has(schema) ? 'constant' : 'foreign',
): MaybePromise<Checked<Output>> {
  try {
    const result = schema['~standard'].validate(value);
    return isPending(result) ? checkLater(result, value, messages) : toChecked(result, value, messages);
  } catch {
    return UNREADABLE;
  }
}

/** The same for a schema of cancelkit's own that is synchronous, and whose messages are constant. */
export function checkNow<Output>(schema: StandardSchema<unknown, Output>, value: unknown): Checked<Output> {
  const checked = checkAgainst(schema, value, 'constant');
  if (checked instanceof Promise) throw new TypeError('the schema is asynchronous');
  return checked;
}

/** Whether it has to be waited for: a promise of any realm and library. */
function isPending<Output>(result: object): result is PromiseLike<SchemaResult<Output>> {
  return 'then' in result && typeof result.then === 'function';
}

async function checkLater<Output>(
  result: PromiseLike<SchemaResult<Output>>,
  value: unknown,
  messages: Messages,
): Promise<Checked<Output>> {
  try {
    return toChecked(await result, value, messages);
  } catch {
    return UNREADABLE;
  }
}

// A schema that throws (on a hostile getter, say) has not accepted the value; its error may hold what it received.
const UNREADABLE = { ok: false, issues: [{ path: '', expected: 'a value that can be read' }] } as const;

function toChecked<Output>(result: SchemaResult<Output>, value: unknown, messages: Messages): Checked<Output> {
  if (result.issues === undefined) return { ok: true, value: result.value };
  const received = messages === 'constant' ? undefined : scalarsOf(value);
  // The first complaint of a value is enough: the ones after it follow from it, or repeat it.
  const byPath = new Map<string, Issue>();
  for (const issue of result.issues) {
    const next = toIssue(issue, value, received);
    const key = next.problem === 'unknown' ? `${next.path} ${byPath.size}` : next.path;
    if (!byPath.has(key)) byPath.set(key, next);
  }
  const issues = [...byPath.values()];
  // What is there under a misspelt name is not reported as missing, too.
  const meant = new Set(issues.map(({ path, suggestion }) => suggestion && path.replace(/[^.]*$/, () => suggestion)));
  return { ok: false, issues: issues.filter(({ path, problem }) => problem !== 'missing' || !meant.has(path)) };
}

function toIssue(issue: SchemaIssue, value: unknown, received: readonly string[] | undefined): Issue {
  const keys = (issue.path ?? []).map((entry) => (typeof entry === 'object' ? entry.key : entry));
  const path = keys.map(describeKey).join('.');
  const expected = received === undefined ? issue.message : safeExpectation(issue.message, received);
  // What a schema says of the object around a missing value is of no use.
  if (!isUnknownKey(issue) && isAbsent(value, keys))
    return { path, expected: /^an object\b/.test(expected) ? ANYTHING : expected, problem: 'missing' };
  const key = keys.at(-1);
  return isUnknownKey(issue) && key !== undefined ? unknownKey(path, String(key), expected) : { path, expected };
}

/** How valibot marks a key that a strict object does not take. */
function isUnknownKey(issue: SchemaIssue): boolean {
  return 'expected' in issue && issue.expected === 'never';
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
  const expectation = message.replace(PREAMBLE, '').replace(WHAT_CAME, '').trim();
  return expectation === '' || received.some((value) => repeats(expectation, value)) ? UNSAID : expectation;
}

const UNSAID = 'a value as the documentation of the adapter describes it';

/** How the default messages of schema libraries begin. */
const PREAMBLE = /^invalid [\w ]+[:;,]\s*expected\s+/i;

/** How the default messages of schema libraries go on to say what they were given, a key's name included. */
const WHAT_CAME = /[,;:.]?\s*(?:but\s+)?(?:received|got)\b.*$/is;

/** A long value counts wherever it stands, a short one if it stands alone: a short one is in many a word. */
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

/**
 * Returns the value that a check accepted.
 *
 * @param root what the issues' paths begin with.
 * @throws ProviderError `invalid_request`
 */
export function checkedOrThrow<Value>(checked: Checked<Value>, call: Call, root: string): Value {
  if (checked.ok) return checked.value;
  throw call.error(invalid(checked.issues.map((issue) => ({ ...issue, path: joinPath(root, issue.path) }))));
}

function joinPath(root: string, path: string): string {
  return [root, path].filter((part) => part !== '').join('.') || 'request';
}

/** The failure for input that is not valid. */
export function invalid(issues: readonly Issue[]): {
  code: 'invalid_request';
  message: string;
  issues: readonly Issue[];
} {
  return {
    code: 'invalid_request',
    message: `the input is not valid: ${issueTexts(issues)} Nothing was sent.`,
    issues,
  };
}
