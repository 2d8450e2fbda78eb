import { inspect } from 'node:util';
import { ENCODINGS } from '../../support/encodings.ts';

/** The encodings in which a secret stands in anything that can be got out of a value, errors and texts included. */
export function leaks(value: unknown, secret: string): readonly string[] {
  const shown = inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity });
  const text = [...stringsOf(value), JSON.stringify(value) ?? '', shown].join('\n');
  return ENCODINGS.flatMap(({ name, encode, core = encode }) => (text.includes(core(secret)) ? [name] : []));
}

function stringsOf(value: unknown, met = new Set<unknown>()): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || met.has(value)) return [];
  met.add(value);
  return Reflect.ownKeys(value).flatMap((key) => [String(key), ...stringsOf(Reflect.get(value, key), met)]);
}
