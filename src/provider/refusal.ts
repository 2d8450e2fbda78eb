import type { RefusalCode } from '../contract/error-code.ts';
import type { RefusedVerdict } from '../contract/verdict.ts';

/** The verdict for a definite no of the provider. The message says what happened and what to do next. */
export function refused(code: RefusalCode, message: string): RefusedVerdict {
  return { verdict: 'refused', code, message };
}

/** A message for each refusal that a status alone can mean. */
export type StatusMessages = { readonly [Code in StatusCode]?: string };

/**
 * The refusal that an HTTP status usually means: 401 `unauthorized`, 403 `forbidden`, 404 `not_found`, 429
 * `rate_limited`. `undefined` for every other status, and for one without a message. For a body in the provider's own
 * words only: a status alone may come from a proxy.
 */
export function refusedByStatus(status: number, messages: StatusMessages): RefusedVerdict | undefined {
  const code = CODES.get(status);
  const message = code === undefined ? undefined : messages[code];
  return code === undefined || message === undefined ? undefined : refused(code, message);
}

type StatusCode = 'unauthorized' | 'forbidden' | 'not_found' | 'rate_limited';

const CODES: ReadonlyMap<number, StatusCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [429, 'rate_limited'],
]);
