import type { Issue } from '../contract/provider-error.ts';
import { nearest } from './nearest.ts';

/** The message of an object that takes no other keys: `an object with only a, b and c`. */
export function only(...keys: readonly string[]): string {
  return `an object with only ${listed(keys)}`;
}

/** Words as a sentence lists them: `a, b and c`. */
export function listed(words: readonly string[], last = 'and'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}

/**
 * The issue of a key that an object does not take.
 *
 * @param path where it is, with the key as it may be repeated.
 * @param message the schema's own; one in the form of {@link only} names the known keys.
 */
export function unknownKey(path: string, key: string, message: string): Issue {
  const known = keysIn(message);
  // Taken, but not together with what else is there.
  if (known.includes(key)) return { path: path.replace(/(?:^|\.)[^.]*$/, ''), expected: message };
  const suggestion = nearest(key, known);
  return { path, expected: message, problem: 'unknown', ...(suggestion === undefined ? {} : { suggestion }) };
}

/** An issue as a clause: what is missing, unknown, or expected, and where. */
export function issueText(issue: Issue, noun = 'field'): string {
  const { path, expected, problem, suggestion } = issue;
  if (problem === 'unknown') {
    const [, option] = /^options(?:\.|$)(.*)/s.exec(path) ?? [];
    const what = option === undefined ? `${noun} ${path}` : `option ${option}`;
    const next = suggestion === undefined ? `expected ${expected}` : `did you mean ${suggestion}?`;
    return `unknown ${what.trimEnd()}; ${next}`;
  }
  if (problem === 'missing') return `${path} is missing${expected === ANYTHING ? '' : `: expected ${expected}`}`;
  return `${path === '' ? '' : `${path}: `}expected ${expected}`;
}

/** Several issues as the end of a sentence: one that ends with a question mark gets no full stop. */
export function issueTexts(issues: readonly Issue[], noun?: string): string {
  return sentence(issues.map((issue) => issueText(issue, noun)).join('; '));
}

/** A clause with a full stop, unless it ends with a mark of its own. */
export function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** What is expected of a missing value if nothing more is known of it. */
export const ANYTHING = 'a value';

function keysIn(message: string): readonly string[] {
  const [, keys] = /^(?:an object with only|only the options) ([^(;:]*)/.exec(message) ?? [];
  return keys?.split(/,? and (?:either )?|,? or |, /).map((key) => key.trim()) ?? [];
}
