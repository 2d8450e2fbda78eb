import { nearest } from '../../call/nearest.ts';

/** A condition on an option's value, and how to say it. */
export interface OptionCheck {
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
  defaults: Options,
  checks: Readonly<Record<keyof Options & string, OptionCheck>>,
): EmulatorOptions<Options> {
  let current: Options = defaults;
  const table: ReadonlyMap<string, OptionCheck> = new Map(Object.entries<OptionCheck>(checks));
  return {
    current: () => current,
    configure(changes) {
      const where = `sandbox.${provider}.configure`;
      if (typeof changes !== 'object' || changes === null) throw new TypeError(`${where}: expected an object.`);
      for (const [name, value] of Object.entries(changes)) {
        const check = table.get(name);
        if (check === undefined) {
          throw new TypeError(`${where}: ${unknownOption(name, [...table.keys()])}`);
        }
        if (!check.accepts(value)) throw new TypeError(`${where}: ${name}: expected ${check.expected}.`);
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

/** One of the given values. */
export function oneOf(...choices: readonly (string | number)[]): OptionCheck {
  return {
    expected: choices.map((choice) => (typeof choice === 'string' ? `'${choice}'` : choice)).join(' or '),
    accepts: (value) => choices.some((choice) => choice === value),
  };
}

/** `true` or `false`. */
export const trueOrFalse: OptionCheck = {
  expected: 'true or false',
  accepts: (value) => typeof value === 'boolean',
};

/** A text, possibly empty. */
export const text: OptionCheck = { expected: 'a text', accepts: (value) => typeof value === 'string' };

/** The name of an HTTP header. */
export const headerName: OptionCheck = {
  expected: 'the name of a header',
  accepts: (value) => typeof value === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value),
};

/** A text, or `null` for none. */
export const textOrNull: OptionCheck = {
  expected: 'a text or null',
  accepts: (value) => value === null || typeof value === 'string',
};

/** A list of texts. */
export const texts: OptionCheck = {
  expected: 'an array of texts',
  accepts: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
};

/** A finite number, zero or more. */
export const zeroOrMore: OptionCheck = {
  expected: 'a finite number, zero or more',
  accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
};

/** A whole number above zero, or `null` for none. */
export const positiveIntegerOrNull: OptionCheck = {
  expected: 'a whole number above zero, or null',
  accepts: (value) => value === null || (Number.isSafeInteger(value) && Number(value) > 0),
};
