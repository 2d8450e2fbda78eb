import type { ErrorCode } from './error-code.ts';
import type { ProviderOperation } from './vocabulary.ts';

/** The sentence for end customers. It names no provider, host or account, since it is made of nothing that came in. */
export function publicMessageOf(code: ErrorCode, operation: ProviderOperation | undefined): string {
  if (code === 'unsupported' && operation === 'revoke') return notProcessed(SUBJECTS.revoke);
  if (isPerhapsStored(code, operation)) return PERHAPS_STORED;
  return operation === 'status' || operation === 'options'
    ? ofLookUp(code, SUBJECTS[operation])
    : SENTENCES[code](SUBJECTS[operation ?? 'cancel']);
}

/** A look at the state that failed says nothing of the cancellation: it may go on meanwhile. */
function ofLookUp(code: ErrorCode, subject: string): string {
  if (code === 'not_found' || code === 'outcome_unknown') return SENTENCES[code](subject);
  const isLater = PUBLIC_CODES[code] === 'try_later';
  return `${subject} could not be looked up${isLater ? ` now. ${LATER}` : `. ${SUPPORT}`}`;
}

/**
 * The queue's database did not confirm a write: whether it was stored is not known, and nothing says that it was sent.
 */
function isPerhapsStored(code: ErrorCode, operation: ProviderOperation | undefined): boolean {
  return code === 'outcome_unknown' && operation === 'queue';
}

const PERHAPS_STORED =
  'It has not been confirmed yet that the cancellation was received. Please check its state before you send it again.';

const SUPPORT = 'Please contact support.';
const LATER = 'Please try again later.';

const SUBJECTS: { readonly [Operation in ProviderOperation]: string } = {
  cancel: 'The cancellation',
  preview: 'The cancellation',
  validate: 'The cancellation',
  place: 'The cancellation',
  where: 'The cancellation',
  check: 'The check of the account',
  queue: 'The cancellation',
  create: 'The cancellation',
  status: 'The state of the cancellation',
  revoke: 'The request to undo the cancellation',
  options: 'What the service allows',
  find: 'The search for services',
  confirm: 'The confirmation of the cancellation',
  order: 'The order',
};

const notProcessed = (subject: string): string => `${subject} could not be processed. ${SUPPORT}`;

const notNow = (subject: string): string => `${subject} could not be processed now. ${LATER}`;

const SENTENCES: { readonly [Code in ErrorCode]: (subject: string) => string } = {
  invalid_request: notProcessed,
  unknown_account: notProcessed,
  not_configured: notProcessed,
  unsupported: () => `This service cannot be cancelled in this way. ${SUPPORT}`,
  unauthorized: notProcessed,
  forbidden: notProcessed,
  not_found: () => `The service was not found. ${SUPPORT}`,
  not_cancellable: () => `The service cannot be cancelled at present. ${SUPPORT}`,
  timing_conflict: () => `The service is already being cancelled, for another date. ${SUPPORT}`,
  date_too_early: () => `The service cannot be cancelled for so early a date. ${SUPPORT}`,
  confirmation_required: () => 'The cancellation has to be confirmed before it takes effect. Nothing is cancelled yet.',
  rejected: (subject) => `${subject} was not accepted. ${SUPPORT}`,
  rate_limited: notNow,
  unavailable: notNow,
  unexpected_response: notProcessed,
  aborted: (subject) => `${subject} was stopped before it was sent.`,
  outcome_unknown: (subject) => `${subject} was sent, but has not been confirmed yet. Please do not send it again.`,
};

/**
 * What an error means to an end customer.
 *
 * - `invalid`: the request cannot be executed in this form; sending it again does not help.
 * - `conflict`: the service's own state forbids it.
 * - `try_later`: nothing happened, and the same request may succeed later.
 * - `failed`: nothing happened, and an operator has to look at it.
 * - `unknown`: it may have happened, or may have been stored. It must not be sent again before its state is known.
 */
export type PublicErrorCode = 'invalid' | 'conflict' | 'try_later' | 'failed' | 'unknown';

/** The view of a {@link ProviderError} for end customers: names no provider, host, account or service. */
export interface PublicError {
  /** A sentence in English. */
  readonly error: string;
  readonly code: PublicErrorCode;
  /** What support needs to find the call in the operator's log. */
  readonly operationId?: string;
  /** Not before this time (ISO 8601), if the provider said so. */
  readonly retryAt?: string;
}

/**
 * The HTTP status with which a backend can answer its own customer, for each code. {@link httpStatusOf} asks for an
 * error.
 *
 * `outcome_unknown` is 202, accepted and not confirmed: an error status would make clients and proxies send it again.
 * Nothing is 401, 403 or 404 here: these would speak of the customer's own login and the backend's own address.
 */
export const HTTP_STATUS: { readonly [Code in ErrorCode]: number } = {
  invalid_request: 422,
  unknown_account: 500,
  not_configured: 500,
  unsupported: 422,
  unauthorized: 502,
  forbidden: 502,
  not_found: 502,
  not_cancellable: 409,
  timing_conflict: 409,
  date_too_early: 422,
  confirmation_required: 409,
  rejected: 502,
  rate_limited: 503,
  unavailable: 503,
  unexpected_response: 502,
  aborted: 503,
  outcome_unknown: 202,
};

/**
 * The HTTP status with which a backend can answer its own customer. As {@link HTTP_STATUS}, but for two cases:
 *
 * - 503 if the queue does not know whether it has stored something: a 202 would promise that it has.
 * - 500 for a code that only a newer copy of the package knows.
 */
export function httpStatusOf({
  code,
  operation,
}: {
  readonly code: ErrorCode;
  readonly operation?: ProviderOperation | undefined;
}): number {
  if (isPerhapsStored(code, operation)) return HTTP_STATUS.unavailable;
  return Object.hasOwn(HTTP_STATUS, code) ? HTTP_STATUS[code] : 500;
}

/** What each code is to an end customer. */
const PUBLIC_CODES: { readonly [Code in ErrorCode]: PublicErrorCode } = {
  invalid_request: 'invalid',
  unknown_account: 'failed',
  not_configured: 'failed',
  unsupported: 'invalid',
  unauthorized: 'failed',
  forbidden: 'failed',
  not_found: 'failed',
  not_cancellable: 'conflict',
  timing_conflict: 'conflict',
  date_too_early: 'invalid',
  confirmation_required: 'conflict',
  rejected: 'failed',
  rate_limited: 'try_later',
  unavailable: 'try_later',
  unexpected_response: 'failed',
  aborted: 'try_later',
  outcome_unknown: 'unknown',
};

/** The view of an error for end customers: see {@link ProviderError.toPublic}. */
export function publicErrorOf(error: {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly operationId: string | undefined;
  readonly retryAt: string | undefined;
}): PublicError {
  const { code, publicMessage, operationId, retryAt } = error;
  return { error: publicMessage, code: PUBLIC_CODES[code], ...set({ operationId, retryAt }) };
}

type Set<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields that are set. */
export function set<Fields extends object>(fields: Fields): Set<Fields>;

export function set(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
