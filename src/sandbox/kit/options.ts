import { nearest } from '../../call/nearest.ts';

/** An option of an emulator: its initial value, a check of every other value, and what the check expects. */
export interface EmulatorOption<Value> {
  readonly initial: Value;
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

/** An emulator's options: read at every request, changed by `configure`. */
export interface EmulatorOptions<Options> {
  current(): Readonly<Options>;
  configure(changes: Partial<Options>): void;
}

/** Keeps a provider's options, and refuses changes that do not pass the checks. */
export function createOptions<Options extends object>(
  provider: string,
  options: { readonly [Name in keyof Options]: EmulatorOption<Options[Name]> },
): EmulatorOptions<Options> {
  const table: ReadonlyMap<string, EmulatorOption<unknown>> = new Map(Object.entries(options));
  // oxlint-disable-next-line no-unsafe-type-assertion -- each value is that of its own option
  let current = Object.fromEntries([...table].map(([name, { initial }]) => [name, initial])) as Options;
  return {
    current: () => current,
    configure(changes) {
      const where = `sandbox.${provider}.configure`;
      if (typeof changes !== 'object' || changes === null) throw new TypeError(`${where}: expected an object.`);
      for (const [name, value] of Object.entries(changes)) {
        const option = table.get(name);
        if (option === undefined) {
          throw new TypeError(`${where}: ${unknownOption(name, [...table.keys()])}`);
        }
        if (!option.accepts(value)) throw new TypeError(`${where}: ${name}: expected ${option.expected}.`);
      }
      current = { ...current, ...changes };
    },
  };
}

/** Says that no option has this name, and which one was probably meant. */
export function unknownOption(name: string, known: readonly string[]): string {
  const suggestion = nearest(name, known);
  const next = suggestion === undefined ? `expected ${known.join(', ')}.` : `did you mean ${suggestion}?`;
  return `unknown option "${name}"; ${next}`;
}

/** One of the given values; initially the first. */
export function oneOf<const Value extends string | number>(
  ...choices: readonly [Value, ...Value[]]
): EmulatorOption<Value> {
  return {
    initial: choices[0],
    expected: choices.map((choice) => (typeof choice === 'string' ? `'${choice}'` : choice)).join(' or '),
    accepts: (value) => choices.some((choice) => choice === value),
  };
}

/** `true` or `false`. */
export function trueOrFalse(initial: boolean): EmulatorOption<boolean> {
  return { initial, expected: 'true or false', accepts: (value) => typeof value === 'boolean' };
}

/** A text, possibly empty. */
export function text(initial: string): EmulatorOption<string> {
  return { initial, expected: 'a text', accepts: (value) => typeof value === 'string' };
}

/** The name of an HTTP header. */
export function headerName(initial: string): EmulatorOption<string> {
  return {
    initial,
    expected: 'the name of a header',
    accepts: (value) => typeof value === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value),
  };
}

/** A text, or `null` for none, which is the initial value. */
export const textOrNull: EmulatorOption<string | null> = {
  initial: null,
  expected: 'a text or null',
  accepts: (value) => value === null || typeof value === 'string',
};

/** A list of texts. */
export function texts(...initial: readonly string[]): EmulatorOption<readonly string[]> {
  return {
    initial,
    expected: 'an array of texts',
    accepts: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
  };
}

/** A finite number, zero or more. */
export function zeroOrMore(initial: number): EmulatorOption<number> {
  return {
    initial,
    expected: 'a finite number, zero or more',
    accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  };
}

/** A whole number above zero, or `null` for none. */
export function positiveIntegerOrNull(initial: number | null): EmulatorOption<number | null> {
  return {
    initial,
    expected: 'a whole number above zero, or null',
    accepts: (value) => value === null || (Number.isSafeInteger(value) && Number(value) > 0),
  };
}
