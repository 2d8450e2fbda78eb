import { checkAgainst } from '../../call/check-schema.ts';
import { issueText, sentence } from '../../call/issue-text.ts';
import { type Issue, ProviderError } from '../../contract/provider-error.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';

/**
 * What a check let through.
 *
 * @throws ProviderError `invalid_request`
 */
export async function checkInput<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  root: string,
): Promise<Output> {
  const checked = await checkAgainst(schema, value, 'constant');
  if (checked.ok) return checked.value;
  throw invalidInput(
    checked.issues.map((issue) => ({ ...issue, path: issue.path === '' ? root : `${root}.${issue.path}` })),
  );
}

/** The error for input that the queue does not take. */
export function invalidInput(issues: readonly Issue[]): ProviderError {
  const what = issues.slice(0, 10).map((issue) => issueText(issue));
  const more = issues.length > 10 ? `; and ${issues.length - 10} more` : '';
  return new ProviderError('invalid_request', {
    operation: 'queue',
    message: `queue: the input is not valid: ${sentence(`${what.join('; ')}${more}`)} Nothing was done.`,
    issues,
  });
}
