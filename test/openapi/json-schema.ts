import addFormats from 'ajv-formats';
import { Ajv2019, type ErrorObject, type ValidateFunction } from 'ajv/dist/2019.js';
import { createGeneratorSync } from 'json-schema-faker';
import type { ApiSchema } from './description.ts';

interface Validator {
  readonly ajv: Ajv2019;
  readonly functions: WeakMap<ApiSchema, ValidateFunction>;
}

const exactly = createValidator(false);
const asText = createValidator(true);

/**
 * What is wrong with a value, one sentence each. Fields that the schema does not name are wrong, too, unless it says
 * that there may be others.
 *
 * @param isText the value arrived as text, as those of a path, a query and a form do.
 */
export function violationsOf(schema: ApiSchema, value: unknown, isText = false): readonly string[] {
  const validate = compiled(isText ? asText : exactly, schema);
  // The validator writes what it coerces into the value.
  return validate(structuredClone(value)) ? [] : (validate.errors ?? []).map(sentence);
}

/** Values that match the schema: the same in every run, some with every optional field and some with none. */
export function samplesOf(schema: ApiSchema, count: number): readonly unknown[] {
  return Array.from({ length: count }, (_, index) =>
    createGeneratorSync({
      seed: index + 1,
      maxDepth: 30,
      optionalsProbability: index / Math.max(1, count - 1),
    }).generate(toJsonSchema(schema, false)),
  );
}

function createValidator(coerceTypes: boolean): Validator {
  const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false, coerceTypes });
  addFormats.default(ajv);
  return { ajv, functions: new WeakMap() };
}

function compiled({ ajv, functions }: Validator, schema: ApiSchema): ValidateFunction {
  const known = functions.get(schema) ?? ajv.compile(toJsonSchema(schema, true));
  functions.set(schema, known);
  return known;
}

function sentence({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath === '' ? 'the body' : instancePath} ${message ?? 'is wrong'} ${JSON.stringify(params)}`;
}

/** OpenAPI 3.0 has `nullable` in place of the type `null`. A closed schema refuses the fields that it does not name. */
function toJsonSchema(schema: ApiSchema, isClosed: boolean): Record<string, unknown> {
  const { nullable, type, ...rest } = mapObject(schema, (value, key) => convert(value, key, isClosed));
  const hasFields = Object.keys(schema).some((key) => key === 'properties' || COMBINATIONS.has(key));
  const isOpen = !isClosed || !hasFields || 'additionalProperties' in schema;
  return {
    ...rest,
    ...(type === undefined ? {} : { type: nullable === true ? [type, 'null'] : type }),
    ...(nullable === true && Array.isArray(rest['enum']) ? { enum: [...rest['enum'], null] } : {}),
    ...(isOpen ? {} : { unevaluatedProperties: false }),
  };
}

function convert(value: unknown, key: string, isClosed: boolean): unknown {
  if (DATA.has(key)) return value;
  // What one part of a combination names, another need not.
  const closed = isClosed && !COMBINATIONS.has(key);
  if (Array.isArray(value))
    return value.map((entry: unknown) => (isSchema(entry) ? toJsonSchema(entry, closed) : entry));
  if (!isSchema(value)) return value;
  return key === 'properties'
    ? mapObject(value, (entry) => (isSchema(entry) ? toJsonSchema(entry, closed) : entry))
    : toJsonSchema(value, closed);
}

const DATA: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'enum', 'const', 'required']);
const COMBINATIONS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf']);

function isSchema(value: unknown): value is ApiSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapObject(
  object: Readonly<Record<string, unknown>>,
  change: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
