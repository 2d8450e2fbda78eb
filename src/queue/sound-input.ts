import { checkAgainst } from '../check.ts';
import { ProviderError, type Issue } from '../provider-error.ts';
import type { StandardSchema } from '../standard-schema.ts';

/**
 * What a check let through.
 *
 * @throws ProviderError `invalid_request`
 */
export async function sound<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  root: string,
): Promise<Output> {
  const checked = await checkAgainst(schema, value);
  if (checked.ok) return checked.value;
  throw invalidInput(
    checked.issues.map(({ path, expected }) => ({ path: path === '' ? root : `${root}.${path}`, expected })),
  );
}

/** The error for input that the queue does not take. */
export function invalidInput(issues: readonly Issue[]): ProviderError {
  const what = issues.slice(0, 10).map(({ path, expected }) => `${path}: expected ${expected}`);
  const more = issues.length > 10 ? `; and ${issues.length - 10} more` : '';
  return new ProviderError('invalid_request', {
    operation: 'queue',
    message: `queue: the input is not valid. ${what.join('; ')}${more}. Nothing was done.`,
    issues,
  });
}
