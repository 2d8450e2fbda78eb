import { nearest } from '../../call/nearest.ts';
import type { ServiceForm } from '../../contract/provider.ts';

/** A service reference as the command line took it. */
export type ServiceReference = Readonly<Record<string, string | number>>;

/**
 * A service reference out of its words: one plain id, or `key=value` pairs. `undefined` if they are in none of the
 * account's forms.
 */
export function parseService(words: readonly string[], forms: readonly ServiceForm[]): ServiceReference | undefined {
  const pairs = words.map((word) => /^([A-Za-z_$][\w$]*)=(.*)$/su.exec(word));
  if (words.length > 0 && pairs.every((pair) => pair !== null)) {
    return toReference(
      pairs.map(([, key = '', value = '']): [string, string] => [key, value]),
      forms,
    );
  }
  const [id, ...others] = words;
  if (id === undefined || others.length > 0) return undefined;
  const form = forms.find(({ plainId }) => plainId?.test(id) === true);
  const [key] = Object.keys(form?.example ?? {});
  return key === undefined ? undefined : toReference([[key, id]], forms);
}

/** A service reference out of its fields; `undefined` if they are those of none of the forms. */
export function toReference(
  pairs: readonly (readonly [key: string, value: string])[],
  forms: readonly ServiceForm[],
): ServiceReference | undefined {
  const keys = pairs.map(([key]) => key);
  if (new Set(keys).size < keys.length) return undefined;
  const form = forms.find(({ example }) => isSame(Object.keys(example), keys));
  if (form === undefined && forms.length > 0) return undefined;
  // In the form's own order: its first field is the one that a person knows the service by.
  const order = Object.keys(form?.example ?? {});
  const sorted = pairs.toSorted(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  return Object.fromEntries(sorted.map(([key, value]) => [key, toField(value, form?.example[key])]));
}

/** Why words are a service in none of the forms. Repeats the names of fields, and no value. */
export function misread(words: readonly string[], forms: readonly ServiceForm[]): string {
  const known = new Set(forms.flatMap(({ example }) => Object.keys(example)));
  const keys = words.flatMap((word) => /^([A-Za-z_$][\w$]*)=/.exec(word)?.[1] ?? []);
  const unknown = keys.find((key) => !known.has(key));
  if (unknown !== undefined && known.size > 0) {
    const suggestion = nearest(unknown, known);
    const next = suggestion === undefined ? '.' : `; did you mean ${suggestion}?`;
    return `there is no ${unknown} in a service of this account${next}`;
  }
  const lacking = lackingIn(keys, forms);
  if (lacking.length > 0) return `${lacking.join(' and ')} of the service is missing.`;
  if (words.length > 1 && keys.length < words.length) {
    return `a service is one id or key=value pairs without spaces, and these are ${words.length} words: put a reason of several words in double quotes, and cancel several services with \`cancelkit bulk\`.`;
  }
  return 'the service is not in a form that this account knows.';
}

/** What the shortest form that has these fields has besides. */
function lackingIn(keys: readonly string[], forms: readonly ServiceForm[]): readonly string[] {
  const [form = []] = forms
    .map(({ example }) => Object.keys(example))
    .filter((names) => keys.length > 0 && keys.every((key) => names.includes(key)))
    .toSorted((one, other) => one.length - other.length);
  return form.filter((name) => !keys.includes(name));
}

/** The right forms, as they are typed: `hostingId=1_aed1f0 domain=example.com`. */
export function writtenForms(forms: readonly ServiceForm[]): readonly string[] {
  if (forms.length === 0) return ['key=value …'];
  return forms.map(({ example, plainId }) => writtenService(example, plainId !== undefined));
}

/** A reference as it is typed. */
export function writtenService(service: Readonly<Record<string, unknown>>, isPlain = false): string {
  const entries = Object.entries(service);
  if (isPlain && entries.length === 1) return String(entries[0]?.[1]);
  return entries.map(([key, value]) => `${key}=${String(value)}`).join(' ');
}

function toField(value: string, example: string | number | undefined): string | number {
  const isNumber = typeof example === 'number' && /^[1-9]\d*$/.test(value) && Number.isSafeInteger(Number(value));
  return isNumber ? Number(value) : value;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key) => other.includes(key));
}
