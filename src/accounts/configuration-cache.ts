import { type Checked, checkAgainst } from '../call/check-schema.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';

/** The part of a provider's definition that its configuration is checked with. */
export interface ConfigurationRules<Config> {
  readonly config: StandardSchema<unknown, Config>;
  readonly baseUrl: (config: Config) => string;
  readonly secrets: (config: Config) => readonly string[];
}

/** A checked configuration with what the core takes from it. The same object as long as the input is the same. */
export interface CheckedConfiguration<Config> {
  readonly config: Config;
  readonly baseUrl: string;
  readonly secrets: readonly string[];
}

/**
 * Checks the configuration of one account, and keeps the last one that was accepted.
 *
 * The input is read at every call and compared value by value. Only a plain object whose values are all primitive is kept:
 * anything inside another object could change without showing.
 */
export class ConfigurationCache<Config> {
  readonly #rules: ConfigurationRules<Config>;
  #known: { readonly fields: Fields; readonly checked: Checked<CheckedConfiguration<Config>> } | undefined;

  constructor(rules: ConfigurationRules<Config>) {
    this.#rules = rules;
  }

  /** The checked configuration for an input that is the same as the last one; `undefined` for any other. */
  known(input: unknown): Checked<CheckedConfiguration<Config>> | undefined {
    return this.#known !== undefined && isSame(this.#known.fields, fieldsOf(input)) ? this.#known.checked : undefined;
  }

  /** The checked configuration for an input. What the provider's own functions throw is passed on. */
  async check(input: unknown): Promise<Checked<CheckedConfiguration<Config>>> {
    const known = this.known(input);
    if (known !== undefined) return known;
    const fields = fieldsOf(input);
    const { config, baseUrl, secrets } = this.#rules;
    const result = await checkAgainst(config, input);
    if (!result.ok) return result;
    const { value } = result;
    const checked = {
      ok: true,
      value: { config: value, baseUrl: baseUrl(value), secrets: [...secrets(value)] },
    } as const;
    // A check that takes its time can have seen what the input was changed to meanwhile.
    if (fields !== undefined && isSame(fields, fieldsOf(input))) this.#known = { fields, checked };
    return checked;
  }
}

type Fields = readonly (readonly [string, unknown])[];

/** The fields of a plain object of primitive values; `undefined` for everything else. No getter is called. */
function fieldsOf(input: unknown): Fields | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  try {
    const prototype: unknown = Object.getPrototypeOf(input);
    if (prototype !== Object.prototype && prototype !== null) return undefined;
    const fields: [string, unknown][] = [];
    for (const name of Reflect.ownKeys(input)) {
      const own = Reflect.getOwnPropertyDescriptor(input, name);
      const isPlain = typeof name === 'string' && own?.enumerable === true && 'value' in own;
      if (!isPlain || (own.value !== null && COMPOUND.has(typeof own.value))) return undefined;
      fields.push([name, own.value]);
    }
    return fields;
  } catch {
    // What cannot be read is not kept; its check says what is wrong.
    return undefined;
  }
}

const COMPOUND: ReadonlySet<string> = new Set(['object', 'function', 'symbol']);

function isSame(known: Fields, given: Fields | undefined): boolean {
  return (
    given !== undefined &&
    known.length === given.length &&
    known.every(([name, value], index) => {
      const [otherName, otherValue] = given[index] ?? [];
      return name === otherName && Object.is(value, otherValue);
    })
  );
}
