import * as v from 'valibot';
import { onlyFields } from '../../call/only-fields.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';

/** One argument of a tool: how it is checked, and how it is described to a client. */
export interface Field<Value> {
  readonly schema: v.GenericSchema<unknown, Value>;
  readonly json: Readonly<Record<string, unknown>>;
  readonly isOptional: boolean;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

/** The checked arguments of these fields. */
export type Given<Own extends Fields> = {
  readonly [Name in keyof Own]: Own[Name] extends Field<infer Value> ? Value : never;
};

/** The arguments of a tool. */
export interface Arguments<Input> {
  readonly schema: StandardSchema<unknown, Input>;
  /** JSON Schema. */
  readonly json: { readonly type: 'object' } & Readonly<Record<string, unknown>>;
}

/** All arguments of a tool; no other is taken. */
export function argumentsOf<const Own extends Fields>(fields: Own): Arguments<Given<Own>> {
  const entries = Object.entries(fields);
  const schemas = Object.fromEntries(
    entries.map(([name, { schema, isOptional }]) => [name, isOptional ? v.optional(schema) : schema]),
  );
  const checked = v.pipe(v.unknown(), onlyFields(schemas));
  return {
    // oxlint-disable-next-line no-unsafe-type-assertion -- each entry has the type of its own field
    schema: checked as unknown as StandardSchema<unknown, Given<Own>>,
    json: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, { json }]) => [name, json])),
      required: entries.flatMap(([name, { isOptional }]) => (isOptional ? [] : [name])),
      additionalProperties: false,
    },
  };
}

/** A text of one line. */
export function text(description: string, maxLength: number): Field<string> {
  const expected = `a text of 1 to ${maxLength} characters, without line breaks and other control characters`;
  return {
    schema: v.pipe(
      v.string(expected),
      v.minLength(1, expected),
      v.maxLength(maxLength, expected),
      v.check((given) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(given), expected),
    ),
    json: { type: 'string', description, minLength: 1, maxLength },
    isOptional: false,
  };
}

/** One of these words. */
export function choice<const Word extends string>(description: string, words: readonly Word[]): Field<Word> {
  return {
    schema: v.picklist(words, `one of ${words.join(', ')}`),
    json: { type: 'string', description, enum: words },
    isOptional: false,
  };
}

/** A whole number. */
export function whole(description: string, minimum: number, maximum: number): Field<number> {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return {
    schema: v.pipe(
      v.number(expected),
      v.safeInteger(expected),
      v.minValue(minimum, expected),
      v.maxValue(maximum, expected),
    ),
    json: { type: 'integer', description, minimum, maximum },
    isOptional: false,
  };
}

/** Yes or no. */
export function flag(description: string): Field<boolean> {
  return { schema: v.boolean('true or false'), json: { type: 'boolean', description }, isOptional: false };
}

/** The same field, which may be left out. */
export function optional<Value>(field: Field<Value>): Field<Value | undefined> {
  return { ...field, isOptional: true };
}
