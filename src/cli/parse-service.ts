import type { ServiceForm } from '../service-form.ts';

/** A service reference as the command line took it. */
export type ServiceReference = Readonly<Record<string, string | number>>;

/**
 * A service reference out of its words: one plain id, or `key=value` pairs. `undefined` where they are in none of the
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

/** A service reference out of its fields; `undefined` where they are those of none of the forms. */
export function toReference(
  pairs: readonly (readonly [key: string, value: string])[],
  forms: readonly ServiceForm[],
): ServiceReference | undefined {
  const keys = pairs.map(([key]) => key);
  if (new Set(keys).size < keys.length) return undefined;
  const form = forms.find(({ example }) => isSame(Object.keys(example), keys));
  if (form === undefined && forms.length > 0) return undefined;
  return Object.fromEntries(pairs.map(([key, value]) => [key, toField(value, form?.example[key])]));
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
