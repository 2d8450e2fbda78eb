import type { RefusalCode } from '../contract/error-code.ts';
import type {
  AbsentVerdict,
  DuplicateVerdict,
  NoVerdict,
  ProviderWords,
  RefusedVerdict,
  UnclearVerdict,
} from '../contract/verdict.ts';
import type { EffectiveAt } from '../contract/vocabulary.ts';
import { refusedAccess } from '../sending/refused-access.ts';

/** The verdict for a definite no of the provider. The message says what happened and what to do next. */
export function refused(code: RefusalCode, message: string): RefusedVerdict {
  return { verdict: 'refused', code, message };
}

/** The refusal of one field of the order, before anything was sent. The message is made of path and expectation. */
export function refusedField(
  path: string,
  expected: string,
  { message = `${path}: expected ${expected}. Nothing was sent.`, problem }: FieldProblem = {},
): RefusedVerdict {
  const issue = { path, expected, ...(problem === undefined ? {} : { problem }) };
  return { ...refused('invalid_request', message), issues: [issue] };
}

/** What a refusal of a field says besides. */
export interface FieldProblem {
  /** In place of the usual message. */
  readonly message?: string;
  readonly problem?: 'missing';
}

/** The refusal of a date before the first possible one, which the message should name. */
export function tooEarly(earliest: EffectiveAt, message: string): RefusedVerdict {
  return { ...refused('date_too_early', message), earliest };
}

/**
 * The verdict that a cancellation exists already. The core reads it back.
 *
 * @param ambiguous whether the provider's words can also mean something else. Default `false`.
 */
export function duplicate(message: string, ambiguous = false): DuplicateVerdict {
  return { verdict: 'duplicate', ambiguous, message };
}

/**
 * The verdict on a response that leaves open whether the cancellation was stored. The core reads it back. The message
 * says where a person can look.
 */
export function unclear(reason: UnclearVerdict['reason'], message: string, words?: ProviderWords): UnclearVerdict {
  return { verdict: 'unclear', reason, message, ...words };
}

/** A verdict of a call for which a missing service means nothing, such as a list: the response is not understood. */
export function notAbsent(verdict: NoVerdict | AbsentVerdict): NoVerdict {
  return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
}

/** A verdict of a call to which a missing service is a refusal, such as an undo: `not_found`, with this message. */
export function absentIsRefused(verdict: NoVerdict | AbsentVerdict, message: string): NoVerdict {
  return verdict.verdict === 'absent' ? { ...verdict, ...refused('not_found', message) } : verdict;
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

/**
 * The verdict on an error in the provider's own words, by its status: a 5xx is unclear; a 401, 403, 404 or 429, and a
 * message that refuses the credentials or the address under any other 4xx, is that refusal; everything else is
 * `rejected`.
 *
 * @param status 400 or higher.
 * @param messages in place of those that fit any API.
 */
export function verdictOnError(
  status: number,
  words: ProviderWords & { readonly providerMessage: string },
  messages: StatusMessages = {},
): RefusedVerdict | UnclearVerdict {
  const said = words.providerMessage;
  if (status >= 500) {
    return unclear('server_error', `the server failed: ${said}`, words);
  }
  const known: Required<StatusMessages> = { ...USUAL, ...messages };
  const access = refusedAccess(said);
  if (access?.code === 'forbidden' && status !== 401) {
    const message = `the address ${access.address} is not allowed. Add it to the list of allowed addresses.`;
    return { ...words, ...refused('forbidden', message) };
  }
  const isUnauthorized = status !== 403 && access?.code === 'unauthorized';
  const verdict = isUnauthorized ? refused('unauthorized', known.unauthorized) : refusedByStatus(status, known);
  return { ...words, ...(verdict ?? refused('rejected', `the request was refused: ${said}`)) };
}

/** As {@link verdictOnError}; a 404 is `absent`. For an API whose 404, in its own words, names a missing service. */
export function absentOrError(
  status: number,
  words: ProviderWords & { readonly providerMessage: string },
  messages?: StatusMessages,
): AbsentVerdict | RefusedVerdict | UnclearVerdict {
  return status === 404 ? { verdict: 'absent', ...words } : verdictOnError(status, words, messages);
}

const USUAL: Required<StatusMessages> = {
  unauthorized: 'the credentials are not valid. Check them.',
  forbidden: 'the account may not do this. Check what its credentials allow.',
  not_found: 'this account has no such service. Check the service reference.',
  rate_limited: 'too many requests. Nothing was processed.',
};

type StatusCode = 'unauthorized' | 'forbidden' | 'not_found' | 'rate_limited';

const CODES: ReadonlyMap<number, StatusCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [429, 'rate_limited'],
]);
