import type { Call, ErrorFacts } from './call.ts';
import type { Checked, MaybePromise } from './check-schema.ts';
import { issueTexts } from './issue-text.ts';
import { checkOptions } from './check-options.ts';
import type { Issue } from '../contract/provider-error.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import type { TimeLimit } from './time-limit.ts';

/**
 * Waits for a check, since a schema may be asynchronous, and a faulty one may never answer.
 *
 * @throws ProviderError `aborted` or `unavailable`
 */
export async function inTime<Value>(checking: MaybePromise<Value>, call: Call, limit: TimeLimit): Promise<Value> {
  try {
    return checking instanceof Promise ? await limit.race(checking) : checking;
  } catch (error) {
    if (limit.end === undefined) throw error;
    throw call.error(endedBeforeSending(limit.end));
  }
}

/** The failure for a call whose time was up, or that was aborted, before its next request. */
export function endedBeforeSending(end: 'timeout' | 'aborted'): ErrorFacts {
  return end === 'aborted'
    ? { code: 'aborted', reason: 'aborted', message: 'the call was aborted before anything was sent' }
    : { code: 'unavailable', reason: 'timeout', message: 'the deadline passed before anything was sent' };
}

/**
 * What a check let through.
 *
 * @param root what the issues' paths begin with.
 * @throws ProviderError `invalid_request`
 */
export function checkedOrThrow<Value>(checked: Checked<Value>, call: Call, root: string): Value {
  if (checked.ok) return checked.value;
  throw call.error(invalid(checked.issues.map((issue) => ({ ...issue, path: joinPath(root, issue.path) }))));
}

function joinPath(root: string, path: string): string {
  return [root, path].filter((part) => part !== '').join('.') || 'request';
}

/** The failure for input that is not valid. */
export function invalid(issues: readonly Issue[]): {
  code: 'invalid_request';
  message: string;
  issues: readonly Issue[];
} {
  return {
    code: 'invalid_request',
    message: `the input is not valid: ${issueTexts(issues)} Nothing was sent.`,
    issues,
  };
}

/**
 * A call's options, checked.
 *
 * @throws ProviderError `invalid_request`
 */
export function optionsOrThrow<Output>(schema: StandardSchema<unknown, Output>, options: unknown, call: Call): Output {
  const checked = checkOptions(schema, options);
  if (checked.ok) return checked.value;
  throw call.error(invalid(checked.issues));
}
