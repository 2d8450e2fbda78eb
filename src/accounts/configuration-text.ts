import { issueText, sentence } from '../call/issue-text.ts';
import type { Issue } from '../contract/provider-error.ts';

/** What is wrong with a configuration, as the end of a sentence: each option with its environment variable. */
export function configurationText(issues: readonly Issue[], env: Readonly<Record<string, string>>): string {
  return sentence(issues.map((issue) => optionText(issue, env)).join('; '));
}

/**
 * What is wrong with one option.
 *
 * @param env the environment variable of each option.
 */
export function optionText(issue: Issue, env: Readonly<Record<string, string>>): string {
  const { path, expected, problem, variable } = issue;
  if (problem === 'unknown') return issueText(issue, 'option');
  if (path === '') return `configuration: expected ${expected}`;
  if (variable !== undefined) {
    return problem === 'missing'
      ? `${variable} is not set (option ${path})`
      : `${variable}: expected ${expected} (option ${path})`;
  }
  const unread = Object.hasOwn(env, path) ? env[path] : undefined;
  if (problem === 'missing') {
    // Options and variables are never mixed, which is easily overlooked.
    const hint = unread === undefined ? '' : ` (${unread} is read only by an account without options)`;
    return `the option ${path} is missing${hint}`;
  }
  return `option ${path}: expected ${expected}${unread === undefined ? '' : ` (its variable is ${unread})`}`;
}
