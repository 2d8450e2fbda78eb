import * as v from 'valibot';
import type { StandardSchema } from '../contract/standard-schema.ts';
import type { CredentialRule } from '../privacy/credential.ts';
import { EXPECTED_BASE_URL, isBaseUrl } from '../sending/base-url.ts';

export { onlyFields } from '../call/only-fields.ts';

/** The field of a text in a form that one pattern describes. */
export function shaped(pattern: RegExp, expected: string): v.GenericSchema<string> {
  return v.pipe(v.string(expected), v.regex(pattern, expected));
}

/** The field of a credential, by the rule that fits it. */
export function credential({ accepts, expected }: CredentialRule): v.GenericSchema<string> {
  return v.pipe(v.string(expected), v.check(accepts, expected));
}

/** What the path of an address may have at its end, and what it must not have. */
export interface AddressRule {
  /** How an address looks, such as `https://api.example.com`. */
  readonly example: string;
  /** What every request adds, such as `/v1`, for the message. */
  readonly before: string;
  /** What is taken off if an address ends with it. Slashes at the end are taken off in any case. */
  readonly ending?: RegExp;
  /** What no address has once that is taken off, since requests to it would go astray. */
  readonly wrong: RegExp;
}

/** The field of a base URL, with or without the part that every request adds. */
export function address({ example, before, ending, wrong }: AddressRule): v.GenericSchema<string> {
  return v.pipe(
    v.string(EXPECTED_BASE_URL),
    v.check(isBaseUrl, EXPECTED_BASE_URL),
    v.transform((text) => {
      const { origin, pathname } = new URL(text);
      const path = pathname.replace(/\/+$/, '');
      return origin + (ending === undefined ? path : path.replace(ending, ''));
    }),
    v.check(
      (url) => !wrong.test(new URL(url).pathname),
      `the address before ${before}, such as ${example}: cancelkit adds the rest`,
    ),
  );
}

/** The field of an id that the provider counts: a number, or the text of its digits, which the schema returns. */
export function numericId(expected = 'a positive whole number'): v.GenericSchema<number | string, string> {
  return v.pipe(
    v.union([v.pipe(v.number(), v.safeInteger(expected)), v.string()], expected),
    v.transform(String),
    v.regex(/^[1-9]\d{0,15}$/, expected),
  );
}

/** The schema of a value that has several forms, of which `choose` finds the one that is meant by the names it has. */
export function byForm<Input, Output>(
  choose: (has: (name: string) => boolean) => StandardSchema<unknown, Output>,
): StandardSchema<Input, Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'cancelkit',
      validate: (value) => {
        const has = (name: string): boolean =>
          typeof value === 'object' && value !== null && Reflect.get(value, name) !== undefined;
        return choose(has)['~standard'].validate(value);
      },
    },
  };
}

/** In an answer: a text, or `undefined` for whatever else is there. */
export const shownText: v.GenericSchema<unknown, string | undefined> = v.fallback(v.optional(v.string()), undefined);

/** In an answer: an id, given as a text or as a number, as a text. */
export const shownId: v.GenericSchema<unknown, string> = v.pipe(v.union([v.string(), v.number()]), v.transform(String));
