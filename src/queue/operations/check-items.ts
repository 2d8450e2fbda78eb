import { type Issue, isProviderError } from '../../contract/provider-error.ts';
import { invalidInput, checkInput } from '../input/check-input.ts';
import { type CheckedPlacing, itemSchema } from '../input/enqueue-input.ts';
import type { NewCancellation } from '../ledger/enqueue.ts';

/** Checks a request, and makes of it what goes into the ledger. */
export type ToNew = (request: unknown, placing: CheckedPlacing) => Promise<NewCancellation>;

/**
 * Checks what `enqueueMany` is given, to the last of it.
 *
 * @throws ProviderError `invalid_request`, with an issue for each that is not valid
 */
export async function checkItems(items: unknown, toNewOne: ToNew): Promise<readonly NewCancellation[]> {
  if (!isIterable(items)) throw invalidInput([{ path: 'items', expected: 'an iterable or an async iterable' }]);
  const wanted: NewCancellation[] = [];
  const issues: Issue[] = [];
  let index = 0;
  for await (const item of items) {
    const checked = await checkItem(item, `items.${index}`, toNewOne);
    if ('issues' in checked) issues.push(...checked.issues);
    else wanted.push(checked);
    index += 1;
  }
  if (issues.length > 0) throw invalidInput(issues);
  return wanted;
}

async function checkItem(
  item: unknown,
  path: string,
  toNewOne: ToNew,
): Promise<NewCancellation | { readonly issues: readonly Issue[] }> {
  try {
    const { request, ...placing } = await checkInput(itemSchema, item, path);
    return await toNewOne(request, placing);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    const issues = error.issues ?? [{ path: 'request', expected: `another one (${error.code})` }];
    return {
      issues: issues.map((issue) => ({
        ...issue,
        path: issue.path.startsWith(path) ? issue.path : `${path}.${withinRequest(issue.path)}`,
      })),
    };
  }
}

/** The service's own paths begin at the request. */
function withinRequest(path: string): string {
  return path === 'request' ? path : `request.${path}`;
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
