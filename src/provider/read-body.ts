import type { ProviderResponse } from '../contract/exchange.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';

/**
 * Returns the JSON body of a response as a schema reads it; `undefined` if the body is not JSON or does not match.
 *
 * @throws TypeError if the schema is asynchronous.
 */
export function readBody<Output>(
  { body }: Pick<ProviderResponse, 'body'>,
  schema: StandardSchema<unknown, Output>,
): Output | undefined {
  if (body.kind !== 'json') return undefined;
  const result = schema['~standard'].validate(body.value);
  if (result instanceof Promise) throw new TypeError('readBody: the schema must be synchronous');
  return result.issues === undefined ? result.value : undefined;
}
