import type { Random } from '../random.ts';

type Container = { [key: string]: unknown } | unknown[];

/** Words that look like a yes or a no and are in no documentation. */
const NEAR_WORDS = [
  'Success',
  'SUCCESS',
  'not success',
  'success ',
  ' success',
  'successful',
  'succeeded',
  'unsuccessful',
  'ok',
  'no success',
  'success?',
  'error',
  'Error',
  'errors',
  'failed',
  'fail',
  'pending',
  'Pending',
  'done',
  'true',
  'not_active',
  'notactive',
  'Not Active',
  'cancelled',
  'not_cancelled',
  'Cancelled',
  'uncancelled',
  'accepted',
  'No existing cancellation request exists',
  'Existing Cancellation Request Exists',
  'Existing request',
  'The result is success',
  'status: success',
  '{"result":"success"}',
  '{"status":"success"}',
  'Service ID Found',
  'Unable to tell whether an Existing Cancellation Request Exists',
  'Authentication Failed once',
  '',
  ' ',
  '0',
];
/** As JSON, since what is made of them is changed further. */
const ODD_VALUES = [
  'null',
  'true',
  'false',
  '0',
  '1',
  '-1',
  '0.5',
  '1e308',
  '1e21',
  '9007199254740993',
  '""',
  '" "',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '["success"]',
  '{"success":true}',
  '{"result":"success"}',
  '{"status":"success"}',
  '{"error":null}',
  '"null"',
  '"[]"',
  '{"__proto__":{"result":"success","status":"success"}}',
];
const KEYS = [
  'result',
  'status',
  'message',
  'success',
  'error',
  'errors',
  'Result',
  'STATUS',
  'data',
  'response',
  '__proto__',
  'constructor',
  'toString',
  'responseId',
  'response_id',
  'errorCode',
  'cancel_request',
  'hasOwnProperty',
  '',
];

/** Changes one thing somewhere inside a body, or replaces it as a whole. `words` are the API's own. */
export function mutated(body: unknown, words: readonly string[], random: Random): unknown {
  const containers = containersIn(body);
  if (containers.length === 0 || random.chance(0.06)) return replaced(body, words, random);
  const container = random.pick(containers);
  const keys = Object.keys(container);
  const key = keys.length === 0 ? random.pick(KEYS) : random.pick(keys);
  const value = own(container, key);
  switch (random.below(9)) {
    case 0:
      Reflect.deleteProperty(container, key);
      break;
    case 1:
      Reflect.deleteProperty(container, key);
      set(container, renamed(key, random), value);
      break;
    case 2:
      set(container, key, retyped(value, random));
      break;
    case 3:
    case 4:
      set(container, key, word(words, random));
      break;
    case 5:
      set(container, key, oddValue(random));
      break;
    case 6:
      set(container, key, nested(value, random));
      break;
    case 7:
      set(container, random.chance(0.5) ? random.pick(KEYS) : word(words, random), word(words, random));
      break;
    default:
      swap(container, random);
  }
  return body;
}

/** Any JSON out of the API's words. */
export function randomJson(words: readonly string[], random: Random, depth = 0): unknown {
  const leaf = depth > 3 || random.chance(0.4);
  if (leaf && depth > 0) return random.chance(0.6) ? word(words, random) : oddValue(random);
  const entries = Array.from({ length: random.below(6) }, () => randomJson(words, random, depth + 1));
  if (random.chance(0.2)) return entries;
  return Object.fromEntries(entries.map((entry) => [word(words, random), entry]));
}

/** Changes a body's text: what no longer is JSON, or is other JSON than it looks. */
export function distorted(text: string, words: readonly string[], random: Random): string {
  const name = random.pick(words);
  const pair = `${JSON.stringify(random.pick(KEYS))}:${JSON.stringify(word(words, random))}`;
  switch (random.below(16)) {
    case 0:
      return text.slice(0, random.below(text.length + 1));
    case 1:
      return text.slice(random.below(text.length + 1));
    // A key that is there twice: the last one counts, for JavaScript's parser.
    case 2:
      return text.replace('{', `{${pair},`);
    case 3:
      return text.replace(/\}$/, `,${pair}}`);
    case 4:
      return `\ufeff${text}`;
    case 5:
      return `<br />\n<b>Warning</b>: Undefined index: ${name} in includes/api.php on line 7<br />\n${text}`;
    case 6:
      return `${text}<!-- ${name} -->`;
    case 7:
      return `<html><head><title>${name}</title></head><body><pre>${text}</pre></body></html>`;
    case 8:
      return `<?xml version="1.0"?><whmcsapi><result>success</result><status>success</status><x>${name}</x></whmcsapi>`;
    case 9:
      return JSON.stringify(text);
    case 10:
      return `${text}${text}`;
    case 11:
      return `)]}',\n${text}`;
    case 12:
      return text.replaceAll('"', "'");
    case 13:
      return ` \r\n\t${text}\n\n`;
    case 14:
      // Not often: it is a quarter of a megabyte.
      return random.chance(0.05) ? `${text}${' '.repeat(random.between(262_000, 262_200))}` : `${text}\u0000`;
    default:
      return text.replace(/"([^"]*)"/, '"$1 "');
  }
}

function oddValue(random: Random): unknown {
  return JSON.parse(random.pick(ODD_VALUES));
}

function word(words: readonly string[], random: Random): string {
  return random.chance(0.5) ? random.pick(words) : random.pick(NEAR_WORDS);
}

function replaced(body: unknown, words: readonly string[], random: Random): unknown {
  switch (random.below(5)) {
    case 0:
      return [body];
    case 1:
      return { [random.pick(['data', 'response', 'result', 'status', 'hosting', ...words])]: body };
    case 2:
      return word(words, random);
    case 3:
      return oddValue(random);
    default:
      return Array.from({ length: random.between(10, 400) }).reduce<unknown>((inner) => [inner], body);
  }
}

function renamed(key: string, random: Random): string {
  const ways: readonly ((name: string) => string)[] = [
    (name) => name.toUpperCase(),
    (name) => name.charAt(0).toUpperCase() + name.slice(1),
    (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    (name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    (name) => `${name} `,
    (name) => `${name}s`,
    (name) => name.slice(1),
    () => random.pick(KEYS),
  ];
  return random.pick(ways)(key);
}

function retyped(value: unknown, random: Random): unknown {
  if (typeof value === 'string') {
    const number = Number(value);
    return random.pick<unknown>([Number.isNaN(number) ? value.length : number, [value], { value }, value !== '', null]);
  }
  if (typeof value === 'number') return random.pick<unknown>([String(value), value + 1, -value, [value], value > 0]);
  if (typeof value === 'boolean') return random.pick<unknown>([String(value), Number(value), !value]);
  if (Array.isArray(value))
    return random.pick<unknown>([value[0], Object.fromEntries(value.entries()), value.length, '']);
  if (value === null) return random.pick<unknown>(['null', 0, false, {}, '']);
  return random.pick<unknown>([JSON.stringify(value), [value], Object.values(Object(value)), true, '']);
}

function nested(value: unknown, random: Random): unknown {
  return random.pick<unknown>([[value], { data: value }, { value, error: 'failed' }, JSON.stringify(value), [[value]]]);
}

function swap(container: Container, random: Random): void {
  const keys = Object.keys(container);
  if (keys.length < 2) return;
  const [one, other] = [random.pick(keys), random.pick(keys)];
  const value = own(container, one);
  set(container, one, own(container, other));
  set(container, other, value);
}

/** What a container itself holds: under `__proto__`, say, is more than that. */
function own(container: Container, key: string): unknown {
  return Object.getOwnPropertyDescriptor(container, key)?.value;
}

/** Sets a field of its own, also where the key is `__proto__`. */
function set(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, configurable: true, enumerable: true, writable: true });
}

function containersIn(value: unknown, depth = 0): Container[] {
  if (typeof value !== 'object' || value === null || depth > 8) return [];
  const own: Container = Array.isArray(value) ? value : toRecord(value);
  return [own, ...Object.values(own).flatMap((inner) => containersIn(inner, depth + 1))];
}

function toRecord(value: object): { [key: string]: unknown } {
  // Every object of parsed JSON is one.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as { [key: string]: unknown };
}
